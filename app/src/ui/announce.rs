//! What a full page load gives for free and a navigation in the browser must be given by hand: the
//! focus on the new page, its title read out, forms that cannot be sent twice.

use super::focus;
use leptos::{ev, prelude::*, wasm_bindgen::JsCast, web_sys};
use std::time::Duration;

/// Watches `path`; rendered once, by the shell. Without script it is an empty live region.
#[component]
pub fn Announcer(
    /// The path of the page.
    #[prop(into)]
    path: Signal<String>,
) -> AnyView {
    let title = RwSignal::new(String::new());
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            // The new page is in the document only after this turn of the event loop.
            set_timeout(move || arrive(title), Duration::from_millis(50));
        }
        now
    });
    Effect::new(|_| listen());
    view! {
        <div class="visually-hidden" role="status" aria-live="polite">
            {move || title.get()}
        </div>
    }
    .into_any()
}

/// Closes the drawer, moves the focus to the panel's or the page's heading and reads the title. A
/// dialog keeps its own focus.
fn arrive(title: RwSignal<String>) {
    title.set(document().title());
    if let Some(nav) = focus::element("nav") {
        // An error means that it is not open, or that this browser has no popovers.
        drop(nav.hide_popover());
    }
    let Ok(None) = document().query_selector("dialog[open]") else { return };
    let heading = document().query_selector("#panel-title").ok().flatten();
    let heading = heading.or_else(|| document().query_selector("main h1").ok().flatten());
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Focus fails only on elements that left the document, and then there is nothing to do.
        drop(heading.focus());
    }
}

fn listen() {
    let keys = window_event_listener(ev::keydown, |event| {
        let search = (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k");
        if let Some(search) = search.then(|| focus::element("search")).flatten() {
            event.prevent_default();
            drop(search.focus());
        }
        // WCAG 1.4.13: what shows on hover and focus can be sent away without moving either.
        show_tips(event.key() != "Escape");
    });
    let moves = window_event_listener(ev::pointerover, |_| show_tips(true));
    let submits = window_event_listener(ev::submit, |event| {
        let form = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        if let Some(form) = form.filter(|form| form.method() == "post") {
            once(&event, form);
        }
    });
    on_cleanup(move || {
        keys.remove();
        moves.remove();
        submits.remove();
    });
}

/// `data-tips=off` on the document hides every tip.
fn show_tips(show: bool) {
    let Some(root) = document().document_element() else { return };
    // Neither can fail: the attribute's name is valid.
    if show { drop(root.remove_attribute("data-tips")) } else { drop(root.set_attribute("data-tips", "off")) }
}

/// Stops a form that is being sent already. After a while it may be sent again: the answer may have
/// been a download, which leaves the page as it is. The server's idempotency key is the real guard.
fn once(event: &web_sys::SubmitEvent, form: web_sys::HtmlFormElement) {
    if form.has_attribute("aria-busy") {
        event.prevent_default();
        return;
    }
    if event.default_prevented() || form.set_attribute("aria-busy", "true").is_err() {
        return;
    }
    set_timeout(move || drop(form.remove_attribute("aria-busy")), Duration::from_secs(5));
}
