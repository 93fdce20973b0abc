//! The dialogs before an environment changes its key or loses its data: what will happen, and the last word.

use super::{
    data::ViewEnvironment,
    encryption::{self, ViewEncryption, environment_encryption},
};
use crate::{forms, pages::load::*, ui::*, view, view::ViewDecision, view::counted};
use leptos::prelude::*;

/// `/environments/{id}/encryption/apply` (PP-089, PP-090).
#[component]
pub fn ApplyKey() -> AnyView {
    page(|input| environment_encryption(input.id), |data| ask(data, |of| &of.apply, apply))
}

fn apply(environment: &ViewEnvironment) -> Question {
    let key = environment.active_key.as_ref().map(|key| key.name.clone()).unwrap_or_default();
    Question {
        title: format!("Apply {key} to {}?", environment.name),
        says: "The environment leaves the Microsoft-provided key and uses your organisation's own."
            .to_owned(),
        consequences: vec![
            format!(
                "You manage the key directly: whoever holds {key} decides whether this data can be read."
            ),
            format!("The environment is unavailable while {} sealed anew.", rows(environment)),
        ],
        action: "/encryption/apply",
        cancel: "/encryption",
        answer: Answer::Confirm { danger: false },
        typed: None,
    }
}

/// `/environments/{id}/encryption/return` (PP-093…PP-095).
#[component]
pub fn ReturnKey() -> AnyView {
    page(|input| environment_encryption(input.id), |data| ask(data, |of| &of.give_back, give_back))
}

fn give_back(environment: &ViewEnvironment) -> Question {
    Question {
        title: format!("Return {} to standard encryption management?", environment.name),
        says: format!("The environment leaves {}.", environment.encrypted_with()),
        consequences: vec![
            "Microsoft manages the key again; your own key no longer protects this data.".to_owned(),
            format!("The environment is unavailable while {} sealed anew.", rows(environment)),
        ],
        action: "/encryption/return",
        cancel: "/encryption",
        answer: Answer::Confirm { danger: true },
        typed: environment.name_to_type.clone(),
    }
}

/// `/environments/{id}/encryption/unlock` (PP-126, PP-127).
#[component]
pub fn UnlockEnvironment() -> AnyView {
    page(|input| environment_encryption(input.id), |data| ask(data, |of| &of.unlock, unlock))
}

fn unlock(environment: &ViewEnvironment) -> Question {
    Question {
        title: format!("Unlock {}?", environment.name),
        says: format!("Its key, {}, is Active again.", environment.encrypted_with()),
        consequences: vec![
            format!("{} checked before the environment is online again.", rows(environment)),
            "Whoever had access before the lock has it again.".to_owned(),
        ],
        action: "/encryption/unlock",
        cancel: "/encryption",
        answer: Answer::Confirm { danger: false },
        typed: None,
    }
}

/// `/environments/{id}/delete` (PP-082).
#[component]
pub fn DeleteEnvironment() -> AnyView {
    page(|input| environment_encryption(input.id), |data| ask(data, |of| &of.delete, delete))
}

fn delete(environment: &ViewEnvironment) -> Question {
    Question {
        title: format!("Delete {} for good?", environment.name),
        says: "Nothing brings a deleted environment back.".to_owned(),
        consequences: vec![
            format!("Its data key is destroyed: {} lost, whoever holds the key file.", rows(environment)),
            "Its backups go with it, and no more are made.".to_owned(),
            "The key of the last locked environment is deleted with it.".to_owned(),
        ],
        action: "/delete",
        cancel: "/encryption",
        answer: Answer::Type("Delete"),
        typed: Some(environment.name.clone()),
    }
}

/// `/environments/{id}/reset` (PP-134, PP-135).
#[component]
pub fn ResetEnvironment() -> AnyView {
    page(|input| environment_encryption(input.id), |data| ask(data, |of| &of.reset, reset))
}

fn reset(environment: &ViewEnvironment) -> Question {
    Question {
        title: format!("Reset {}?", environment.name),
        says: "The environment stays, empty. Nothing brings its data back.".to_owned(),
        consequences: vec![
            format!("Everything in it is deleted: {}.", environment.holds()),
            "All of its backups are deleted.".to_owned(),
            "Encryption reverts to the Microsoft-provided key.".to_owned(),
        ],
        action: "/reset",
        cancel: "",
        answer: Answer::Type("Reset"),
        typed: Some(environment.name.clone()),
    }
}

/// What a dialog asks; `action` and `cancel` are below the environment's address.
struct Question {
    title: String,
    says: String,
    consequences: Vec<String>,
    action: &'static str,
    cancel: &'static str,
    answer: Answer,
    typed: Option<String>,
}

enum Answer {
    /// "Confirm" is what the form says.
    Confirm { danger: bool },
    /// What was typed says it; the button has this text.
    Type(&'static str),
}

/// The dialog above the environment's encryption page; the policy's reason in its place when it says no.
fn ask(
    data: ViewEncryption,
    decision: fn(&ViewEnvironment) -> &ViewDecision,
    question: fn(&ViewEnvironment) -> Question,
) -> AnyView {
    let environment = &data.environment;
    let above = match decision(environment).why.clone() {
        Some(why) => view::not_now("Not possible now.", why),
        None => dialog(environment, question(environment)),
    };
    view! { {above} {encryption::show(data)} }.into_any()
}

fn dialog(environment: &ViewEnvironment, question: Question) -> AnyView {
    let Question { title, says, mut consequences, action, cancel, answer, typed } = question;
    consequences.push("All administrators are notified.".to_owned());
    let (confirm, danger, confirmed) = match answer {
        Answer::Confirm { danger } => ("Confirm", danger, true),
        Answer::Type(button) => (button, true, false),
    };
    let typed_error = forms::error("typed_name");
    let summary = typed_error.is_none().then(|| forms::summary(&[]));
    let dialog = view! {
        <ConfirmDialog
            title
            action=environment.address(action)
            cancel=environment.address(cancel)
            confirm
            danger
            consequences
            phrase=typed
            phrase_error=typed_error
        >
            {summary}
            <p>{says}</p>
            {confirmed.then(|| view! { <input type="hidden" name="confirmed" value="on" /> })}
        </ConfirmDialog>
    };
    dialog.into_any()
}

fn rows(environment: &ViewEnvironment) -> String {
    let verb = if environment.rows == 1 { "is" } else { "are" };
    format!("{} {verb}", counted(environment.rows, "row", "rows"))
}
