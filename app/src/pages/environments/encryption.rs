//! Environment encryption: with which key, since when, and what may be done about it (rules §5.1).

use super::{
    data::{KeyName, ViewEnvironment, fingerprint, whose_key},
    history::{ViewChange, history},
    locked, trail,
};
use crate::{
    error::UiError,
    pages::load::*,
    ui::*,
    view::{self, counted, operation_card},
};
use domain::Code;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewEncryption {
    pub environment: ViewEnvironment,
    /// The newest first.
    pub history: Vec<ViewChange>,
}

impl PageData for ViewEncryption {
    fn title(&self) -> String {
        format!("Environment encryption · {}", self.environment.name)
    }

    fn running(&self) -> bool {
        self.environment.busy()
    }
}

/// The encryption of the environment of this id; only after the risk was acknowledged (PP-088).
#[server(prefix = "/fn", endpoint = "environment_encryption")]
pub async fn environment_encryption(id: String) -> Result<ViewEncryption, UiError> {
    let (portal, caller) = crate::request::request_at_risk().await?;
    let environment = ViewEnvironment::load(&portal, &caller, &id).await?;
    let history = ViewChange::load(&portal, &caller, &id).await?;
    Ok(ViewEncryption { environment, history })
}

/// `/environments/{id}/encryption`.
#[component]
pub fn EnvironmentEncryption() -> AnyView {
    page(|input| environment_encryption(input.id), show)
}

/// The whole page; the dialogs stand before it.
pub(super) fn show(data: ViewEncryption) -> AnyView {
    let ViewEncryption { environment: data, history: changes } = data;
    view! {
        <PageHeader
            title="Environment encryption"
            subtitle=format!("{} · {}", data.name, data.subtitle())
            trail=trail(&data.id, &data.name)
            aside=view! { <StateBadge state=data.state /> }.into_any()
        />
        {commands(&data)}
        {locked::bar(&data, None)}
        {failed(&data)}
        {operation(&data)}
        {current(&data)}
        {change(&data)}
        {history(changes)}
    }
    .into_any()
}

fn commands(data: &ViewEnvironment) -> AnyView {
    let keys = data.sees_keys.then(|| {
        let run = Run::link(crate::url::with_query("/encryption-keys", &[("region", &data.region)]), None);
        view! { <CommandButton id="keys" icon=Glyph::Key label="Manage encryption keys" run /> }
    });
    let refresh = Run::load(data.address("/encryption"), None);
    view! {
        <CommandBar>
            {keys}
            <CommandButton
                id="refresh"
                icon=Glyph::Refresh
                label="Refresh"
                run=refresh
            />
            <CommandButton
                id="history"
                icon=Glyph::History
                label="Encryption history"
                run=Run::link("#history", None)
            />
        </CommandBar>
    }
    .into_any()
}

/// The way back (PP-124…PP-128), and until when there is one (PP-103).
fn unlock(data: &ViewEnvironment) -> AnyView {
    let run = Run::link(data.address("/encryption/unlock"), data.unlock.why.clone());
    let delete = Run::link(data.address("/delete"), data.delete.why.clone());
    let (refused, since) = (refused(&data.unlock), data.since.clone());
    let deletion = data.deletion.clone().map(|until| {
        view! {
            <Fact name="Deleted for good">
                <Countdown until=until done="Now" />
            </Fact>
        }
    });
    view! {
        <Card title="Unlock">
            <Facts>
                <Fact name="Locked since">
                    <Time at=since />
                </Fact>
                {deletion}
            </Facts>
            <div class="actions">
                <CommandButton id="unlock" icon=Glyph::Key label="Unlock" run look=Look::Primary />
                <CommandButton id="delete" icon=Glyph::Delete label="Delete" run=delete look=Look::Danger />
            </div>
            {refused}
        </Card>
    }
    .into_any()
}

/// The last change failed and was undone; it can be asked for again below.
fn failed(data: &ViewEnvironment) -> Option<AnyView> {
    let error = data.error.clone().filter(|_| !data.busy())?;
    let bar = view! {
        <MessageBar tone=Tone::Error title="The last change did not go through.">
            {view::told(&error)} " What could be read before can be read as before."
        </MessageBar>
    };
    Some(bar.into_any())
}

/// What runs: applying, returning, or re-encrypting after a key change, which is online.
fn operation(data: &ViewEnvironment) -> Option<AnyView> {
    if let Some(operation) = data.operation.clone().filter(|operation| !operation.over) {
        return Some(operation_card(operation));
    }
    let card = view! {
        <Card
            title="Re-encrypting with the new key"
            aside=view! { <Badge label="No downtime" tone=Tone::Success /> }.into_any()
        >
            <p>"The region's key has changed. This environment's data key is about to be wrapped by it; the data stays available."</p>
        </Card>
    };
    data.reencrypting.then(|| card.into_any())
}

