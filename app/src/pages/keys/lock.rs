//! The panel that locks a region's environments: what it does, the file that proves who can undo it, the last
//! word (PP-097…PP-112).

use super::{
    data::{ViewKeyDetails, key},
    list::list,
};
use crate::{error::UiError, forms, pages::load::*, ui::*, url, view, view::counted};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The list and, beside it, the panel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct ViewLockPanel(ViewKeyDetails);

impl PageData for ViewLockPanel {
    fn title(&self) -> String {
        "Lock active environments".to_owned()
    }
}

/// `/encryption-keys/{id}/lock`.
#[component]
pub fn LockEnvironments() -> AnyView {
    page(|input| load(input.id), show)
}

async fn load(id: String) -> Result<ViewLockPanel, UiError> {
    key(id).await.map(ViewLockPanel)
}

fn show(ViewLockPanel(data): ViewLockPanel) -> AnyView {
    let close = data.list.list();
    let body = match data.key.lock.why.clone() {
        None => form(&data, close.clone()),
        Some(why) => refused("Locking is not possible now.", why, close.clone()),
    };
    view! {
        <WithPanel list=list(&data.list)>
            <Panel title="Lock active environments" close=close>
                {body}
            </Panel>
        </WithPanel>
    }
    .into_any()
}

/// The policy says no: its reason instead of a form. What came back with a form says the same.
pub(super) fn refused(title: &'static str, why: Why, close: String) -> AnyView {
    let bar = (!forms::came_back()).then(|| view::not_now(title, why));
    view! {
        <PanelBody>{forms::summary(&[])} {bar}</PanelBody>
        <PanelFoot>
            <ButtonLink label="Close" href=close />
        </PanelFoot>
    }
    .into_any()
}

fn form(data: &ViewKeyDetails, close: String) -> AnyView {
    let ready = RwSignal::new(true);
    let (action, phrase) = (format!("/encryption-keys/{}/lock", data.key.id), data.list.lock_text.clone());
    let (name, expected) = (data.key.name.clone(), data.key.fingerprint.clone());
    let effects = effects(data);
    view! {
        <form class="panel-form" method="post" action=action enctype="multipart/form-data">
            <PanelBody>
                {forms::summary(&[])} {effects} <h3>"Show that you can unlock"</h3>
                <p>
                    "Select the file of the active key "<strong>{name}</strong>
                    ". The portal compares it with this fingerprint:"
                </p>
                <Copyable value=expected what="fingerprint" />
                <FileInput
                    name="file"
                    label="Upload active key"
                    accept=".pfx,.p12"
                    hint="256 KiB at most."
                    error=forms::error("file")
                />
                <PasswordInput
                    name="password"
                    label="Password of the file"
                    autocomplete="off"
                    error=forms::error("password")
                />
                <h3>"The last word"</h3>
                <PhraseField phrase error=forms::error("typed_text") ready />
                <input type="hidden" name="confirmed" value="on" />
            </PanelBody>
            <PanelFoot>
                <ConfirmButton label="Confirm: lock the environments".to_owned() danger=true ready />
                <ButtonLink label="Cancel" href=close />
            </PanelFoot>
        </form>
    }
    .into_any()
}

/// What a lock does, and to which environments.
pub(super) fn effects(data: &ViewKeyDetails) -> AnyView {
    let (severe, reach) = (consequences(data), reach(data));
    view! { {severe} {reach} }.into_any()
}

fn consequences(data: &ViewKeyDetails) -> AnyView {
    let deleted: Vec<_> = data
        .list
        .keys
        .iter()
        .filter(|key| key.state == State::Available)
        .map(|key| key.name.clone())
        .collect();
    let deleted = match deleted.is_empty() {
        true => String::new(),
        false => format!(" So are the keys that are Available: {}.", deleted.join(", ")),
    };
    let root_key = match data.list.root_key_handed_in {
        true => {
            "The root key of this portal is handed in from outside, so the lock does not replace it. Until the operator runs 'keystead root-key rotate', whoever has a backup of the database from before the lock and that root key can still read the data."
        }
        false => {
            "The portal replaces its root key, so that a backup of its database from before the lock opens no more."
        }
    };
    view! {
        <MessageBar tone=Tone::Severe title="Everybody loses access, at once.">
            "Nobody reads or writes these environments until this key's file is back: no user, no administrator, nobody who holds this server."
        </MessageBar>
        <ul class="consequences">
            <li>
                "Imports and exports stop; no backup opens that was made under this key, or under a key that is Available, of whatever environment."
            </li>
            <li>
                "The active key is deleted from the portal." {deleted}
                " Only the file brings the active key back; a lost file means lost data."
            </li>
            <li>{root_key}</li>
            <li>"Unlocking is possible after an hour at the earliest."</li>
            <li>"After 28 days locked environments are deleted for good."</li>
            <li>"All administrators are notified by mail."</li>
        </ul>
    }
    .into_any()
}

/// by name, which go and which stay.
fn reach(data: &ViewKeyDetails) -> AnyView {
    let list = &data.list;
    // What an earlier lock left is neither.
    let locked = list.locked.as_ref().map_or(0, |locked| locked.environments);
    let stay = list.environments.saturating_sub(list.self_managed + locked);
    let own = named("self_managed", &list.region, &data.used_by, list.self_managed);
    let others = named("platform_managed", &list.region, &data.others, stay);
    let (go, stay) = (
        counted(list.self_managed, "environment goes offline", "environments go offline"),
        counted(stay, "environment stays online", "environments stay online"),
    );
    view! {
        <details class="reach" open>
            <summary>{go}</summary>
            {own}
        </details>
        <details class="reach">
            <summary>{stay}</summary>
            <p class="field-hint">"They use the Microsoft-provided key, which no administrator can take away."</p>
            {others}
        </details>
    }
    .into_any()
}

fn named(encryption: &str, region: &str, some: &[(String, String)], all: u64) -> AnyView {
    let more = all.saturating_sub(some.len() as u64);
    let show = url::with_query("/environments", &[("encryption", encryption), ("region", region)]);
    let more = (more > 0).then(|| {
        let text = format!("and {}", counted(more, "more", "more"));
        view! { <li><a href=show>{text}</a></li> }
    });
    let names: Vec<_> = some.iter().map(|(name, _)| view! { <li>{name.clone()}</li> }).collect();
    view! { <ul class="links">{names} {more}</ul> }.into_any()
}
