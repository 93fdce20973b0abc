//! Badges: a word, an icon and a colour, in that order of importance.

use super::icon::{Glyph, Icon, Spinner};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How much attention something asks for. Colour never stands alone: an icon and words go with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Tone {
    #[default]
    Neutral,
    Info,
    Success,
    Warning,
    /// Worse than a warning: data is out of reach or about to be lost.
    Severe,
    Error,
}

impl Tone {
    /// The class that colours it.
    pub const fn class(self) -> &'static str {
        match self {
            Tone::Neutral => "tone-neutral",
            Tone::Info => "tone-info",
            Tone::Success => "tone-success",
            Tone::Warning => "tone-warning",
            Tone::Severe => "tone-severe",
            Tone::Error => "tone-error",
        }
    }

    /// The icon that goes with it.
    pub const fn glyph(self) -> Glyph {
        match self {
            Tone::Neutral => Glyph::Circle,
            Tone::Info => Glyph::Info,
            Tone::Success => Glyph::Success,
            Tone::Warning => Glyph::Warning,
            Tone::Severe => Glyph::Severe,
            Tone::Error => Glyph::Error,
        }
    }
}

/// A short label with an icon.
#[component]
pub fn Badge(
    /// One to three words.
    #[prop(into)]
    label: String,
    /// Its colour.
    #[prop(optional)]
    tone: Tone,
    /// Another icon than the tone's own.
    #[prop(optional, into)]
    icon: Option<Glyph>,
) -> AnyView {
    let icon = view! { <Icon name=icon.unwrap_or(tone.glyph()) large=false /> }.into_any();
    badge(label, tone.class(), icon)
}

/// The states of keys, environments, services and operations (rules §5.0).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum State {
    Available,
    Installing,
    Active,
    Locking,
    Locked,
    Unlocking,
    Deleted,
    Failed,
    Warning,
    Ready,
    Applying,
    Returning,
    Reencrypting,
    Preparing,
    Enabled,
    Disabled,
    Queued,
    Running,
    Succeeded,
    Cancelled,
}

impl State {
    /// Every state, for the gallery.
    pub const ALL: [State; 20] = [
        State::Available,
        State::Installing,
        State::Active,
        State::Locking,
        State::Locked,
        State::Unlocking,
        State::Deleted,
        State::Failed,
        State::Warning,
        State::Ready,
        State::Applying,
        State::Returning,
        State::Reencrypting,
        State::Preparing,
        State::Enabled,
        State::Disabled,
        State::Queued,
        State::Running,
        State::Succeeded,
        State::Cancelled,
    ];

    /// Whether it ends by itself: a page that shows it follows it.
    pub const fn is_under_way(self) -> bool {
        self.look().2.is_none()
    }

    /// Its word, its colour, and its icon; no icon means that it is under way.
    const fn look(self) -> (&'static str, Tone, Option<Glyph>) {
        match self {
            State::Available => ("Available", Tone::Neutral, Some(Glyph::Circle)),
            State::Installing => ("Installing", Tone::Info, None),
            State::Active => ("Active", Tone::Success, Some(Glyph::Success)),
            State::Locking => ("Locking", Tone::Error, None),
            State::Unlocking => ("Unlocking", Tone::Info, None),
            State::Locked => ("Locked", Tone::Error, Some(Glyph::Locked)),
            State::Deleted => ("Deleted", Tone::Neutral, Some(Glyph::Delete)),
            State::Failed => ("Failed", Tone::Error, Some(Glyph::Error)),
            State::Warning => ("Warning", Tone::Warning, Some(Glyph::Warning)),
            State::Ready => ("Ready", Tone::Success, Some(Glyph::Success)),
            State::Applying => ("Applying", Tone::Info, None),
            State::Returning => ("Returning", Tone::Info, None),
            State::Reencrypting => ("Re-encrypting", Tone::Info, None),
            State::Preparing => ("Preparing", Tone::Info, None),
            State::Enabled => ("Enabled", Tone::Success, Some(Glyph::Success)),
            State::Disabled => ("Disabled", Tone::Neutral, Some(Glyph::Off)),
            State::Queued => ("Queued", Tone::Neutral, Some(Glyph::Clock)),
            State::Running => ("Running", Tone::Info, None),
            State::Succeeded => ("Succeeded", Tone::Success, Some(Glyph::Success)),
            State::Cancelled => ("Cancelled", Tone::Neutral, Some(Glyph::Off)),
        }
    }
}

/// The badge of a state: always icon and word.
#[component]
pub fn StateBadge(
    /// Which state.
    state: State,
    /// Other words than the state's own: "Deleted in 3 days".
    #[prop(optional, into)]
    label: Option<String>,
) -> AnyView {
    let (word, tone, glyph) = state.look();
    let icon = match glyph {
        Some(name) => view! { <Icon name large=false /> }.into_any(),
        None => view! { <Spinner /> }.into_any(),
    };
    let label = label.filter(|label| !label.is_empty());
    let class = match (state, &label) {
        (_, None) => tone.class().to_owned(),
        (_, Some(_)) => format!("{} wraps", tone.class()),
    };
    badge(label.unwrap_or_else(|| word.to_owned()), &class, icon)
}

fn badge(label: String, class: &str, icon: AnyView) -> AnyView {
    view! {
        <span class=format!("badge {class}")>
            {icon} <span>{label}</span>
        </span>
    }
    .into_any()
}
