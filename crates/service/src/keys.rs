//! Protection keys: list, upload, generate, activate, lock, unlock (rules §2.1, K1–K11).

mod activate;
mod approve;
mod download;
mod generate;
mod key_file;
mod lock;
mod new;
mod prove;
mod report;
mod roll_back;
mod unlock;
mod upload;

pub use activate::activate;
pub(crate) use activate::{affected, not_confirmed};
pub use approve::{
    ask as ask_approval, give as give_approval, may_ask as may_ask_approval, withdraw as withdraw_approval,
};
pub(crate) use download::clean_up;
pub use download::{FILE_WAITS, download, file_waits};
pub use generate::{Generate, generate};
pub use key_file::MAX_FILE;
pub use lock::{Lock, lock};
pub use new::unusable_name;
pub use prove::{Proof, prove};
pub use report::{clear as clear_report, report};
pub(crate) use report::{clearer, make_link as make_report_link};
pub(crate) use roll_back::run_due as run_due_roll_backs;
pub use roll_back::{cancel as cancel_roll_back, schedule as schedule_roll_back};
pub use unlock::{Unlock, unlock};
pub use upload::{Upload, Uploaded, upload};

use crate::{Caller, Portal, ServiceResult, Target, act, act::decide, root_key};
use domain::{
    KeyId, Refusal, RingId, Timestamp,
    actions::Action,
    approvals::Change,
    environments::EnvironmentState,
    keys::KeyState,
    policy::{self, Decision},
    rings::RingFacts,
};
use prove::provable;
use sha2::{Digest, Sha256};
use store::keys::Key;

/// The media type of key files.
pub const FILE_TYPE: &str = "application/x-pkcs12";
/// A key as lists show it.
pub struct ListedKey {
    pub key: Key,
    /// The address of who brought it.
    pub created_by: String,
    /// How many environments are encrypted with it.
    pub environments: u64,
    /// Whether it may be activated now; if not, why and from when.
    pub activate: Decision,
    /// Whether it may be shown now that its file is kept.
    pub prove: Decision,
    /// Whether the region's environments may be locked with it now.
    pub lock: Decision,
    /// Whether its file may come back now.
    pub unlock: Decision,
}

/// Everything the page of one ring shows, at one moment.
pub struct Overview {
    pub ring: RingId,
    pub facts: RingFacts,
    pub now: Timestamp,
    pub keys: Vec<ListedKey>,
    /// Whether a key may be added now.
    pub add: Decision,
    /// whether the latest change may be reported, a report cleared, a roll-back scheduled or called off.
    pub report: Decision,
    /// Who can clear the report that is there, or could clear one that the caller may make now.
    pub clearing: Option<String>,
    pub clear_report: Decision,
    pub schedule_roll_back: Decision,
    pub cancel_roll_back: Decision,
    /// Two-person rule: whether what is asked may be approved, or refused and withdrawn, by the caller.
    pub give_approval: Decision,
    pub withdraw_approval: Decision,
    /// The key before the latest change, while that can be rolled back.
    pub previous: Option<KeyId>,
    /// Self-managed environments, and all that are not deleted.
    pub self_managed: u64,
    pub environments: u64,
    /// Those that are locked, of whichever lock, and those that a running one has not come to.
    pub locked: u64,
    /// How many are mailed about a change.
    pub administrators: usize,
    /// Whether the root key is handed in from outside: a lock leaves its rotation to the operator.
    pub root_key_handed_in: bool,
    /// The lock after which the root key was not rotated: a backup from before it still opens.
    pub root_key_due_since: Option<Timestamp>,
}

/// The rings the caller may see, for the region pivot.
pub async fn rings(portal: &Portal, caller: &Caller) -> ServiceResult<Vec<store::rings::Ring>> {
    act::permit(caller, Action::TenantRead, None)?;
    Ok(store::rings::list(portal.db().read(), caller.tenant()).await?)
}

/// The keys of a ring with what may be done to each now.
pub async fn overview(portal: &Portal, caller: &Caller, ring: RingId) -> ServiceResult<Overview> {
    let found = look(portal, caller, ring).await;
    portal.witness(caller, Action::KeyRead, Target::Ring(ring), found).await
}

