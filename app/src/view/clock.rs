//! From when something is possible, as a card.

use crate::ui::FigureCard;
use leptos::prelude::*;

/// As long as something holds it, no clock counts: then the card says what.
pub fn clock_card(label: &'static str, held: &Option<String>, figure: AnyView, note: AnyView) -> AnyView {
    let (figure, note) = match held.clone() {
        Some(held) => ("Not now".into_any(), held.into_any()),
        None => (figure, note),
    };
    view! { <FigureCard label note>{figure}</FigureCard> }.into_any()
}
