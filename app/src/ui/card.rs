//! Cards: a bordered section of a page, and small ones for figures and clocks.

use leptos::prelude::*;

/// A titled section in a border.
#[component]
pub fn Card(
    /// Its heading; none for a card whose content needs no name.
    #[prop(optional, into)]
    title: Option<String>,
    /// Right of the title: one button or badge.
    #[prop(optional, into)]
    aside: Option<AnyView>,
    /// What is in it.
    children: Children,
) -> AnyView {
    let head = (title.is_some() || aside.is_some()).then(|| {
        view! {
            <div class="card-head">
                {title.map(|title| view! { <h2>{title}</h2> })} {aside}
            </div>
        }
    });
    view! { <section class="card">{head} {children()}</section> }.into_any()
}

/// A row of cards that share the width and wrap when it is scarce.
#[component]
pub fn Cards(
    /// The cards.
    children: Children,
) -> AnyView {
    view! { <div class="cards">{children()}</div> }.into_any()
}

/// One figure or clock with its name above and its explanation below.
#[component]
pub fn FigureCard(
    /// What is counted.
    #[prop(into)]
    label: String,
    /// The explanation under the figure.
    #[prop(optional, into)]
    note: Option<AnyView>,
    /// The figure: a number, a countdown, "Now".
    children: Children,
) -> AnyView {
    view! {
        <section class="card figure">
            <h2 class="figure-label">{label}</h2>
            <div class="figure-value">{children()}</div>
            {note.map(|note| view! { <div class="figure-note">{note}</div> })}
        </section>
    }
    .into_any()
}
