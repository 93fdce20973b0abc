//! The encryption history of an environment: who changed what, when, and how it ended.

use crate::{ui::*, view};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewChange {
    /// Of the operation.
    pub id: String,
    pub action: String,
    /// The keys before and after; none of a change that was not done.
    pub keys: Option<(String, String)>,
    pub started: Moment,
    pub ended: Option<Moment>,
    pub by: String,
    pub state: State,
    pub error: Option<String>,
}

/// The table, the newest first.
pub(super) fn history(changes: Vec<ViewChange>) -> AnyView {
    let columns = vec![
        Column::new("Action"),
        Column::new("Started"),
        Column::new("Ended").minor(),
        Column::new("From key"),
        Column::new("To key"),
        Column::new("By").minor(),
        Column::new("Result"),
    ];
    let empty = view! {
        <EmptyState
            icon=Glyph::History
            title="No encryption history yet"
            text="Since it was created, this environment has had the Microsoft-provided key."
        />
    };
    view! {
        <section id="history">
            <DataTable
                caption="Encryption history"
                titled=true
                columns
                rows=changes.into_iter().map(row).collect()
                empty=empty.into_any()
            />
        </section>
    }
    .into_any()
}

fn row(change: ViewChange) -> Row {
    let ViewChange { id, action, keys, started, ended, by, state, error } = change;
    let (from, to) = keys.unwrap_or_else(|| ("–".to_owned(), "–".to_owned()));
    let href = format!("/operations/{id}");
    let result = view! {
        <StateBadge state />
        {error.map(|error| view! { <span class="cell-note">{view::told(&error)}</span> })}
    };
    Row::new(id, action.clone())
        .cell(view! { <a href=href>{action}</a> })
        .cell(view! { <Time at=started /> })
        .cell(ended.map(|at| view! { <Time at /> }))
        .cell(from)
        .cell(to)
        .cell(by)
        .cell(result)
}

#[cfg(feature = "ssr")]
mod build {
    use super::ViewChange;
    use crate::{error::UiError, view::ViewOperation};
    use domain::{
        Timestamp,
        operations::{OperationKind, OperationState},
    };
    use service::{
        Caller, Portal, operations,
        store::operations::{Filter, Operation},
    };

    impl ViewChange {
        /// The changes of the environment's encryption and of the key it was under, 50 at most.
        pub(crate) async fn load(portal: &Portal, caller: &Caller, id: &str) -> Result<Vec<Self>, UiError> {
            let environment = id.parse().map_err(|_| UiError::not_found("environment"))?;
            let filter = Filter { environment: Some(environment), ..Default::default() };
            let mut jobs = operations::list(portal, caller, filter, None, 200).await?.items;
            jobs.retain(changes_key);
            if let Some(ring) = jobs.first().map(|job| job.ring_id) {
                let filter = Filter { ring: Some(ring), ..Default::default() };
                let mut changes = operations::list(portal, caller, filter, None, 200).await?.items;
                changes.retain(|job| {
                    matches!(job.kind, OperationKind::KeyRewrap | OperationKind::KeyLock)
                        && was_own_at(&jobs, job)
                });
                jobs.extend(changes);
                jobs.sort_by_key(|job| std::cmp::Reverse(job.created_at));
            }
            jobs.truncate(50);
            let about = operations::about(portal, caller, &jobs).await?;
            let now = portal.clock().now();
            Ok(jobs
                .iter()
                .zip(about)
                .map(|(job, about)| Self::new(job, ViewOperation::new(job, now), about.created_by))
                .collect())
        }

        fn new(job: &Operation, shown: ViewOperation, by: String) -> Self {
            let ViewOperation { id, label, state, created, finished, error, .. } = shown;
            let name = |key: &String| match key.as_str() {
                "" => "Microsoft-provided key".to_owned(),
                own => own.to_owned(),
            };
            let keys = job.key_before.as_ref().map(name).zip(job.key_after.as_ref().map(name));
            Self { id, action: label, keys, started: created, ended: finished, by, state, error }
        }
    }

    /// Whether it changes the key of the environment itself; a reset does where there was an own key.
    fn changes_key(job: &Operation) -> bool {
        match job.kind {
            OperationKind::EnvironmentApply
            | OperationKind::EnvironmentReturn
            | OperationKind::EnvironmentUnlock => true,
            OperationKind::EnvironmentReset => job.key_before.as_ref().is_some_and(|key| !key.is_empty()),
            _ => false,
        }
    }

    /// Whether the environment was under an own key when the key changed: the last of its own changes
    /// (`jobs`, the newest first) that was done before then put it there.
    fn was_own_at(jobs: &[Operation], change: &Operation) -> bool {
        let done = |job: &&Operation| took_effect(job).is_some_and(|at| at <= change.created_at);
        jobs.iter().find(done).is_some_and(|job| {
            !matches!(job.kind, OperationKind::EnvironmentReturn | OperationKind::EnvironmentReset)
        })
    }

    /// When the key changed: a reset is done as soon as it is asked for, its job only removes what was there.
    fn took_effect(job: &Operation) -> Option<Timestamp> {
        match job.kind {
            OperationKind::EnvironmentReset => Some(job.created_at),
            _ => job.finished_at.filter(|_| job.state == OperationState::Succeeded),
        }
    }
}
