//! Nothing to show, and what to do about it. Empty, failed and forbidden are three different texts.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// Why there is nothing.
#[component]
pub fn EmptyState(
    /// What would be here.
    icon: Glyph,
    /// One sentence: "No keys yet".
    #[prop(into)]
    title: String,
    /// Why, and what that means.
    #[prop(into)]
    text: String,
    /// The first thing to do: one primary button.
    #[prop(optional, into)]
    action: Option<AnyView>,
) -> AnyView {
    view! {
        <div class="empty">
            <span class="empty-icon">
                <Icon name=icon />
            </span>
            <h2>{title}</h2>
            <p>{text}</p>
            {action}
        </div>
    }
    .into_any()
}
