//! What happened: messages of the last form's answer, and later ones while the page is open.

use super::{
    badge::Tone,
    icon::{Glyph, Icon},
    message_bar::MessageBar,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One thing to be said once. Never holds a secret: it lies in the session meanwhile.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Flash {
    /// How grave.
    pub tone: Tone,
    /// What happened.
    pub text: String,
    /// Where to see more, `(words, URL)`: the operation, the history.
    pub link: Option<(String, String)>,
}

/// The messages of the answer before, at the top of the page; gone once `path` changes.
#[component]
pub fn FlashRegion(
    /// What to say.
    flash: Vec<Flash>,
    /// The path of the page.
    #[prop(optional, into)]
    path: Option<Signal<String>>,
) -> AnyView {
    let shown = RwSignal::new(true);
    Effect::new(move |before: Option<Option<String>>| {
        let now = path.map(|path| path.get());
        if before.is_some_and(|before| before != now) {
            shown.set(false);
        }
        now
    });
    let bars: Vec<_> = flash
        .into_iter()
        .map(|Flash { tone, text, link }| {
            view! {
                <MessageBar tone>
                    {text}
                    {link.map(|(words, href)| view! { <a href=href>{words}</a> })}
                </MessageBar>
            }
        })
        .collect();
    view! {
        <div role="status" hidden=move || !shown.get()>
            {bars}
        </div>
    }
    .into_any()
}

/// Says things while the page is open: an operation has ended. Get it with [`toasts`] while a component is made.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<(u32, Flash)>>,
    next: StoredValue<u32>,
}

impl Toasts {
    /// Shows one. A success leaves after eight seconds, unless pointed at; the rest stay.
    pub fn say(self, flash: Flash) {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        let passing = matches!(flash.tone, Tone::Success | Tone::Info | Tone::Neutral);
        self.shown.update(|shown| shown.push((id, flash)));
        if passing {
            self.leave_later(id);
        }
    }

    fn leave_later(self, id: u32) {
        set_timeout(
            move || if is_held() { self.leave_later(id) } else { self.dismiss(id) },
            Duration::from_secs(8),
        );
    }

    fn dismiss(self, id: u32) {
        self.shown.update(|shown| shown.retain(|(other, _)| *other != id));
    }
}

/// Whether someone reads them just now.
fn is_held() -> bool {
    document().query_selector(".toasts:hover, .toasts:focus-within").ok().flatten().is_some()
}

/// The way to say things; nothing outside a [`super::Shell`].
pub fn toasts() -> Option<Toasts> {
    use_context::<Toasts>()
}

/// Makes [`Toasts`] available to everything that the calling component renders.
pub(super) fn provide_toasts() -> Toasts {
    let toasts = Toasts { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) };
    provide_context(toasts);
    toasts
}

/// The corner where they appear; it is there, empty, from the start, as live regions must be.
#[component]
pub fn Toaster(
    /// From [`provide_toasts`].
    toasts: Toasts,
) -> AnyView {
    view! {
        <div class="toasts" role="status">
            <For each=move || toasts.shown.get() key=|(id, _)| *id let((id, flash))>
                <Toast flash close=Callback::new(move |()| toasts.dismiss(id)) />
            </For>
        </div>
    }
    .into_any()
}

/// One of them.
#[component]
pub fn Toast(
    /// What to say.
    flash: Flash,
    /// Takes it away.
    close: Callback<()>,
) -> AnyView {
    let Flash { tone, text, link } = flash;
    view! {
        <div class=format!("toast {}", tone.class())>
            <Icon name=tone.glyph() />
            <div class="message-text">
                {text} " " {link.map(|(words, href)| view! { <a href=href>{words}</a> })}
            </div>
            <button type="button" class="icon-button" aria-label="Dismiss" on:click=move |_| close.run(())>
                <Icon name=Glyph::Close large=false />
            </button>
        </div>
    }
    .into_any()
}
