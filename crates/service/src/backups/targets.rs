//! Where a backup may be restored and where an environment may be copied: every environment that the caller sees, with
//! the reason where it may not (PP-131…PP-133).

use super::{holder, of, visible};
use crate::{Caller, Portal, ServiceResult, act};
use domain::{
    BackupId, EnvironmentId,
    actions::Action,
    backups::Holder,
    environments::EnvironmentFacts,
    policy::{self, Decision},
};
use std::collections::HashSet;
use store::{
    Cursor, Page,
    environments::{Filter, Listed, Sort},
};

/// An environment that data could go to.
pub struct Target {
    pub listed: Listed,
    pub decision: Decision,
}

/// Which targets are looked for.
#[derive(Default)]
pub struct TargetFilter {
    /// Part of the name, letter case aside.
    pub search: Option<String>,
    /// Only this one.
    pub only: Option<EnvironmentId>,
    pub after: Option<Cursor>,
    pub limit: usize,
}

/// The targets of a backup.
pub async fn restore_targets(
    portal: &Portal,
    caller: &Caller,
    environment: EnvironmentId,
    id: BackupId,
    which: TargetFilter,
) -> ServiceResult<Page<Target>> {
    let found = async {
        let db = &portal.db().snapshot().await?;
        let source = visible(db, caller, environment, Action::BackupRead).await?;
        let source = holder(db, &source).await?;
        let backup = of(store::backups::get(db, id).await?, environment)?;
        let facts = store::backups::facts(db, &backup).await?;
        // Data must not leave by a backup for where who may not read it can.
        let may = act::decide(caller, Action::EnvironmentRestore, Some(environment));
        let decide = |target: &Holder| may.clone().and_then(|()| policy::restore(&facts, &source, target));
        targets(db, caller, Action::EnvironmentRestore, which, decide).await
    };
    let found = found.await;
    portal.witness(caller, Action::BackupRead, act::Target::Environment(environment), found).await
}

/// The targets of a copy.
pub async fn copy_targets(
    portal: &Portal,
    caller: &Caller,
    environment: EnvironmentId,
    which: TargetFilter,
) -> ServiceResult<Page<Target>> {
    let found = async {
        let db = &portal.db().snapshot().await?;
        let source = visible(db, caller, environment, Action::EnvironmentRead).await?;
        let source = holder(db, &source).await?;
        let may = act::decide(caller, Action::EnvironmentCopy, Some(environment));
        let decide = |target: &Holder| may.clone().and_then(|()| policy::copy(&source, target));
        targets(db, caller, Action::EnvironmentCopy, which, decide).await
    };
    let found = found.await;
    portal.witness(caller, Action::EnvironmentRead, act::Target::Environment(environment), found).await
}

async fn targets(
    db: &impl store::ConnectionTrait,
    caller: &Caller,
    action: Action,
    which: TargetFilter,
    decide: impl Fn(&Holder) -> Decision,
) -> ServiceResult<Page<Target>> {
    let seen = |id: &EnvironmentId| caller.visible().is_none_or(|visible| visible.contains(id));
    let only = match which.only {
        Some(id) => Some(Some(id).filter(seen).into_iter().collect()),
        None => caller.visible(),
    };
    let filter = Filter { search: which.search, only, ..Default::default() };
    let (limit, after) = (which.limit.clamp(1, 200), which.after.as_ref());
    let page = store::environments::list(db, caller.tenant(), &filter, Sort::Name, after, limit).await?;
    let ids: Vec<EnvironmentId> = page.items.iter().map(|listed| listed.environment.id).collect();
    let busy = store::operations::busy(db, &ids).await?;
    let items = page.items.into_iter().map(|listed| {
        let on = Some(listed.environment.id);
        let decision = act::decide(caller, action, on).and_then(|()| decide(&as_holder(&listed, &busy)));
        Target { listed, decision }
    });
    Ok(Page { items: items.collect(), next: page.next })
}

fn as_holder(listed: &Listed, busy: &HashSet<EnvironmentId>) -> Holder {
    let e = &listed.environment;
    Holder {
        id: e.id,
        ring: e.ring_id,
        key: listed.key_id,
        facts: EnvironmentFacts {
            name: e.name.clone(),
            kind: e.kind,
            state: e.state,
            state_since: e.state_since,
            storage: e.storage,
            created_at: e.created_at,
            has_files: listed.has_files,
            job_running: busy.contains(&e.id),
        },
    }
}
