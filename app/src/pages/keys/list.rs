//! The list of keys with its commands; panels and dialogs stand beside it.

use super::data::{ViewKey, ViewKeys, keys};
use super::{clocks, notices};
use crate::{
    pages::load::*,
    ui::*,
    url,
    view::{ViewDecision, count, counted},
};
use domain::{Code, approvals::Change};
use leptos::prelude::*;

/// `/encryption-keys`.
#[component]
pub fn Keys() -> AnyView {
    page(|input| keys(input.value("region"), input.value("key")), |data| list(&data))
}

/// The list as a page of its own, or behind a panel.
pub(super) fn list(data: &ViewKeys) -> AnyView {
    let links =
        |region: &String| (region.clone(), url::with_query("/encryption-keys", &[("region", region)]));
    let regions = (data.regions.len() > 1).then(|| {
        let current = url::with_query("/encryption-keys", &[("region", &data.region)]);
        view! { <Pivot label="Regions" links=data.regions.iter().map(links).collect() current /> }
    });
    let body = match &data.eligibility {
        Some(checks) => not_enabled(data, checks.clone()),
        None => view! {
            {clocks::cards(data)}
            {table(data)}
        }
        .into_any(),
    };
    view! {
        <PageHeader
            title="Manage encryption keys"
            subtitle="The active key protects the environments that use your own key."
            trail=vec![("Environments".to_owned(), "/environments".to_owned())]
        />
        {regions}
        {commands(data)}
        {notices::bars(data)}
        {body}
    }
    .into_any()
}

fn commands(data: &ViewKeys) -> AnyView {
    let (new, own, add) = (data.address("/encryption-keys/new", ""), data.list(), data.add.why.clone());
    let (ask_activate, ask_lock) = (ask_activate(data), ask_lock(data));
    let (activate, lock, unlock) = (activate(data), lock(data), unlock(data));
    let history = data.audit.then(|| {
        view! { <CommandButton id="history" icon=Glyph::History label="History" run=Run::link("/audit?action=key", None) /> }
    });
    view! {
        <CommandBar>
            <CommandButton
                id="new-key"
                icon=Glyph::Add
                label="New key"
                run=Run::link(new, add)
            />
            <CommandButton id="activate-key" icon=Glyph::Check label="Activate key" run=activate />
            {ask_activate}
            <CommandButton id="lock" icon=Glyph::Locked label="Lock active environments" run=lock />
            {ask_lock}
            <CommandButton id="unlock" icon=Glyph::Key label="Unlock key" run=unlock />
            <CommandButton id="refresh" icon=Glyph::Refresh label="Refresh" run=Run::load(own, None) />
            {history}
        </CommandBar>
    }
    .into_any()
}

/// Two-person rule: where nothing but approval is missing, the way to ask for it.
fn ask_activate(data: &ViewKeys) -> Option<AnyView> {
    let key = data.keys.iter().find(|key| key.id == data.selected)?;
    ask(data, "ask-activate", "Ask to activate", key, (&key.activate, Change::Activate))
}

fn ask_lock(data: &ViewKeys) -> Option<AnyView> {
    let key = data.active()?;
    ask(data, "ask-lock", "Ask to lock", key, (&key.lock, Change::Lock))
}

fn ask(
    data: &ViewKeys,
    id: &'static str,
    label: &'static str,
    key: &ViewKey,
    (decision, change): (&ViewDecision, Change),
) -> Option<AnyView> {
    if decision.code != Some(Code::ApprovalNeeded) || data.approval.is_some() {
        return None;
    }
    let path = format!("/encryption-keys/{}/approval", key.id);
    let run = Run::link(url::with_query(&path, &[("for", change.as_str())]), None);
    Some(view! { <CommandButton id icon=Glyph::Admin label run /> }.into_any())
}

/// What decides: the selected key; without one, whatever stands against activating any.
fn activate(data: &ViewKeys) -> Run {
    if let Some(key) = data.keys.iter().find(|key| key.id == data.selected) {
        return Run::link(format!("/encryption-keys/{}/activate", key.id), key.activate.why.clone());
    }
    let mut available = data.keys.iter().filter(|key| key.state == State::Available);
    let why = match available.next() {
        None => data.add.why.clone().unwrap_or_else(|| reason("No key is Available.", "Add one first.")),
        Some(key) => match &key.activate.why {
            Some(why) => why.clone(),
            None => reason("No key is selected.", "Select an Available key in the list."),
        },
    };
    Run::Off(why)
}