async fn look(portal: &Portal, caller: &Caller, ring: RingId) -> ServiceResult<Overview> {
    let db = &portal.db().snapshot().await?;
    act::resolve(db, caller, Target::Ring(ring)).await?;
    act::permit(caller, Action::KeyRead, None)?;
    let now = portal.clock().now();
    let facts = store::rings::facts(db, ring).await?;
    let counts = store::environments::count_by_state(db, ring).await?;
    let count = |state| counts.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n);
    let self_managed = count(EnvironmentState::SelfManaged);
    let locked = counts.iter().filter(|(state, _)| state.is_locked()).map(|(_, n)| n).sum();
    let users = store::users::list(db, caller.tenant()).await?;
    let all = store::keys::list(db, ring).await?;
    let previous = facts.lock_allowed_at(now).and_then(|_| roll_back::previous(&all)).map(|key| key.id);
    let may_report =
        decide(caller, Action::KeyReport, None).and_then(|()| policy::report_change(&facts, now));
    let clearing = match &facts.report {
        Some(report) => Some(policy::clearing(&facts, report.clearable)),
        None if may_report.is_ok() => Some(report::clearing(db, caller, (ring, &facts), &all).await?),
        None => None,
    };
    let mut keys = Vec::new();
    for key in all {
        let environments = match key.state {
            KeyState::Available | KeyState::Installing { .. } | KeyState::Deleted { .. } => 0,
            _ => self_managed + locked,
        };
        let created_by =
            users.iter().find(|u| u.id == key.created_by.0).map_or_else(String::new, |u| u.email.clone());
        keys.push(ListedKey { created_by, environments, ..judge(caller, &facts, key, now) });
    }
    Ok(Overview {
        ring,
        add: decide(caller, Action::KeyAdd, None).and_then(|()| policy::add_key(&facts)),
        report: may_report,
        clearing,
        clear_report: decide(caller, Action::KeyClearReport, None)
            .and_then(|()| policy::clear_report(&facts, report::clearer(caller))),
        schedule_roll_back: decide(caller, Action::KeyScheduleRollBack, None)
            .and_then(|()| policy::schedule_roll_back(&facts, previous.is_some(), now))
            .and_then(|()| match previous {
                Some(key) => policy::approved(&facts, Change::RollBack, key, approve::bound(caller), now),
                None => Ok(()),
            }),
        give_approval: decide(caller, Action::KeyGiveApproval, None)
            .and_then(|()| policy::give_approval(&facts, caller.user(), now)),
        withdraw_approval: decide(caller, Action::KeyWithdrawApproval, None)
            .and_then(|()| policy::withdraw_approval(&facts, now)),
        cancel_roll_back: decide(caller, Action::KeyCancelRollBack, None)
            .and_then(|()| policy::cancel_roll_back(&facts)),
        previous,
        root_key_handed_in: !portal.keyring().roots().file().is_own(),
        root_key_due_since: root_key::due_since(db, facts.lock_started_at).await?,
        facts,
        now,
        keys,
        self_managed,
        locked,
        environments: counts.iter().filter(|(s, _)| *s != EnvironmentState::Deleted).map(|(_, n)| n).sum(),
        administrators: store::users::administrators(db, caller.tenant()).await?.len(),
    })
}

/// What may be done to the key now.
fn judge(caller: &Caller, facts: &RingFacts, key: Key, now: Timestamp) -> ListedKey {
    let approved = |change| policy::approved(facts, change, key.id, approve::bound(caller), now);
    ListedKey {
        activate: decide(caller, Action::KeyActivate, None)
            .and_then(|()| policy::activate_key(facts, key.state, key.proved_at.is_some(), now))
            .and_then(|()| approved(Change::Activate)),
        prove: decide(caller, Action::KeyProve, None).and_then(|()| provable(&key)),
        lock: decide(caller, Action::KeyLock, None)
            .and_then(|()| policy::lock_environments(facts, key.state, now))
            .and_then(|()| approved(Change::Lock)),
        unlock: decide(caller, Action::KeyUnlock, None)
            .and_then(|()| policy::unlock_key(facts, key.state, now)),
        created_by: String::new(),
        environments: 0,
        key,
    }
}

/// One key with its ring's facts; also one that is deleted, of which the record stays (K7, K11).
pub async fn get(portal: &Portal, caller: &Caller, id: KeyId) -> ServiceResult<(ListedKey, Overview)> {
    let scope = act::resolve(portal.db().read(), caller, Target::Key(id)).await;
    let scope = portal.witness(caller, Action::KeyRead, Target::Key(id), scope).await?;
    let ring = scope.key.map(|key| key.ring_id).ok_or_else(|| Refusal::not_found("key"))?;
    let mut overview = overview(portal, caller, ring).await?;
    let listed = match overview.keys.iter().position(|listed| listed.key.id == id) {
        Some(at) => overview.keys.swap_remove(at),
        None => tombstone(portal, caller, id, &overview).await?,
    };
    Ok((listed, overview))
}

async fn tombstone(
    portal: &Portal,
    caller: &Caller,
    id: KeyId,
    overview: &Overview,
) -> ServiceResult<ListedKey> {
    let db = portal.db().read();
    let key = store::keys::get(db, id).await?.ok_or_else(|| Refusal::not_found("key"))?;
    let created_by = store::users::get(db, key.created_by).await?.map_or_else(String::new, |user| user.email);
    Ok(ListedKey { created_by, ..judge(caller, &overview.facts, key, overview.now) })
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// SHA-256, for what is kept only as a hash.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
