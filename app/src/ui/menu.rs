//! Menus: a `<details>`, so they open without script; the browser adds closing by Escape and by a
//! click elsewhere.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast, web_sys};

/// A button that shows links and forms under it.
#[component]
pub fn Menu(
    /// What the button is, read out.
    name: &'static str,
    /// What the button shows.
    label: AnyView,
    /// Places it.
    #[prop(default = "")]
    class: &'static str,
    /// What opens.
    children: Children,
) -> AnyView {
    view! {
        <details class=format!("menu {class}") name="menu">
            <summary title=name>
                <span class="visually-hidden">{name} ": "</span>
                {label}
            </summary>
            <div class="menu-box">{children()}</div>
        </details>
    }
    .into_any()
}

/// Closes open menus on Escape (the focus returns to the button) and on a click outside.
pub(super) fn close_menus() {
    let keys = window_event_listener(ev::keydown, |event| {
        if event.key() == "Escape" {
            close(None);
        }
    });
    let clicks = window_event_listener(ev::click, |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        close(target.as_ref());
    });
    on_cleanup(move || {
        keys.remove();
        clicks.remove();
    });
}

/// Closes every open menu that does not contain `clicked`; a chosen link inside closes it as well.
fn close(clicked: Option<&web_sys::Node>) {
    let Ok(Some(open)) = document().query_selector("details.menu[open]") else { return };
    let link = clicked
        .and_then(|node| node.dyn_ref::<web_sys::Element>())
        .is_some_and(|element| element.closest("a").ok().flatten().is_some());
    if clicked.is_some_and(|node| open.contains(Some(node))) && !link {
        return;
    }
    // Removing an attribute of a known name cannot fail.
    drop(open.remove_attribute("open"));
    let summary = open.first_element_child().and_then(|child| child.dyn_into::<web_sys::HtmlElement>().ok());
    if let (None, Some(summary)) = (clicked, summary) {
        drop(summary.focus());
    }
}
