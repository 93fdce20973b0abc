//! Files to upload.

use super::field::{MaybeText, Words};
use leptos::prelude::*;

/// A file to upload. Its form needs `enctype="multipart/form-data"` and `method="post"`; browsers
/// never refill it, so the page says again what is wanted.
#[component]
pub fn FileInput(
    /// The field's name in the form.
    #[prop(into)]
    name: String,
    /// Its id; its name when not given.
    #[prop(optional, into)]
    id: Option<String>,
    /// Above it.
    #[prop(into)]
    label: String,
    /// `.pfx,.byok`: what the browser offers first. The server checks.
    #[prop(optional, into)]
    accept: MaybeText,
    /// Below it: what is accepted.
    #[prop(optional, into)]
    hint: MaybeText,
    /// Below it: what was wrong and what to do.
    #[prop(optional, into)]
    error: MaybeText,
    /// Must be given.
    #[prop(default = true)]
    required: bool,
) -> AnyView {
    let id = id.unwrap_or_else(|| name.clone());
    let words = Words { id: id.clone(), label, hint: hint.0, error: error.0, required };
    let control = view! {
        <input
            class="input file"
            type="file"
            id=id
            name=name
            accept=accept.0
            required=required
            aria-describedby=words.described_by()
            aria-invalid=words.invalid()
        />
    }
    .into_any();
    words.around(control)
}
