//! Facts: names and values, the first thing a page shows.

use leptos::prelude::*;

/// A list of facts; its children are [`Fact`]s.
#[component]
pub fn Facts(
    /// The facts.
    children: Children,
) -> AnyView {
    view! { <dl class="facts">{children()}</dl> }.into_any()
}

/// One name and its value.
#[component]
pub fn Fact(
    /// What it is.
    #[prop(into)]
    name: String,
    /// Its value.
    children: Children,
) -> AnyView {
    view! {
        <div class="fact">
            <dt>{name}</dt>
            <dd>{children()}</dd>
        </div>
    }
    .into_any()
}
