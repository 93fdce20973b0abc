//! The one choke point of every change.

use crate::{Caller, Portal, ServiceError, ServiceResult, audit, fresh, kill_point, mails};
use domain::{
    Code, EnvironmentId, KeyId, Refusal, RingId, TableId, Timestamp, actions::Action, policy::Decision,
};
use serde_json::{Value, json};
use std::{future::Future, pin::Pin};
use store::{DatabaseTransaction, environments::Environment, keys::Key, rings::Ring, tables::Table};
use uuid::Uuid;

/// What an action is done to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// The caller's tenant.
    Tenant,
    Ring(RingId),
    Key(KeyId),
    Environment(EnvironmentId),
    Table(TableId),
}

/// What authorization found out about the target, read in the transaction that may use it.
#[derive(Clone, Default)]
pub struct Scope {
    pub ring: Option<Ring>,
    pub key: Option<Key>,
    pub environment: Option<Environment>,
    pub table: Option<Table>,
}

/// A running use case: its transaction, its one time, and what it will leave in the trail.
pub struct Act {
    pub tx: DatabaseTransaction,
    pub now: Timestamp,
    pub portal: Portal,
    pub caller: Caller,
    pub scope: Scope,
    action: Action,
    target: Target,
    details: Value,
    outcome: &'static str,
}

/// What the body of [`Portal::act`] returns.
pub type Body<'t, T> = Pin<Box<dyn Future<Output = ServiceResult<T>> + Send + 't>>;

impl Portal {
    /// Authorizes, opens a transaction, runs `body`, writes the audit row in the same transaction and
    /// commits. A refusal rolls back and leaves its own audit row. What the caller may not see is
    /// "not found".
    pub async fn act<T, F>(
        &self,
        caller: &Caller,
        action: Action,
        target: Target,
        body: F,
    ) -> ServiceResult<T>
    where
        F: for<'t> FnOnce(&'t mut Act) -> Body<'t, T> + Send,
    {
        let (act, outcome) = self.run(caller, action, target, body).await?;
        match outcome {
            Ok(value) => {
                act.commit().await?;
                Ok(value)
            }
            Err(error) => Err(act.give_up(error).await),
        }
    }

    /// The guards of a change before the work that it takes: as [`Portal::act`], but nothing is kept
    /// and only a refusal leaves a row. Whoever passes must pass again in the act that changes something.
    pub(crate) async fn check<T, F>(
        &self,
        caller: &Caller,
        action: Action,
        target: Target,
        body: F,
    ) -> ServiceResult<T>
    where
        F: for<'t> FnOnce(&'t mut Act) -> Body<'t, T> + Send,
    {
        let (act, outcome) = self.run(caller, action, target, body).await?;
        match outcome {
            Ok(value) => {
                act.tx.rollback().await?;
                Ok(value)
            }
            Err(error) => Err(act.give_up(error).await),
        }
    }

    /// Puts on record that something was refused outside of [`Portal::act`]: a read, mostly.
    pub(crate) async fn witness<T>(
        &self,
        caller: &Caller,
        action: Action,
        target: Target,
        outcome: ServiceResult<T>,
    ) -> ServiceResult<T> {
        let Err(error @ ServiceError::Refused(_)) = outcome else { return outcome };
        let mut act = self.start(caller, action, target).await?;
        act.scope = resolve(&act.tx, caller, target).await.unwrap_or_default();
        Err(act.give_up(error).await)
    }

    async fn start(&self, caller: &Caller, action: Action, target: Target) -> ServiceResult<Act> {
        Ok(Act {
            now: self.clock().now(),
            tx: self.db().begin().await?,
            portal: self.clone(),
            caller: caller.clone(),
            scope: Scope::default(),
            action,
            target,
            details: Value::Null,
            outcome: "succeeded",
        })
    }

    async fn run<T, F>(
        &self,
        caller: &Caller,
        action: Action,
        target: Target,
        body: F,
    ) -> ServiceResult<(Act, ServiceResult<T>)>
    where
        F: for<'t> FnOnce(&'t mut Act) -> Body<'t, T> + Send,
    {
        let mut act = self.start(caller, action, target).await?;
        let outcome = match act.authorize().await {
            Ok(()) => body(&mut act).await,
            Err(error) => Err(error),
        };
        Ok((act, outcome))
    }
}

