//! Choosing: a list to pick from, radio buttons, a check box.

use super::field::{MaybeText, Words};
use leptos::prelude::*;

/// One thing to choose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Sent with the form.
    pub value: String,
    /// Shown.
    pub label: String,
    /// Shown under the label of a radio button.
    pub note: Option<String>,
    /// Cannot be chosen; the note says why.
    pub disabled: bool,
}

impl Choice {
    /// A choice that can be made.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), note: None, disabled: false }
    }

    /// Adds the line under the label.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Cannot be chosen, for this reason.
    #[must_use]
    pub fn disabled(mut self, reason: impl Into<String>) -> Self {
        self.disabled = true;
        self.note(reason)
    }
}

/// A list to pick one from.
#[component]
pub fn Select(
    /// The field's name in the form.
    #[prop(into)]
    name: String,
    /// Its id; its name when not given.
    #[prop(optional, into)]
    id: Option<String>,
    /// Above it.
    #[prop(into)]
    label: String,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// The value that is chosen when the page arrives.
    #[prop(optional, into)]
    value: MaybeText,
    /// Below it.
    #[prop(optional, into)]
    hint: MaybeText,
    /// Below it: what was wrong and what to do.
    #[prop(optional, into)]
    error: MaybeText,
    /// Must be chosen.
    #[prop(default = true)]
    required: bool,
) -> AnyView {
    let id = id.unwrap_or_else(|| name.clone());
    let words = Words { id: id.clone(), label, hint: hint.0, error: error.0, required };
    let options: Vec<_> = choices
        .into_iter()
        .map(|choice| {
            let selected = value.0.as_deref() == Some(choice.value.as_str());
            view! {
                <option value=choice.value selected=selected disabled=choice.disabled>
                    {choice.label}
                </option>
            }
        })
        .collect();
    let control = view! {
        <select
            class="input select"
            id=id
            name=name
            required=required
            aria-describedby=words.described_by()
            aria-invalid=words.invalid()
        >
            {options}
        </select>
    }
    .into_any();
    words.around(control)
}

/// Radio buttons under one question: for few choices that deserve a word each.
#[component]
pub fn RadioGroup(
    /// The field's name in the form; the ids are `{name}-{value}`.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    label: String,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// The value that is chosen when the page arrives.
    #[prop(optional, into)]
    value: MaybeText,
    /// Below it.
    #[prop(optional, into)]
    hint: MaybeText,
    /// Below it: what was wrong and what to do.
    #[prop(optional, into)]
    error: MaybeText,
    /// Must be chosen.
    #[prop(default = true)]
    required: bool,
) -> AnyView {
    let words = Words { id: name.clone(), label, hint: hint.0, error: error.0, required };
    let radios: Vec<_> = choices
        .into_iter()
        .map(|choice| {
            let checked = value.0.as_deref() == Some(choice.value.as_str());
            let id = format!("{name}-{}", choice.value);
            option("radio", id, name.clone(), choice, checked, required)
        })
        .collect();
    words.around_group(view! { <div class="options">{radios}</div> }.into_any())
}

/// One box to tick; what it means stands beside it.
#[component]
pub fn Checkbox(
    /// The field's name in the form.
    #[prop(into)]
    name: String,
    /// Beside it.
    #[prop(into)]
    label: String,
    /// Sent when ticked.
    #[prop(default = "on".into(), into)]
    value: String,
    /// Ticked when the page arrives.
    #[prop(optional)]
    checked: bool,
    /// Under the label.
    #[prop(optional, into)]
    note: Option<String>,
    /// Must be ticked.
    #[prop(optional)]
    required: bool,
) -> AnyView {
    let choice = Choice { value, label, note, disabled: false };
    option("checkbox", name.clone(), name, choice, checked, required)
}

fn option(
    kind: &'static str,
    id: String,
    name: String,
    choice: Choice,
    checked: bool,
    required: bool,
) -> AnyView {
    let Choice { value, label, note, disabled } = choice;
    let note_id = format!("{id}-note");
    let described = note.is_some().then(|| note_id.clone());
    view! {
        <div class="option">
            <input
                type=kind
                id=id.clone()
                name=name
                value=value
                checked=checked
                required=required
                disabled=disabled
                aria-describedby=described
            />
            <label for=id>{label}</label>
            {note
                .map(|note| {
                    view! {
                        <p class="option-note" id=note_id>
                            {note}
                        </p>
                    }
                })}
        </div>
    }
    .into_any()
}
