//! Where the focus goes when parts of a page come and go in the browser.

use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys};
use std::time::Duration;

/// The element of this id, if it can take the focus.
pub(super) fn element(id: &str) -> Option<web_sys::HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Remembers which element has the focus now (what opened the dialog or panel), and gives it back
/// when the calling component leaves the page. Call it in an effect.
pub(super) fn give_back_on_cleanup() {
    let opener = document().active_element().map(|element| element.id()).filter(|id| !id.is_empty());
    // Without a name it cannot be found again: then what is read on begins with the page.
    let opener = opener.unwrap_or_else(|| "main".to_owned());
    on_cleanup(move || {
        // First the page is changed, then the element is looked for: it may have been made anew.
        set_timeout(move || focus_unless_taken(&opener), Duration::from_millis(80));
    });
}

/// Whether nothing on the page has the focus.
pub(super) fn nowhere() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY")
}

/// What a page came back to say is read first: the element takes the focus once it is there, unless something has it.
pub(crate) fn begin_with(node: NodeRef<leptos::html::Div>) {
    Effect::new(move |_| {
        if let Some(element) = node.get().filter(|_| nowhere()) {
            drop(element.focus());
        }
    });
}

fn focus_unless_taken(id: &str) {
    if let Some(element) = element(id).filter(|_| nowhere()) {
        // Focus fails only on elements that left the document, and then there is nothing to do.
        drop(element.focus());
    }
}
