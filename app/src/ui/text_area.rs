//! Text of several lines.

use super::field::{MaybeText, Words};
use leptos::prelude::*;

/// A text field that keeps line breaks; it grows with what is in it.
#[component]
pub fn TextArea(
    /// The field's name in the form, and its id.
    #[prop(into)]
    name: String,
    /// Above it.
    #[prop(into)]
    label: String,
    /// What it holds when the page arrives.
    #[prop(into)]
    value: String,
    /// Below it: what is accepted.
    #[prop(optional, into)]
    hint: MaybeText,
    /// Below it: what was wrong and what to do.
    #[prop(optional, into)]
    error: MaybeText,
    /// Must be filled.
    #[prop(default = true)]
    required: bool,
) -> AnyView {
    let words = Words { id: name.clone(), label, hint: hint.0, error: error.0, required };
    // The children of a textarea are not escaped by the renderer, so they are given escaped; in the
    // browser the property counts, which is plain text.
    let control = view! {
        <textarea
            class="input area"
            id=name.clone()
            name=name
            rows="1"
            required=required
            aria-describedby=words.described_by()
            aria-invalid=words.invalid()
            prop:value=value.clone()
            inner_html=escape(&value)
        ></textarea>
    }
    .into_any();
    words.around(control)
}

/// As the content of an element; browsers drop a line break right after the start tag.
fn escape(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_the_field() {
        let value = "</textarea><script>alert(1)</script>\n&amp;";
        let html = view! { <TextArea name="a" label="A" value /> }.to_html();
        assert!(
            html.contains("\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;\n&amp;amp;</textarea>"),
            "{html}"
        );
        assert_eq!(html.matches("</textarea>").count(), 1);
    }
}
