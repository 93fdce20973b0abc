//! What every form field has: a label, a hint, an error, and the ties between them.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// A text that may be missing: what optional properties take, so that `"x"`, a `String` and an
/// `Option<String>` are all given the same way.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MaybeText(pub Option<String>);

impl From<&str> for MaybeText {
    fn from(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }
}

impl From<String> for MaybeText {
    fn from(text: String) -> Self {
        Self(Some(text))
    }
}

impl From<Option<String>> for MaybeText {
    fn from(text: Option<String>) -> Self {
        Self(text)
    }
}

/// The words around a control.
pub(super) struct Words {
    /// The control's id and, with suffixes, those of its hint and error.
    pub id: String,
    pub label: String,
    pub hint: Option<String>,
    pub error: Option<String>,
    pub required: bool,
}

impl Words {
    /// The value of `aria-describedby`: the error first, for it is what one must hear.
    pub(super) fn described_by(&self) -> Option<String> {
        let error = self.error.is_some().then(|| format!("{}-error", self.id));
        let hint = self.hint.is_some().then(|| format!("{}-hint", self.id));
        match (error, hint) {
            (Some(error), Some(hint)) => Some(format!("{error} {hint}")),
            (error, hint) => error.or(hint),
        }
    }

    /// The value of `aria-invalid`.
    pub(super) fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }

    /// Label, control, error and hint, one under the other.
    pub(super) fn around(mut self, control: AnyView) -> AnyView {
        let label = std::mem::take(&mut self.label).into_any();
        self.around_labelled(label, control)
    }

    /// The same for a label that is more than text.
    pub(super) fn around_labelled(self, label: AnyView, control: AnyView) -> AnyView {
        let Words { id, hint, error, required, .. } = self;
        let below = notes(&id, error, hint);
        view! {
            <div class="field">
                <label for=id>{label} " " {optional(required)}</label>
                {control}
                {below}
            </div>
        }
        .into_any()
    }

    /// The same for several controls under one question.
    pub(super) fn around_group(self, controls: AnyView) -> AnyView {
        let described = self.described_by();
        let Words { id, label, hint, error, required } = self;
        let below = notes(&id, error, hint);
        view! {
            <fieldset class="field" id=id tabindex="-1" aria-describedby=described>
                <legend>{label} " " {optional(required)}</legend>
                {controls}
                {below}
            </fieldset>
        }
        .into_any()
    }
}

/// Most fields must be filled, so the others are marked.
fn optional(required: bool) -> Option<AnyView> {
    (!required).then(|| view! { <span class="optional">"(optional)"</span> }.into_any())
}

fn notes(id: &str, error: Option<String>, hint: Option<String>) -> AnyView {
    let error = error.map(|error| {
        view! {
            <p class="field-error" id=format!("{id}-error")>
                <Icon name=Glyph::Error large=false />
                <span>{error}</span>
            </p>
        }
    });
    let hint = hint.map(|hint| {
        view! {
            <p class="field-hint" id=format!("{id}-hint")>
                {hint}
            </p>
        }
    });
    view! {
        {error}
        {hint}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_names_its_error_before_its_hint() {
        let mut words = Words {
            id: "name".into(),
            label: "Name".into(),
            hint: Some("Up to 50 characters".into()),
            error: None,
            required: true,
        };
        assert_eq!(words.described_by().as_deref(), Some("name-hint"));
        assert_eq!(words.invalid(), None);
        words.error = Some("A key of this name exists".into());
        assert_eq!(words.described_by().as_deref(), Some("name-error name-hint"));
        assert_eq!(words.invalid(), Some("true"));
    }
}
