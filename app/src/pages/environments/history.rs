//! The encryption history of an environment: who changed what, when, and how it ended.

use crate::ui::*;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewChange {
    /// Of the operation.
    pub id: String,
    pub action: String,
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
        Column::new("By"),
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
    let ViewChange { id, action, started, ended, by, state, error } = change;
    let href = format!("/operations/{id}");
    let result = view! {
        <StateBadge state />
        {error.map(|error| view! { <span class="cell-note">{error}</span> })}
    };
    Row::new(id, action.clone())
        .cell(view! { <a href=href>{action}</a> })
        .cell(view! { <Time at=started /> })
        .cell(ended.map(|at| view! { <Time at /> }))
        .cell(by)
        .cell(result)
}

#[cfg(feature = "ssr")]
mod build {
    use super::ViewChange;
    use crate::{error::UiError, view::ViewOperation};
    use domain::operations::OperationKind;
    use service::{Caller, Portal, operations, store::operations::Filter};

    impl ViewChange {
        /// The changes of the environment's encryption, 50 at most.
        pub(crate) async fn load(portal: &Portal, caller: &Caller, id: &str) -> Result<Vec<Self>, UiError> {
            let environment = id.parse().map_err(|_| UiError::not_found("environment"))?;
            let filter = Filter { environment: Some(environment), ..Default::default() };
            let mut jobs = operations::list(portal, caller, filter, None, 200).await?.items;
            jobs.retain(|job| {
                matches!(job.kind, OperationKind::EnvironmentApply | OperationKind::EnvironmentReturn)
            });
            jobs.truncate(50);
            let about = operations::about(portal, caller, &jobs).await?;
            let now = portal.clock().now();
            Ok(jobs
                .iter()
                .zip(about)
                .map(|(job, about)| Self::new(ViewOperation::new(job, now), about.created_by))
                .collect())
        }

        fn new(job: ViewOperation, by: String) -> Self {
            let ViewOperation { id, label, state, created, finished, error, .. } = job;
            Self { id, action: label, started: created, ended: finished, by, state, error }
        }
    }
}