/// Facts first: with what, since when, how much.
fn current(data: &ViewEnvironment) -> AnyView {
    let (own, since, state_since) = (data.key.clone(), data.key_since.clone(), data.since.clone());
    let whose = whose_key(own.is_some());
    // It is locked until it is back.
    let since_name = if data.state == State::Unlocking { "Locked since" } else { "State since" };
    let sealed = format!("generation {} · {} sealed", data.generation, counted(data.rows, "row", "rows"));
    view! {
        <Card title=format!("Encrypted with {}", with_article(data)) aside=whose>
            <Facts>
                {own.map(|key| view! { <Fact name="Fingerprint">{fingerprint(key.fingerprint)}</Fact> })}
                {since.map(|at| view! { <Fact name="Key in use since"><Time at /></Fact> })}
                <Fact name=since_name>
                    <Time at=state_since />
                </Fact>
                <Fact name="Data key">{sealed}</Fact>
            </Facts>
        </Card>
    }
    .into_any()
}

fn with_article(data: &ViewEnvironment) -> String {
    if data.key.is_some() { data.encrypted_with() } else { "the Microsoft-provided key".to_owned() }
}

/// The one change that makes sense now; nothing while one is running.
fn change(data: &ViewEnvironment) -> Option<AnyView> {
    if data.operation.as_ref().is_some_and(|operation| !operation.over) || data.state == State::Unlocking {
        return None;
    }
    if data.is_locked() {
        return Some(unlock(data));
    }
    Some(if data.key.is_some() { give_back(data) } else { apply(data) })
}

/// PP-091…PP-093.
fn give_back(data: &ViewEnvironment) -> AnyView {
    let run = Run::link(data.address("/encryption/return"), data.give_back.why.clone());
    let refused = refused(&data.give_back);
    view! {
        <Card title="Return to standard encryption management">
            <p>
                "Microsoft manages the key again. The environment is unavailable while its rows are sealed anew."
            </p>
            <div class="actions">
                <CommandButton id="return" icon=Glyph::Back label="Return" run look=Look::Secondary />
            </div>
            {refused}
        </Card>
    }
    .into_any()
}

/// PP-085…PP-089.
fn apply(data: &ViewEnvironment) -> AnyView {
    let run = Run::link(data.address("/encryption/apply"), data.apply.why.clone());
    let keys = data.sees_keys && data.apply.code == Some(Code::NoActiveKey);
    let keys = keys.then(|| view! { <ButtonLink label="Manage encryption keys" href="/encryption-keys" /> });
    let (active, reasons) = (data.active_key.clone().map(active), reasons(data));
    view! {
        <Card title="Use your own key">
            {active}
            <p>
                "You become responsible for the key. The environment is unavailable while its rows are sealed anew."
            </p>
            <div class="actions">
                <CommandButton id="apply" icon=Glyph::Key label="Apply this key" run look=Look::Primary />
                {keys}
            </div>
            {reasons}
        </Card>
    }
    .into_any()
}

fn active(key: KeyName) -> AnyView {
    let KeyName { id, name, fingerprint: value, activated } = key;
    view! {
        <Facts>
            <Fact name="Active key">
                <a href=format!("/encryption-keys/{id}")>{name}</a>
            </Fact>
            <Fact name="Fingerprint">{fingerprint(value)}</Fact>
            {activated.map(|at| view! { <Fact name="Activated"><Time at /></Fact> })}
        </Facts>
    }
    .into_any()
}

/// Every reason why not, in sight: a tip on the button is not enough for what one came for.
fn reasons(data: &ViewEnvironment) -> Option<AnyView> {
    if data.ineligible.is_empty() {
        return refused(&data.apply);
    }
    let failing = |reason: String| Check { label: reason, outcome: Outcome::Failed, detail: None, fix: None };
    let checks = data.ineligible.iter().cloned().map(failing).collect();
    let remedy = data.apply.why.clone().and_then(|why| why.remedy);
    let list = view! {
        <p>"This environment cannot use your own key:"</p>
        <Checklist checks />
        {remedy.map(|remedy| view! { <p>{remedy}</p> })}
    };
    Some(list.into_any())
}

fn refused(decision: &view::ViewDecision) -> Option<AnyView> {
    let why = decision.why.clone()?;
    Some(view! { <p class="field-hint">{view::why(why)}</p> }.into_any())
}
