//! The list of keys with its commands, clocks and notices; panels and dialogs stand beside it.

use super::approval;
use super::data::{ViewKey, ViewKeys, ViewLocked, keys};
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
            {clocks(data)}
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
        {notices(data)}
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

fn notices(data: &ViewKeys) -> AnyView {
    let installing = data.installing.clone().map(|name| {
        view! {
            <MessageBar tone=Tone::Info title=format!("{name} is being installed.")>
                "Environments stay online. This can take a while; the page follows it. "
                <a href="/operations?state=open">"Show the operation"</a>
            </MessageBar>
        }
    });
    let failed: Vec<_> = data
        .keys
        .iter()
        .filter_map(|key| {
            let error = key.error.clone()?;
            Some(view! {
                <MessageBar tone=Tone::Error title=format!("{} could not be installed.", key.name)>
                    {error}
                </MessageBar>
            })
        })
        .collect();
    let (reported, change) = (reported_bar(data), change_bar(data));
    let approval = approval::bar(data);
    let locked = data.locked.clone().map(|locked| locked_bar(data, locked));
    view! {
        {locked}
        {reported}
        {approval}
        {change}
        {installing}
        {failed}
    }
    .into_any()
}

/// nothing changes until somebody else has looked.
fn reported_bar(data: &ViewKeys) -> Option<AnyView> {
    let report = data.reported.clone()?;
    let mine = data.clear_report.why.is_none();
    let actions = mine.then(|| {
        let href = data.address("/encryption-keys/clear-report", "");
        view! { <ButtonLink label="Clear the report" href=href /> }
    });
    let actions = actions.into_any();
    let next = match mine {
        true => "Look at who made it and why.".to_owned(),
        false => data.clearing.clone(),
    };
    let bar = view! {
        <MessageBar tone=Tone::Severe title="The last key change was reported as not authorised." actions>
            {report.email} " did not know of it, and said so on " <Time at=report.at />
            ". Until that is cleared no key is activated and nothing is locked. " {next}
        </MessageBar>
    };
    Some(bar.into_any())
}

/// PP-034, X-10: for 72 hours after a change, what can be done about it.
fn change_bar(data: &ViewKeys) -> Option<AnyView> {
    let (from, until) = data.timers.clone().filter(|(_, until)| !until.left.is_empty())?;
    // A report stands above it, and nothing can be done before that is cleared.
    if data.reported.is_some() && data.scheduled.is_none() {
        return None;
    }
    let active = data.active()?.name.clone();
    let then = data.reported.as_ref().map(|_| " It waits until the report is cleared.");
    let text = match (&data.previous, data.scheduled.clone()) {
        (_, Some(scheduled)) => view! {
            {scheduled.email} " has scheduled a roll-back to " {scheduled.key} ". It begins on "
            <Time at=scheduled.due.at /> "." {then}
        }
        .into_any(),
        (Some(before), None) => {
            let name = before.name.clone();
            view! { "You can roll back to " {name} " from " <Time at=from.at /> " until " <Time at=until.at /> "." }
                .into_any()
        }
        (None, None) => view! { "Locking is possible from " <Time at=until.at /> " on." }.into_any(),
    };
    let report = data.report_change.why.is_none().then(|| {
        let href = data.address("/encryption-keys/report", "");
        view! { <ButtonLink label="This was not us" href=href /> }
    });
    let roll_back = roll_back(data);
    let actions = view! { {report} {roll_back} }.into_any();
    let bar = view! {
        <MessageBar tone=Tone::Info title=format!("{active} has been the active key for less than 72 hours.") actions>
            {text}
        </MessageBar>
    };
    Some(bar.into_any())
}

/// Called off where one is scheduled; at once when the 24 hours are over; else scheduled.
fn roll_back(data: &ViewKeys) -> Option<AnyView> {
    let schedule = data.address("/encryption-keys/roll-back", "");
    if data.scheduled.is_some() {
        return data.cancel_roll_back.why.is_none().then(|| call_off(data, schedule));
    }
    let before = data.previous.as_ref()?;
    if before.activate.why.is_none() {
        let href = format!("/encryption-keys/{}/activate", before.id);
        return Some(view! { <ButtonLink label="Roll back to this key" href=href /> }.into_any());
    }
    let ask = |change: Change| {
        let href = approval::address(before, change);
        Some(view! { <ButtonLink label="Ask to roll back" href=href /> }.into_any())
    };
    if data.approval.is_none() && data.schedule_roll_back.code == Some(Code::ApprovalNeeded) {
        return ask(Change::RollBack);
    }
    if data.approval.is_none() && before.activate.code == Some(Code::ApprovalNeeded) {
        return ask(Change::Activate);
    }
    let may = data.schedule_roll_back.why.is_none();
    may.then(|| view! { <ButtonLink label="Schedule the roll-back" href=schedule /> }.into_any())
}

