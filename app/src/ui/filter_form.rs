//! Filters over a table: a GET form, so the URL holds them.

use super::button::{Button, ButtonLink, Look};
use super::field::MaybeText;
use super::icon::Glyph;
use leptos::prelude::*;

/// A row of fields that narrows a list.
#[component]
pub fn FilterForm(
    /// The list's URL.
    #[prop(into)]
    action: String,
    /// The list without filters; given only when some are set.
    #[prop(optional, into)]
    clear: MaybeText,
    /// Kept as they are, `(name, value)`: the sort order.
    #[prop(optional)]
    keep: Vec<(String, String)>,
    /// Its fields.
    children: Children,
) -> AnyView {
    let kept: Vec<_> = keep
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect();
    view! {
        <form class="filters" role="search" aria-label="Filter" method="get" action=action>
            {kept}
            {children()}
            <div class="filters-end">
                <Button label="Apply filters" icon=Glyph::Filter />
                {clear.0.map(|href| view! { <ButtonLink label="Clear" href look=Look::Subtle /> })}
            </div>
        </form>
    }
    .into_any()
}
