//! The list of jobs, the newest first.

use crate::{error::UiError, pages::load::*, ui::*, url};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A job as the list shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewJob {
    pub id: String,
    pub label: String,
    /// What it is about, and where to see that.
    pub about: (String, Option<String>),
    pub state: State,
    /// "746,553 of 1,204,118 rows", "took 2 min", or why it failed.
    pub note: Option<String>,
    pub created: Moment,
    pub by: String,
}

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewJobs {
    pub jobs: Vec<ViewJob>,
    /// Only those that have not ended.
    pub open: bool,
    /// Only those on this environment.
    pub environment: String,
    /// Whether these are the newest.
    pub first: bool,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl PageData for ViewJobs {
    fn title(&self) -> String {
        "Operations".to_owned()
    }

    fn running(&self) -> bool {
        self.jobs.iter().any(|job| matches!(job.state, State::Queued | State::Running))
    }
}

impl ViewJobs {
    fn address(&self, open: bool, after: &str) -> String {
        let open = if open { "open" } else { "" };
        url::with_query(
            "/operations",
            &[("state", open), ("environment", &self.environment), ("after", after)],
        )
    }
}

/// Up to 50 jobs after `after`; `environment` is an id or empty.
#[server(prefix = "/fn", endpoint = "operations")]
pub async fn operations(open: bool, environment: String, after: String) -> Result<ViewJobs, UiError> {
    let (portal, caller) = crate::request::request()?;
    let after = service::store::Cursor::parse(&after);
    let only = environment.parse().ok();
    let filter =
        service::store::operations::Filter { environment: only, open_only: open, ..Default::default() };
    let page = service::operations::list(&portal, &caller, filter, after.clone(), 50).await?;
    let about = service::operations::about(&portal, &caller, &page.items).await?;
    let now = portal.clock().now();
    Ok(ViewJobs {
        jobs: page.items.iter().zip(&about).map(|(job, about)| ViewJob::new(job, about, now)).collect(),
        open,
        environment: only.map(|id| id.to_string()).unwrap_or_default(),
        first: after.is_none(),
        next: page.next.map(|cursor| cursor.to_string()),
    })
}

/// `/operations`.
#[component]
pub fn Operations() -> AnyView {
    page(
        |input| operations(input.value("state") == "open", input.value("environment"), input.value("after")),
        show,
    )
}

fn show(data: ViewJobs) -> AnyView {
    let page = Page {
        first: (!data.first).then(|| data.address(data.open, "")),
        next: data.next.as_ref().map(|after| data.address(data.open, after)),
        ..Page::default()
    };
    let views = vec![
        ("All".to_owned(), data.address(false, "")),
        ("Queued and running".to_owned(), data.address(true, "")),
    ];
    let current = data.address(data.open, "");
    let (title, text) = if data.open {
        ("Nothing is running", "Operations that have ended are under All.")
    } else {
        (
            "No operations yet",
            "Activating a key, applying it to an environment and importing rows run as operations.",
        )
    };
    let empty = view! { <EmptyState icon=Glyph::Operation title text /> };
    let columns = vec![
        Column::new("Operation"),
        Column::new("About"),
        Column::new("State"),
        Column::new("Started by").minor(),
        Column::new("Created"),
    ];
    view! {
        <PageHeader title="Operations" subtitle="Long-running work. It goes on when you leave, and survives a restart." />
        <Pivot label="Operations" links=views current />
        <DataTable
            caption="Operations, the newest first"
            columns
            rows=data.jobs.into_iter().map(row).collect()
            empty=empty.into_any()
            page
        />
    }
    .into_any()
}

fn row(job: ViewJob) -> Row {
    let ViewJob { id, label, about: (about, href), state, note, created, by } = job;
    let own = format!("/operations/{id}");
    let about = match href {
        Some(href) => view! { <a href=href>{about}</a> }.into_any(),
        None => about.into_any(),
    };
    let state = view! {
        <StateBadge state />
        {note.map(|note| view! { <span class="cell-note">{note}</span> })}
    };
    Row::new(id, label.clone())
        .cell(view! { <a href=own>{label}</a> }.into_any())
        .cell(about)
        .cell(state.into_any())
        .cell(by)
        .cell(view! { <Time at=created /> }.into_any())
}

#[cfg(feature = "ssr")]
mod build {
    use super::ViewJob;
    use crate::view::ViewOperation;
    use domain::{Timestamp, operations::OperationState};
    use service::{operations::About, store::operations::Operation};

    /// "2 lines refused, took 3 s".
    fn ended(job: &Operation, about: &About) -> String {
        let refused = super::super::refused(about.refused);
        let took = super::super::took(job).map(|took| format!("took {took}"));
        refused.into_iter().chain(took).collect::<Vec<_>>().join(", ")
    }

    impl ViewJob {
        /// The job as it stands at `now`.
        pub(super) fn new(job: &Operation, about: &About, now: Timestamp) -> Self {
            let view = ViewOperation::new(job, now);
            let note = match job.state {
                OperationState::Failed | OperationState::Cancelled => job.error.clone(),
                OperationState::Succeeded => Some(ended(job, about)).filter(|note| !note.is_empty()),
                OperationState::Running => view.facts.map(|facts| facts.counted),
                OperationState::Queued => None,
            };
            Self {
                id: view.id,
                label: view.label,
                about: super::super::about(about),
                state: view.state,
                note,
                created: view.created,
                by: about.created_by.clone(),
            }
        }
    }
}
