//! What stands over the list of keys: a lock, a report, a question that waits, a change of the last 72 hours, a key that
//! is being installed or could not be.

use super::approval;
use super::data::{ViewKeys, ViewLocked};
use crate::{
    ui::*,
    url,
    view::{LockBar, counted, lock_bar},
};
use domain::{Code, approvals::Change};
use leptos::prelude::*;

/// Everything that the keys' state asks to know first.
pub(super) fn bars(data: &ViewKeys) -> AnyView {
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
        (None, None) if data.lock_held.is_some() => {
            "What is possible next, and when, stands below.".into_any()
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
            " on."
        }
        .into_any(),
        None => view! { " The key is here again: unlock each environment." }.into_any(),
    };
    let bar = lock_bar(LockBar {
        title,
        since,
        then: back,
        deletion: Some(deletion.at),
        region: true,
        actions: view! { <ButtonLink label="Show the environments" href=show /> }.into_any(),
    });
    view! {
        {bar}
        {(root_key_due && !running).then(|| root_key_bar(data.root_key_handed_in))}
    }
    .into_any()
}

/// What a lock alone did not do.
fn root_key_bar(handed_in: bool) -> AnyView {
    let todo = match handed_in {
        true => {
            "It is handed in from outside: ask the operator of this portal to run 'keystead root-key rotate'."
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