impl Act {
    /// Adds to the audit row: values before and after, never a secret.
    pub fn record(&mut self, key: &str, value: impl Into<Value>) {
        if let Value::Object(map) = &mut self.details {
            map.insert(key.to_owned(), value.into());
        } else {
            self.details = json!({ key: value.into() });
        }
    }

    /// What the use case commits is that something failed, for this reason: the trail says so.
    pub fn fails(&mut self, why: &str) {
        self.outcome = "failed";
        self.record("error", why);
    }

    /// What the use case commits is that something was refused, with the mails that tell of it: the trail
    /// says so as of every refusal.
    pub fn refuses(&mut self, refusal: &Refusal) {
        self.outcome = "refused";
        self.record("code", refusal.code.as_str());
        self.record("reason", refusal.detail.as_str());
    }

    /// Queues one mail to each administrator, in this transaction (PP-033).
    pub async fn notify(&mut self, notice: mails::Notice) -> ServiceResult<()> {
        mails::queue(self, notice).await
    }

    /// A fresh id.
    pub fn fresh_id(&self) -> Uuid {
        fresh::id(self.now)
    }

    /// The environment the action is on; only for actions whose target has one.
    pub fn environment(&self) -> ServiceResult<Environment> {
        self.scope.environment.clone().ok_or_else(|| anyhow::anyhow!("action without an environment").into())
    }

    /// The ring the action is on; only for actions whose target has one.
    pub fn ring(&self) -> ServiceResult<Ring> {
        self.scope.ring.clone().ok_or_else(|| anyhow::anyhow!("action without a ring").into())
    }

    /// The key the action is on; only for actions whose target is one.
    pub fn key(&self) -> ServiceResult<Key> {
        self.scope.key.clone().ok_or_else(|| anyhow::anyhow!("action without a key").into())
    }

    /// The table the action is on; only for actions whose target has one.
    pub fn table(&self) -> ServiceResult<Table> {
        self.scope.table.clone().ok_or_else(|| anyhow::anyhow!("action without a table").into())
    }

    /// Resolves the target and checks tenant and role.
    async fn authorize(&mut self) -> ServiceResult<()> {
        let found = resolve(&self.tx, &self.caller, self.target).await?;
        let on = found.environment.as_ref().map(|e| e.id);
        self.scope = found;
        permit(&self.caller, self.action, on)
    }

    async fn commit(self) -> ServiceResult<()> {
        let entry = self.entry(self.outcome, &self.details);
        audit::append(&self.tx, self.caller.tenant(), entry).await?;
        kill_point("act.before_commit");
        let Act { tx, portal, .. } = self;
        tx.commit().await?;
        kill_point("act.after_commit");
        portal.wake();
        Ok(())
    }

    /// Rolls back and records why; if even that fails, the caller learns of the outage instead. A
    /// worker that lost its lease leaves no trace: another one does its work.
    async fn give_up(self, error: ServiceError) -> ServiceError {
        if error.lease_lost() {
            return error;
        }
        let (outcome, details) = match &error {
            ServiceError::Refused(refusal) => {
                ("refused", json!({ "code": refusal.code.as_str(), "reason": refusal.detail }))
            }
            ServiceError::Internal(_) => ("failed", json!({ "reason": "internal error" })),
        };
        let entry = self.entry(outcome, &details);
        let tenant = self.caller.tenant();
        let Act { tx, portal, .. } = self;
        let recorded = async {
            tx.rollback().await?;
            let tx = portal.db().begin().await?;
            audit::append(&tx, tenant, entry).await?;
            tx.commit().await?;
            Ok::<(), ServiceError>(())
        };
        match recorded.await {
            Ok(()) => conflict_or(error),
            Err(outage) => outage,
        }
    }

    fn entry(&self, outcome: &'static str, details: &Value) -> store::audit::Entry {
        let (target, target_id) = label(self.target, &self.scope);
        store::audit::Entry {
            at: self.now,
            actor: match self.caller.via() {
                crate::Via::Job => format!("{} (job)", self.caller.email()),
                crate::Via::Operator => "operator".to_owned(),
                crate::Via::Timer => "portal (timer)".to_owned(),
                _ => self.caller.email().to_owned(),
            },
            actor_id: Some(self.caller.user()),
            action: self.action.as_str().to_owned(),
            target,
            target_id,
            outcome,
            details: details.to_string(),
            address: self.caller.address().map(str::to_owned),
            request_id: self.caller.request_id().to_owned(),
        }
    }
}

