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
            let from = document().active_element();
            // The new page is in the document only after this turn of the event loop, or when its data is there.
            set_timeout(
                move || arrive(Arrival { title, from, frames: FRAMES, stands: 0 }),
                Duration::from_millis(50),
            );
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

/// So many frames, some ten seconds, the new page is waited for.
const FRAMES: u16 = 600;
/// So many frames the heading must stand: the page before may still be there when the navigation begins.
const STANDS: u16 = 30;

/// A navigation whose page is being waited for.
struct Arrival {
    title: RwSignal<String>,
    /// What had the focus when it began.
    from: Option<web_sys::Element>,
    frames: u16,
    stands: u16,
}

/// Closes the drawer, moves the focus to the panel's or the page's heading and reads the title, as soon as they are
/// there. A dialog keeps its own focus, and so does whatever somebody went to meanwhile.
fn arrive(mut arrival: Arrival) {
    if arrival.frames == FRAMES {
        let stayed = document().active_element() == arrival.from;
        close_drawer();
        // A drawer that closes gives the focus back to its button: that is where this navigation began, too.
        if stayed {
            arrival.from = document().active_element();
        }
    }
    if let Ok(Some(_)) = document().query_selector("dialog[open]") {
        arrival.title.set(document().title());
        return;
    }
    let (heading, title) = (heading(), document().title());
    let focused = document().active_element();
    let arrived = heading.is_some() && focused.as_ref() == heading.as_deref();
    if !(arrived || focus::nowhere() || focused == arrival.from) {
        return;
    }
    match heading.filter(|_| !arrived && !title.is_empty()) {
        Some(heading) => {
            arrival.title.set(title);
            // Focus fails only on elements that left the document, and then the next frame finds another one.
            drop(heading.focus());
            arrival.stands = 0;
        }
        // The page before may have stood here, with its own title.
        None if arrived && arrival.title.with_untracked(|said| *said != title) && !title.is_empty() => {
            arrival.title.set(title);
            arrival.stands = 0;
        }
        None if arrived => arrival.stands += 1,
        None => {}
    }
    if arrival.stands < STANDS && arrival.frames > 0 {
        arrival.frames -= 1;
        request_animation_frame(move || arrive(arrival));
    }
}

fn close_drawer() {
    if let Some(nav) = focus::element("nav") {
        // An error means that it is not open, or that this browser has no popovers.
        drop(nav.hide_popover());
    }
}

fn heading() -> Option<web_sys::HtmlElement> {
    let panel = document().query_selector("#panel-title").ok().flatten();
    let heading = panel.or_else(|| document().query_selector("main h1").ok().flatten());
    heading.and_then(|heading| heading.dyn_into().ok())
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