/// PP-109: of the Active key, whichever is selected: there is only one.
fn lock(data: &ViewKeys) -> Run {
    match data.active() {
        Some(key) => Run::link(format!("/encryption-keys/{}/lock", key.id), key.lock.why.clone()),
        None => Run::Off(reason("No key is Active.", "Only the Active key locks environments.")),
    }
}

/// PP-121: of the locked key, likewise.
fn unlock(data: &ViewKeys) -> Run {
    match data.locked_key() {
        Some(key) => Run::link(format!("/encryption-keys/{}/unlock", key.id), key.unlock.why.clone()),
        None => Run::Off(reason("No key is Locked.", "There is nothing to unlock.")),
    }
}

fn reason(reason: &str, remedy: &str) -> Why {
    Why { reason: reason.to_owned(), remedy: Some(remedy.to_owned()), see: None, from: None }
}

fn not_enabled(data: &ViewKeys, checks: Vec<Check>) -> AnyView {
    let until =
        format!("Until all of this is true, environments in {} use the Microsoft-provided key.", data.region);
    let keys = (!data.keys.is_empty()).then(|| table(data));
    view! {
        <Card title="Managing your own key is not available yet">
            <p>{until}</p>
            <Checklist checks />
        </Card>
        {keys}
    }
    .into_any()
}

fn table(data: &ViewKeys) -> AnyView {
    let columns = vec![
        Column::new("Key name"),
        Column::new("State"),
        Column::new("Source").minor(),
        Column::new("Fingerprint (SHA-256)"),
        Column::new("Created").minor(),
        Column::new("Activated"),
        Column::new("Environments").numeric(),
        Column::new("Region").minor(),
    ];
    let rows = data.keys.iter().map(|key| row(data, key)).collect();
    let caption = format!("Protection keys in {}", data.region);
    view! { <DataTable caption columns rows empty=empty(data) /> }.into_any()
}

fn row(data: &ViewKeys, key: &ViewKey) -> Row {
    let chosen = key.id == data.selected;
    let select = data.address("/encryption-keys", if chosen { "" } else { &key.id });
    let never = || "–".into_any();
    let activated = key.activated.clone().map_or_else(never, |at| view! { <Time at /> }.into_any());
    let state = if key.state == State::Locked { "locked" } else { "self_managed" };
    let own = url::with_query("/environments", &[("encryption", state), ("region", &data.region)]);
    let environments = match key.environments {
        0 => "0".into_any(),
        n => view! { <a href=own>{count(n)}</a> }.into_any(),
    };
    let source = view! {
        <span class="nowrap">{key.source.clone()}</span>
        <span class="cell-note">{key.algorithm.clone()}</span>
    };
    let created = view! {
        <Time at=key.created.clone() />
        <span class="cell-note">{key.created_by.clone()}</span>
    };
    let fingerprint =
        view! { <Copyable value=key.fingerprint.clone() short=key.short_fingerprint() what="fingerprint" /> };
    let link = view! { <a class="nowrap" href=format!("/encryption-keys/{}", key.id)>{key.name.clone()}</a> };
    Row::new(key.id.clone(), key.name.clone())
        .pick(Pick::Link(select), chosen)
        .cell(link.into_any())
        .cell(view! { <StateBadge state=key.state /> }.into_any())
        .cell(source.into_any())
        .cell(fingerprint.into_any())
        .cell(created.into_any())
        .cell(activated)
        .cell(environments)
        .cell(data.region.clone())
}

fn empty(data: &ViewKeys) -> AnyView {
    let new = data.address("/encryption-keys/new", "");
    let action = data.add.allowed().then(|| {
        view! { <ButtonLink label="New key" href=new look=Look::Primary icon=Glyph::Add /> }.into_any()
    });
    let people = counted(data.administrators, "administrator is mailed", "administrators are mailed");
    let first = match data.two_person {
        _ if data.ever_activated => "A key that you upload stays Available until somebody activates it;",
        true => "A key that you add waits for another administrator before it is activated;",
        false => "The first key you upload becomes Active by itself;",
    };
    view! {
        <EmptyState
            icon=Glyph::Key
            title=if data.ever_activated { "No keys now" } else { "No keys yet" }
            text=format!(
                "Environments use the Microsoft-provided key. {first} {people}.",
            )
            action=action.into_any()
        />
    }
    .into_any()
}
