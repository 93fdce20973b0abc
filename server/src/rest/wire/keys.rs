//! Keys and their regions.

use super::{allowed, at, not_before};
use api_types::{
    AskedApproval, ChangeReport, Eligibility, Key, KeyChange, KeyReference, KeySource, KeyState as State,
    Region, ScheduledRollBack, Timers,
};
use domain::{
    actions::Action,
    approvals::{Approval, Change},
    keys::{KeyState, Source},
    policy,
};
use service::keys::{ListedKey, Overview, hex};

/// A key of the region called `region`.
pub(in crate::rest) fn key(listed: &ListedKey, region: &str) -> Key {
    let key = &listed.key;
    Key {
        id: key.id.0,
        region: region.to_owned(),
        name: key.name.clone(),
        source: source(key.source),
        state: state(key.state),
        state_since: key.state.since().map(at),
        bits: key.bits,
        fingerprint: hex(&key.fingerprint),
        created_at: at(key.created_at),
        created_by: listed.created_by.clone(),
        proved_at: key.proved_at.map(at),
        activated_at: key.activated_at.map(at),
        error: key.error.clone(),
        environments: listed.environments,
        allowed_actions: vec![
            allowed(Action::KeyActivate, &listed.activate),
            allowed(Action::KeyProve, &listed.prove),
            allowed(Action::KeyLock, &listed.lock),
            allowed(Action::KeyUnlock, &listed.unlock),
        ],
    }
}

/// A key as other objects name it.
pub(super) fn reference(key: &store::keys::Key) -> KeyReference {
    KeyReference { id: key.id.0, name: key.name.clone(), fingerprint: hex(&key.fingerprint) }
}

/// A region's key ring.
pub(in crate::rest) fn region(overview: &Overview) -> Region {
    let facts = &overview.facts;
    Region {
        region: facts.region.to_string(),
        eligibility: Eligibility {
            eligible: policy::feature(facts).is_ok(),
            seats: facts.eligibility.seats,
            seat_threshold: facts.eligibility.threshold,
            opted_in: facts.eligibility.opted_in,
            enabled_at: facts.eligibility.enabled_at.map(at),
        },
        ever_activated: facts.ever_activated,
        installing: facts.installing.clone(),
        timers: Timers {
            last_activation_at: facts.last_activation_at.map(at),
            next_activation_at: facts.next_activation_at(overview.now).map(not_before),
            lock_allowed_at: facts.lock_allowed_at(overview.now).map(not_before),
            locked_at: facts.lock_started_at.map(at),
            unlock_allowed_at: facts.unlock_allowed_at(overview.now).map(not_before),
        },
        environments: overview.environments,
        self_managed_environments: overview.self_managed,
        locked_environments: overview.locked,
        root_key_due_since: overview.root_key_due_since.map(at),
        report: facts
            .report
            .as_ref()
            .map(|report| ChangeReport { reported_at: at(report.at), reported_by: report.email.clone() }),
        roll_back: facts.roll_back.as_ref().map(|roll_back| ScheduledRollBack {
            key_id: roll_back.key.0,
            key: roll_back.name.clone(),
            due_at: not_before(roll_back.due_at),
            scheduled_by: roll_back.email.clone(),
        }),
        two_person: facts.two_person,
        approval: policy::standing(facts, overview.now).map(approval),
        lock_text: facts.lock_text(),
        administrators: overview.administrators,
        allowed_actions: vec![
            allowed(Action::KeyAdd, &overview.add),
            allowed(Action::KeyReport, &overview.report),
            allowed(Action::KeyClearReport, &overview.clear_report),
            allowed(Action::KeyScheduleRollBack, &overview.schedule_roll_back),
            allowed(Action::KeyCancelRollBack, &overview.cancel_roll_back),
            allowed(Action::KeyGiveApproval, &overview.give_approval),
            allowed(Action::KeyWithdrawApproval, &overview.withdraw_approval),
        ],
    }
}

fn approval(asked: &Approval) -> AskedApproval {
    AskedApproval {
        id: asked.id.0,
        change: match asked.change {
            Change::Activate => KeyChange::Activate,
            Change::Lock => KeyChange::Lock,
            Change::RollBack => KeyChange::RollBack,
        },
        key_id: asked.key.0,
        key: asked.key_name.clone(),
        asked_by: asked.asker.clone(),
        asked_at: at(asked.asked_at),
        expires_at: at(asked.expires_at()),
        approved_by: asked.approver.clone(),
    }
}

/// The change that a request names.
pub(in crate::rest) fn change(change: KeyChange) -> Change {
    match change {
        KeyChange::Activate => Change::Activate,
        KeyChange::Lock => Change::Lock,
        KeyChange::RollBack => Change::RollBack,
    }
}

fn source(source: Source) -> KeySource {
    match source {
        Source::Generated => KeySource::Generated,
        Source::Uploaded => KeySource::Uploaded,
    }
}

fn state(state: KeyState) -> State {
    match state {
        KeyState::Available => State::Available,
        KeyState::Installing { .. } => State::Installing,
        KeyState::Active { .. } => State::Active,
        KeyState::Locking { .. } => State::Locking,
        KeyState::Locked { .. } => State::Locked,
        KeyState::Unlocking { .. } => State::Unlocking,
        KeyState::Deleted { .. } => State::Deleted,
    }
}