/// A unique index or a deadlock means that somebody else was first: an answer, not an outage.
fn conflict_or(error: ServiceError) -> ServiceError {
    let store = match &error {
        ServiceError::Internal(error) => error.downcast_ref::<store::StoreError>(),
        ServiceError::Refused(_) => None,
    };
    match store {
        Some(store) if store.is_unique_violation() || store.is_transient() => {
            Refusal::new(Code::Conflict, "Somebody else changed this at the same moment.")
                .remedy("Look at the current state and try again.")
                .into()
        }
        _ => error,
    }
}

/// Whether the caller's roles allow `action` (on that environment): the roles' half of what pages
/// and `allowed_actions` say, and of the guard in [`Portal::act`].
pub fn decide(caller: &Caller, action: Action, on: Option<EnvironmentId>) -> Decision {
    if caller.may(action, on) {
        return Ok(());
    }
    let detail = format!("Your roles do not allow this: {}.", action.words());
    Err(Refusal::new(Code::Forbidden, detail).remedy("Ask a Global administrator for the role that does."))
}

/// As [`decide`], where a use case starts.
pub(crate) fn permit(caller: &Caller, action: Action, on: Option<EnvironmentId>) -> ServiceResult<()> {
    Ok(decide(caller, action, on)?)
}

/// Finds the target and everything it belongs to; another tenant's, and for a System administrator
/// another environment's, is not found.
pub(crate) async fn resolve(
    db: &impl store::ConnectionTrait,
    caller: &Caller,
    target: Target,
) -> ServiceResult<Scope> {
    let mut scope = Scope::default();
    match target {
        Target::Tenant => {}
        Target::Ring(id) => scope.ring = store::rings::get(db, caller.tenant(), id).await?,
        Target::Key(id) => {
            if let Some(key) = store::keys::get(db, id).await? {
                scope.ring = store::rings::get(db, caller.tenant(), key.ring_id).await?;
                scope.key = scope.ring.is_some().then_some(key);
            }
        }
        Target::Environment(id) => scope.environment = environment(db, caller, id).await?,
        Target::Table(id) => {
            if let Some(table) = store::tables::get(db, id).await? {
                scope.environment = environment(db, caller, table.environment_id).await?;
                scope.table = scope.environment.is_some().then_some(table);
            }
        }
    }
    let (found, what) = match target {
        Target::Tenant => (true, "tenant"),
        Target::Ring(_) => (scope.ring.is_some(), "region"),
        Target::Key(_) => (scope.key.is_some(), "key"),
        Target::Environment(_) => (scope.environment.is_some(), "environment"),
        Target::Table(_) => (scope.table.is_some(), "table"),
    };
    if found { Ok(scope) } else { Err(Refusal::not_found(what).into()) }
}

async fn environment(
    db: &impl store::ConnectionTrait,
    caller: &Caller,
    id: EnvironmentId,
) -> ServiceResult<Option<Environment>> {
    let found = store::environments::get(db, id).await?;
    let visible = caller.visible();
    Ok(found.filter(|e| {
        e.tenant_id == caller.tenant()
            && e.state != domain::environments::EnvironmentState::Deleted
            && visible.as_ref().is_none_or(|only| only.contains(&e.id))
    }))
}

fn label(target: Target, scope: &Scope) -> (String, Option<Uuid>) {
    match target {
        Target::Tenant => ("tenant".to_owned(), None),
        Target::Ring(id) => (
            scope.ring.as_ref().map_or_else(|| format!("region {id}"), |r| format!("region {}", r.region)),
            Some(id.0),
        ),
        Target::Key(id) => (
            scope.key.as_ref().map_or_else(|| format!("key {id}"), |k| format!("key {}", k.name)),
            Some(id.0),
        ),
        Target::Environment(id) => (
            scope
                .environment
                .as_ref()
                .map_or_else(|| format!("environment {id}"), |e| format!("environment {}", e.name)),
            Some(id.0),
        ),
        Target::Table(id) => (
            scope.table.as_ref().map_or_else(|| format!("table {id}"), |t| format!("table {}", t.shape.name)),
            Some(id.0),
        ),
    }
}
