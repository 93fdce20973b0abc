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

/// `/environments/{id}/encryption/unlock` (PP-126, PP-127).
#[component]
pub fn UnlockEnvironment() -> AnyView {
    page(|input| environment_encryption(input.id), unlock)
}

fn unlock(data: ViewEncryption) -> AnyView {
    let environment = data.environment.clone();
    if let Some(bar) = not_now(&environment.unlock) {
        return view! { {bar} {encryption::show(data)} }.into_any();
    }
    let consequences = vec![
        format!("{} checked before the environment is online again.", rows(&environment)),
        "Whoever had access before the lock has it again.".to_owned(),
        "All administrators are notified.".to_owned(),
    ];
    let leaves = format!("Its key, {}, is Active again.", environment.encrypted_with());
    let dialog = view! {
        {forms::summary(&[])}
        <ConfirmDialog
            title=format!("Unlock {}?", environment.name)
            action=environment.address("/encryption/unlock")
            cancel=environment.address("/encryption")
            confirm="Confirm"
            consequences
        >
            <p>{leaves}</p>
            <input type="hidden" name="confirmed" value="on" />
        </ConfirmDialog>
    };
    view! { {dialog} {encryption::show(data)} }.into_any()
}

/// `/environments/{id}/delete` (PP-082).
#[component]
pub fn DeleteEnvironment() -> AnyView {
    page(|input| environment_encryption(input.id), delete)
}

fn delete(data: ViewEncryption) -> AnyView {
    let environment = data.environment.clone();
    if let Some(bar) = not_now(&environment.delete) {
        return view! { {bar} {encryption::show(data)} }.into_any();
    }
    let consequences = vec![
        format!("Its data key is destroyed: {} lost, whoever holds the key file.", rows(&environment)),
        "The key of the last locked environment is deleted with it.".to_owned(),
        "All administrators are notified.".to_owned(),
    ];
    let typed = forms::error("typed_name");
    let summary = typed.is_none().then(|| forms::summary(&[]));
    let dialog = view! {
        {summary}
        <ConfirmDialog
            title=format!("Delete {} for good?", environment.name)
            action=environment.address("/delete")
            cancel=environment.address("/encryption")
            confirm="Delete"
            danger=true
            consequences
            phrase=Some(environment.name.clone())
            phrase_error=typed
        >
            <p>"Nothing brings a deleted environment back."</p>
        </ConfirmDialog>
    };
    view! { {dialog} {encryption::show(data)} }.into_any()
}

/// `/environments/{id}/reset` (PP-134, PP-135).
#[component]
pub fn ResetEnvironment() -> AnyView {
    page(|input| environment_encryption(input.id), reset)
}

fn reset(data: ViewEncryption) -> AnyView {
    let environment = data.environment.clone();
    if let Some(bar) = not_now(&environment.reset) {
        return view! { {bar} {encryption::show(data)} }.into_any();
    }
    let consequences = vec![
        format!("Everything in it is deleted: {}.", environment.holds()),
        "All of its backups are deleted.".to_owned(),
        "Encryption reverts to the Microsoft-provided key.".to_owned(),
        "All administrators are notified.".to_owned(),
    ];
    let typed = forms::error("typed_name");
    let summary = typed.is_none().then(|| forms::summary(&[]));
    let dialog = view! {
        {summary}
        <ConfirmDialog
            title=format!("Reset {}?", environment.name)
            action=environment.address("/reset")
            cancel=environment.address("")
            confirm="Reset"
            danger=true
            consequences
            phrase=Some(environment.name.clone())
            phrase_error=typed
        >
            <p>"The environment stays, empty. Nothing brings its data back."</p>
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
