//! Confirming by typing a phrase.

use super::{
    dialog::ConfirmButton,
    field::{MaybeText, Words},
};
use leptos::prelude::*;

/// A form in the page that wants a phrase typed before it posts. The server compares exactly, upper
/// and lower case included, spaces at the ends aside.
#[component]
pub fn TypedConfirm(
    /// Where the form is posted; the phrase is sent as `confirmation`.
    #[prop(into)]
    action: String,
    /// What must be typed: the environment's name, `LOCK EUROPE`.
    #[prop(into)]
    phrase: String,
    /// The button that does it, as a verb.
    #[prop(into)]
    confirm: String,
    /// Red instead of blue.
    #[prop(optional)]
    danger: bool,
    /// What was wrong with the phrase.
    #[prop(optional, into)]
    error: MaybeText,
    /// Text before the field, and hidden fields.
    children: Children,
) -> AnyView {
    let ready = RwSignal::new(true);
    view! {
        <form class="typed-confirm" method="post" action=action>
            {children()}
            <PhraseField phrase error=error.0 ready />
            <ConfirmButton label=confirm danger ready />
        </form>
    }
    .into_any()
}

/// The field for the phrase. `ready` says whether it has been typed: always without script, where
/// the server is the one who checks.
#[component]
pub fn PhraseField(
    /// What must be typed; it is sent as `confirmation`.
    phrase: String,
    /// What was wrong with what was typed.
    error: Option<String>,
    /// Is told whether it has been typed.
    ready: RwSignal<bool>,
) -> AnyView {
    let input = NodeRef::<leptos::html::Input>::new();
    let wanted = StoredValue::new(phrase.clone());
    let check = move || {
        let typed = input.get_untracked().map(|input| input.value()).unwrap_or_default();
        ready.set(wanted.with_value(|wanted| typed.trim() == wanted));
    };
    Effect::new(move |_| check());
    let id = "confirmation".to_owned();
    let wrong = error.is_some();
    let words = Words { id: id.clone(), label: String::new(), hint: None, error, required: true };
    let control = view! {
        <input
            class="input code"
            id=id
            name="confirmation"
            type="text"
            required
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            aria-describedby=words.described_by()
            aria-invalid=words.invalid()
            autofocus=wrong
            node_ref=input
            on:input=move |_| check()
        />
    };
    let label = view! {
        "Type "
        <code class="phrase">{phrase}</code>
        " to confirm"
    };
    words.around_labelled(label.into_any(), control.into_any())
}
