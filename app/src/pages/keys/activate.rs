//! Asking before a key is activated (PP-072…PP-083).

use super::{
    changes::asked,
    data::{ViewKey, ViewKeyDetails, key},
};
use crate::{error::UiError, forms, pages::load::*, ui::*, view::counted};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page shows: the list and, over it, the question.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct ViewActivation(ViewKeyDetails);

impl PageData for ViewActivation {
    fn title(&self) -> String {
        format!("Activate {}", self.0.key.name)
    }
}

/// `/encryption-keys/{id}/activate`.
#[component]
pub fn ActivateKey() -> AnyView {
    page(|input| load(input.id), show)
}

async fn load(id: String) -> Result<ViewActivation, UiError> {
    key(id).await.map(ViewActivation)
}

fn show(ViewActivation(data): ViewActivation) -> AnyView {
    let title = format!("{} cannot be activated now.", data.key.name);
    asked(&data.list, &data.key.activate, title, || dialog(&data))
}

fn dialog(data: &ViewKeyDetails) -> AnyView {
    let ViewKey { id, name, fingerprint, algorithm, .. } = data.key.clone();
    let intro = place(data);
    view! {
        <ConfirmDialog
            title=format!("Activate {name}?")
            action=format!("/encryption-keys/{id}/activate")
            cancel=data.list.list()
            confirm="Activate"
            consequences=consequences(data)
        >
            {forms::summary(&[])}
            <input type="hidden" name="confirmed" value="on" />
            <p>{intro}</p>
            <Facts>
                <Fact name="Key">{name} ", " {algorithm}</Fact>
                <Fact name="Fingerprint">
                    <code>{fingerprint}</code>
                </Fact>
            </Facts>
        </ConfirmDialog>
    }
    .into_any()
}

fn replaced(data: &ViewKeyDetails) -> Option<String> {
    data.list.active().map(|key| key.name.clone())
}

/// What it takes the place of.
pub(super) fn place(data: &ViewKeyDetails) -> String {
    match replaced(data) {
        Some(before) => format!("It replaces {before} as the key of {}.", data.list.region),
        None => format!("It becomes the key of {}.", data.list.region),
    }
}

/// All that an activation does, one line each.
pub(super) fn effects(data: &ViewKeyDetails) -> Vec<String> {
    [vec![place(data)], consequences(data)].concat()
}

fn consequences(data: &ViewKeyDetails) -> Vec<String> {
    let list = &data.list;
    let environments = match list.self_managed {
        0 => "No environment uses your own key yet; none is re-encrypted.".to_owned(),
        n => {
            let them = counted(n, "environment is", "environments are");
            format!("{them} re-encrypted with it, without downtime.")
        }
    };
    let kept = replaced(data).map(|before| {
        format!("{before} becomes Available. Keep its file: you can roll back to it from 24 to 72 hours after this change.")
    });
    let mailed = match list.administrators {
        1 => "The administrator is notified by mail.".to_owned(),
        n => format!("All {n} administrators will be notified by mail."),
    };
    let pauses = "The next activation is possible 24 hours after it, a lock 72 hours after it.".to_owned();
    [Some(environments), kept, Some(pauses), Some(mailed)].into_iter().flatten().collect()
}
