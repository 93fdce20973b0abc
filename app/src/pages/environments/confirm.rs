//! The dialogs before an environment changes its key: what will happen, and the last word.

use super::{
    data::ViewEnvironment,
    encryption::{self, ViewEncryption, environment_encryption},
};
use crate::{forms, pages::load::*, ui::*, view, view::ViewDecision, view::counted};
use leptos::prelude::*;

/// `/environments/{id}/encryption/apply` (PP-089, PP-090).
#[component]
pub fn ApplyKey() -> AnyView {
    page(|input| environment_encryption(input.id), apply)
}

fn apply(data: ViewEncryption) -> AnyView {
    let environment = data.environment.clone();
    if let Some(bar) = not_now(&environment.apply) {
        return view! { {bar} {encryption::show(data)} }.into_any();
    }
    let key = environment.active_key.as_ref().map(|key| key.name.clone()).unwrap_or_default();
    let consequences = vec![
        format!("You manage the key directly: whoever holds {key} decides whether this data can be read."),
        format!("The environment is unavailable while {} sealed anew.", rows(&environment)),
        "All administrators are notified.".to_owned(),
    ];
    let dialog = view! {
        {forms::summary(&[])}
        <ConfirmDialog
            title=format!("Apply {key} to {}?", environment.name)
            action=environment.address("/encryption/apply")
            cancel=environment.address("/encryption")
            confirm="Confirm"
            consequences
        >
            <p>"The environment leaves the Microsoft-provided key and uses your organisation's own."</p>
            <input type="hidden" name="confirmed" value="on" />
        </ConfirmDialog>
    };
    view! { {dialog} {encryption::show(data)} }.into_any()
}

/// `/environments/{id}/encryption/return` (PP-093…PP-095).
#[component]
pub fn ReturnKey() -> AnyView {
    page(|input| environment_encryption(input.id), give_back)
}

fn give_back(data: ViewEncryption) -> AnyView {
    let environment = data.environment.clone();
    if let Some(bar) = not_now(&environment.give_back) {
        return view! { {bar} {encryption::show(data)} }.into_any();
    }
    let consequences = vec![
        "Microsoft manages the key again; your own key no longer protects this data.".to_owned(),
        format!("The environment is unavailable while {} sealed anew.", rows(&environment)),
        "All administrators are notified.".to_owned(),
    ];
    let typed = forms::error("typed_name");
    let leaves = format!("The environment leaves {}.", environment.encrypted_with());
    let summary = typed.is_none().then(|| forms::summary(&[]));
    let dialog = view! {
        {summary}
        <ConfirmDialog
            title=format!("Return {} to standard encryption management?", environment.name)
            action=environment.address("/encryption/return")
            cancel=environment.address("/encryption")
            confirm="Confirm"
            danger=true
            consequences
            phrase=environment.name_to_type
            phrase_error=typed
        >
            <p>{leaves}</p>
            <input type="hidden" name="confirmed" value="on" />
        </ConfirmDialog>
    };
    view! { {dialog} {encryption::show(data)} }.into_any()
}

/// The dialog's place when the policy says no: its reason instead of a question.
fn not_now(decision: &ViewDecision) -> Option<AnyView> {
    let why = decision.why.clone()?;
    let bar = view! {
        <MessageBar tone=Tone::Warning title="Not possible now.">
            {view::why(why)}
        </MessageBar>
    };
    Some(bar.into_any())
}

fn rows(environment: &ViewEnvironment) -> String {
    let verb = if environment.rows == 1 { "is" } else { "are" };
    format!("{} {verb}", counted(environment.rows, "row", "rows"))
}
