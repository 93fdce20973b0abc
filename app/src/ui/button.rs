//! Buttons and links that look like buttons.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// How much a button stands out. One `Primary` (or `Danger`) a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Look {
    Primary,
    #[default]
    Secondary,
    /// A primary action that destroys or takes offline.
    Danger,
    /// Text only, until pointed at.
    Subtle,
}

impl Look {
    /// The classes of a button of this look.
    pub const fn class(self) -> &'static str {
        match self {
            Look::Primary => "button primary",
            Look::Secondary => "button",
            Look::Danger => "button danger",
            Look::Subtle => "button subtle",
        }
    }
}

/// A button that submits the form it stands in, or, with `form`, another one.
#[component]
pub fn Button(
    /// What it does, as a verb.
    #[prop(into)]
    label: String,
    /// How much it stands out.
    #[prop(optional)]
    look: Look,
    /// Before the words.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// The id of the form it submits, when it stands outside.
    #[prop(optional, into)]
    form: Option<String>,
    /// Submits to this URL instead of the form's own.
    #[prop(optional, into)]
    formaction: Option<String>,
    /// Sent with the form when this button submits it.
    #[prop(optional, into)]
    name: Option<String>,
    /// The value of `name`.
    #[prop(optional, into)]
    value: Option<String>,
    /// The id of the text that says more about it.
    #[prop(optional, into)]
    described_by: Option<String>,
) -> AnyView {
    view! {
        <button
            type="submit"
            class=look.class()
            form=form
            formaction=formaction
            name=name
            value=value
            aria-describedby=described_by
        >
            {icon.map(|name| view! { <Icon name /> })}
            <span>{label}</span>
        </button>
    }
    .into_any()
}

/// A link with the look of a button: it goes somewhere and changes nothing.
#[component]
pub fn ButtonLink(
    /// Where it goes.
    #[prop(into)]
    label: String,
    /// The URL.
    #[prop(into)]
    href: String,
    /// How much it stands out.
    #[prop(optional)]
    look: Look,
    /// Before the words.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// Leaves the pages: a download, the API's documentation. The browser then loads it plainly.
    #[prop(optional)]
    external: bool,
) -> AnyView {
    view! {
        <a class=look.class() href=href rel=external.then_some("external")>
            {icon.map(|name| view! { <Icon name /> })}
            <span>{label}</span>
        </a>
    }
    .into_any()
}