fn call_off(data: &ViewKeys, action: String) -> AnyView {
    view! {
        <form method="post" action=action>
            <input type="hidden" name="region" value=data.region.clone() />
            <input type="hidden" name="do" value="cancel" />
            <Button label="Call it off" />
        </form>
    }
    .into_any()
}

/// Since when, how many, until when, and how to come back.
fn locked_bar(data: &ViewKeys, locked: ViewLocked) -> AnyView {
    let ViewLocked { running, since, root_key_due, environments, unlock, deletion } = locked;
    let many = counted(environments, "environment is", "environments are");
    let title = if running { format!("{many} being locked.") } else { format!("{many} locked.") };
    let show = url::with_query("/environments", &[("encryption", "locked"), ("region", &data.region)]);
    let back = match data.locked_key() {
        Some(_) => view! {
            " Only the file of the locked key brings the data back, from "
            <Time at=unlock.at />
            " on. "
        }
        .into_any(),
        None => view! { " The key is here again: unlock each environment. " }.into_any(),
    };
    view! {
        <MessageBar tone=Tone::Severe title=title>
            "Nobody can read or write since " <Time at=since /> "." {back} "What is still locked on "
            <Time at=deletion.at /> " is deleted for good. " <a href=show>"Show the environments"</a>
        </MessageBar>
        {(root_key_due && !running).then(|| root_key_bar(data.root_key_handed_in))}
    }
    .into_any()
}

/// What a lock alone did not do.
fn root_key_bar(handed_in: bool) -> AnyView {
    let todo = match handed_in {
        true => {
            "It is handed in from outside: ask the operator of this portal to run keystead root-key rotate."
        }
        false => "The portal could not replace it yet and tries again every minute; its log says why.",
    };
    view! {
        <MessageBar tone=Tone::Warning title="A backup from before the lock still opens.">
            "The portal's root key is the same as before the lock. Whoever has it and an older backup of the database can read what was locked. "
            {todo}
        </MessageBar>
    }
    .into_any()
}

fn clocks(data: &ViewKeys) -> AnyView {
    let (activation, lock) = match data.timers.clone() {
        None => (
            clock(
                "Next activation allowed",
                &data.activation_held,
                "No key was activated yet.".into_any(),
                "Now".into_any(),
            ),
            clock(
                "Lock allowed",
                &data.lock_held,
                "72 h after the first key becomes Active.".into_any(),
                "Not yet".into_any(),
            ),
        ),
        Some((activation, lock)) => (
            clock(
                "Next activation allowed",
                &data.activation_held,
                after("24 h after a change", &activation),
                counting(activation),
            ),
            clock("Lock allowed", &data.lock_held, after("72 h after a change", &lock), counting(lock)),
        ),
    };
    let unlock = data.locked.clone().filter(|_| data.locked_key().is_some()).map(|locked| {
        view! {
            <FigureCard label="Earliest unlock" note=after("1 h after the lock", &locked.unlock)>
                <Countdown until=locked.unlock.clone() done="Now" absolute=false />
            </FigureCard>
        }
    });
    let locked =
        data.locked.as_ref().filter(|locked| !locked.running).map_or(0, |locked| locked.environments);
    let own = format!("{} of {}", count(data.self_managed + locked), count(data.environments));
    let state = if locked > 0 { "locked" } else { "self_managed" };
    let show = url::with_query("/environments", &[("encryption", state), ("region", &data.region)]);
    let note = match data.self_managed + locked {
        0 => view! { <a href="/environments">"Show the environments"</a> }.into_any(),
        _ => view! { <a href=show>"Show them"</a> }.into_any(),
    };
    view! {
        <Cards>
            {activation}
            {lock}
            {unlock}
            <FigureCard label="Environments on your own key" note>
                {own}
            </FigureCard>
        </Cards>
    }
    .into_any()
}

/// As long as something holds it, no clock counts.
fn clock(label: &'static str, held: &Option<String>, note: AnyView, figure: AnyView) -> AnyView {
    let (figure, note) = match held.clone() {
        Some(held) => ("Not now".into_any(), held.into_any()),
        None => (figure, note),
    };
    view! { <FigureCard label note>{figure}</FigureCard> }.into_any()
}

fn counting(until: Deadline) -> AnyView {
    view! { <Countdown until done="Now" absolute=false /> }.into_any()
}

/// "24 h after · since 22 Nov, 09:12 UTC", with "from" as long as it is ahead.
fn after(pause: &str, deadline: &Deadline) -> AnyView {
    let word = if deadline.left.is_empty() { "since" } else { "from" };
    let text = format!("{pause} · {word} ");
    view! {
        {text}
        <Time at=deadline.at.clone() />
    }
    .into_any()
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
        true => "A key that you add waits for another administrator before it is activated;",
        false => "The first key you upload becomes Active by itself;",
    };
    view! {
        <EmptyState
            icon=Glyph::Key
            title="No keys yet"
            text=format!(
                "Environments use the Microsoft-provided key. {first} {people}.",
            )
            action=action.into_any()
        />
    }
    .into_any()
}
