//! What was wrong with a form, at its top, with a way to each field.

use super::{
    focus,
    icon::{Glyph, Icon},
};
use leptos::prelude::*;

/// All errors of a form. It takes the focus when it appears, and each line leads to its field.
#[component]
pub fn ErrorSummary(
    /// `(id of the field, message)`; an empty id is an error of no single field.
    errors: Vec<(String, String)>,
) -> AnyView {
    if errors.is_empty() {
        return ().into_any();
    }
    let lines: Vec<_> = errors.into_iter().map(line).collect();
    let node = NodeRef::new();
    focus::begin_with(node);
    let view = view! {
        <div
            class="error-summary tone-error"
            role="alert"
            tabindex="-1"
            aria-labelledby="error-summary"
            node_ref=node
        >
            <Icon name=Glyph::Error />
            <div>
                <h2 id="error-summary">"Not done. Please correct this:"</h2>
                <ul>{lines}</ul>
            </div>
        </div>
    };
    view.into_any()
}

/// `rel=external` leaves the jump to the browser, which then also moves the focus to the field.
fn line((field, message): (String, String)) -> AnyView {
    if field.is_empty() {
        return view! { <li>{message}</li> }.into_any();
    }
    view! {
        <li>
            <a href=format!("#{field}") rel="external">
                {message}
            </a>
        </li>
    }
    .into_any()
}
