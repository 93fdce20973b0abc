//! The audit trail.

use super::{
    answer::{limit, number},
    extract::{Api, Json, Query},
    problem::{Answer, Failure},
    wire,
};
use api_types::{AuditEntry, AuditOutcome, List};
use domain::Timestamp;
use serde::Deserialize;
use service::{audit, keys::hex};
use store::audit::{Filter, StoredEntry};
use utoipa::IntoParams;
use uuid::Uuid;

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Part of the actor's address.
    actor: Option<String>,
    /// `key.activate` and the like.
    action: Option<String>,
    outcome: Option<AuditOutcome>,
    /// The id of what it was done to.
    target: Option<Uuid>,
    /// The `next` of the page before.
    before: Option<String>,
    /// 1 to 200, 50 unless asked for.
    limit: Option<usize>,
}

/// Entries of the organisation's trail, the newest first
#[utoipa::path(get, path = "/audit", operation_id = "list_audit", tag = "audit",
    params(Which), responses((status = 200, body = List<AuditEntry>)))]
pub(super) async fn list(api: Api, Query(which): Query<Which>) -> Answer<Json<List<AuditEntry>>> {
    let limit = limit(which.limit, 200)?;
    let before = number("before", which.before.as_deref())?;
    let filter = Filter {
        actor: which.actor,
        action: which.action,
        outcome: which.outcome.map(|outcome| word(outcome).to_owned()),
        target_id: which.target,
        ..Filter::default()
    };
    let found = audit::list(&api.portal, &api.caller, &filter, before, limit as u64).await?;
    let more = found.len() == limit && found.last().is_some_and(|last| last.seq > 1);
    let next = if more { found.last().map(|last| last.seq.to_string()) } else { None };
    let items = found.into_iter().map(entry).collect::<Result<_, Failure>>()?;
    Ok(Json(List { items, next }))
}

const fn word(outcome: AuditOutcome) -> &'static str {
    match outcome {
        AuditOutcome::Succeeded => "succeeded",
        AuditOutcome::Refused => "refused",
        AuditOutcome::Failed => "failed",
    }
}

fn entry(stored: StoredEntry) -> Result<AuditEntry, Failure> {
    let outcomes = [AuditOutcome::Succeeded, AuditOutcome::Refused, AuditOutcome::Failed];
    let outcome = outcomes.into_iter().find(|outcome| word(*outcome) == stored.outcome);
    let impossible = || store::StoreError::inconsistent("audit_entries", stored.seq);
    Ok(AuditEntry {
        seq: stored.seq,
        at: wire::at(Timestamp(stored.at)),
        actor: stored.actor,
        actor_id: stored.actor_id,
        action: stored.action,
        target: stored.target,
        target_id: stored.target_id,
        outcome: outcome.ok_or_else(impossible).map_err(service::ServiceError::from)?,
        details: serde_json::from_str(&stored.details).map_err(service::ServiceError::from)?,
        address: stored.address,
        request_id: stored.request_id,
        hash: hex(&stored.hash),
    })
}
