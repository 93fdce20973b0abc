//! Message bars: what the reader must know about this page before anything else.

use super::badge::Tone;
use super::field::MaybeText;
use super::icon::Icon;
use leptos::prelude::*;

/// A bar with an icon, a bold beginning, and text with links.
///
/// It is not a live region: it is there when the page arrives. What happens later is announced by
/// [`super::Toaster`].
#[component]
pub fn MessageBar(
    /// How grave.
    tone: Tone,
    /// The first words, in bold: what happened.
    #[prop(optional, into)]
    title: MaybeText,
    /// Buttons and links at its end.
    #[prop(optional, into)]
    actions: Option<AnyView>,
    /// The rest: what it means, what to do.
    children: Children,
) -> AnyView {
    view! {
        <div class=format!("message {}", tone.class())>
            <Icon name=tone.glyph() />
            <div class="message-text">
                <span class="visually-hidden">{word(tone)}</span>
                {title.0.map(|title| view! { <strong>{title}</strong> })}
                " "
                {children()}
            </div>
            {actions.map(|actions| view! { <div class="message-actions">{actions}</div> })}
        </div>
    }
    .into_any()
}

/// What the icon says, for those who do not see it.
const fn word(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral | Tone::Info => "Note: ",
        Tone::Success => "Done: ",
        Tone::Warning => "Warning: ",
        Tone::Severe => "Severe: ",
        Tone::Error => "Error: ",
    }
}
