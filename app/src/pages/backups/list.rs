//! The backups of an environment, its schedule, and the way to make one.

use super::{NeededKey, needs};
use crate::{
    error::UiError,
    forms,
    pages::{environments::trail, load::*},
    ui::*,
    view::{self, ViewDecision, count, size},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A backup and what may be done with it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewBackup {
    pub id: String,
    pub made: Moment,
    /// The same moment as one line of text.
    pub called: String,
    pub scheduled: bool,
    pub complete: bool,
    pub rows: u64,
    /// Sealed bytes.
    pub bytes: u64,
    pub key: Option<NeededKey>,
    pub key_here: bool,
    /// The job that makes it.
    pub operation: String,
    pub delete: ViewDecision,
}

/// How often backups are made by themselves.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewSchedule {
    pub every_hours: u32,
    pub keep: u32,
    pub next: Deadline,
}

/// A backup that was not made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewFailed {
    pub at: Moment,
    pub why: String,
    /// The job.
    pub operation: String,
}

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewBackups {
    /// Of the environment.
    pub id: String,
    pub name: String,
    pub region: String,
    pub backups: Vec<ViewBackup>,
    pub after: String,
    pub next: Option<String>,
    pub schedule: Option<ViewSchedule>,
    /// Of the latest attempt, if it failed.
    pub failed: Option<ViewFailed>,
    pub back_up: ViewDecision,
    pub set_schedule: ViewDecision,
}

impl PageData for ViewBackups {
    fn title(&self) -> String {
        format!("Backups · {}", self.name)
    }

    fn running(&self) -> bool {
        self.backups.iter().any(|backup| !backup.complete)
    }
}

impl ViewBackups {
    pub(super) fn address(&self, part: &str) -> String {
        format!("/environments/{}/backups{part}", self.id)
    }
}

/// The backups of the environment of this id, from `after` on.
#[server(prefix = "/fn", endpoint = "backups")]
pub async fn backups(id: String, after: String) -> Result<ViewBackups, UiError> {
    let (portal, caller) = crate::request::request()?;
    build::backups(&portal, &caller, &id, after).await
}

/// `/environments/{id}/backups`.
#[component]
pub fn Backups() -> AnyView {
    page(|input| backups(input.id.clone(), input.value("after")), |data| show(data, forms::summary(&[])))
}

/// The whole page; the question before a deletion stands before it.
/// `told`: what came of a form of the page.
pub(super) fn show(data: ViewBackups, told: Option<AnyView>) -> AnyView {
    let page = Page {
        first: (!data.after.is_empty()).then(|| data.address("")),
        next: data.next.as_ref().map(|after| crate::url::with_query(&data.address(""), &[("after", after)])),
        ..Page::default()
    };
    let rows = data.backups.iter().map(|backup| row(&data, backup)).collect();
    view! {
        <PageHeader
            title="Backups"
            subtitle=format!("{} · {}", data.name, data.region)
            trail=trail(&data.id, &data.name)
        />
        {commands(&data)}
        {told}
        {failed(&data)}
        <DataTable caption="Backups" titled=true columns=columns() rows empty=empty() page />
        {schedule(&data)}
    }
    .into_any()
}

fn commands(data: &ViewBackups) -> AnyView {
    let make = Run::submit("make-backup", data.back_up.why.clone());
    let refresh = Run::load(data.address(""), None);
    view! {
        <form id="make-backup" method="post" action=data.address("")>
            <input type="hidden" name="do" value="create" />
        </form>
        <CommandBar>
            <CommandButton id="back-up" icon=Glyph::Backup label="Back up now" run=make look=Look::Primary />
            <CommandButton id="refresh" icon=Glyph::Refresh label="Refresh" run=refresh />
        </CommandBar>
    }
    .into_any()
}

/// Nobody sees in a list what is not there.
fn failed(data: &ViewBackups) -> Option<AnyView> {
    let ViewFailed { at, why, operation } = data.failed.clone().filter(|_| data.after.is_empty())?;
    let href = format!("/operations/{operation}");
    let bar = view! {
        <MessageBar tone=Tone::Error title="The last backup failed.">
            <Time at /> ": " {view::told(&why)} " " <a href=href>"Show the operation"</a>
        </MessageBar>
    };
    Some(bar.into_any())
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("Made"),
        Column::new("State"),
        Column::new("Needs the key"),
        Column::new("Rows").numeric(),
        Column::new("Size").numeric().minor(),
        Column::new("How").minor(),
        Column::new("What to do").unnamed(),
    ]
}

fn empty() -> AnyView {
    let text =
        "A backup is sealed under a key of its own, which only the environment's key of that moment opens.";
    view! { <EmptyState icon=Glyph::Backup title="No backups yet" text /> }.into_any()
}

fn row(data: &ViewBackups, backup: &ViewBackup) -> Row {
    let (state, label) =
        if backup.complete { (State::Succeeded, "Complete") } else { (State::Running, "Running") };
    let made = backup.made.clone();
    let by = if backup.scheduled { "By schedule" } else { "By hand" };
    Row::new(backup.id.clone(), backup.called.clone())
        .cell(view! { <Time at=made /> })
        .cell(view! { <StateBadge state label />  })
        .cell(needs(backup.key.as_ref(), backup.key_here))
        .cell(count(backup.rows))
        .cell(size(backup.bytes))
        .cell(by)
        .cell(actions(data, backup))
}

fn actions(data: &ViewBackups, backup: &ViewBackup) -> AnyView {
    let of = format!(" the backup of {}", backup.called);
    if !backup.complete {
        let href = format!("/operations/{}", backup.operation);
        return view! { <a href=href>"Show the operation"</a> }.into_any();
    }
    let restore = data.address(&format!("/{}/restore", backup.id));
    let delete = data.address(&format!("/{}/delete", backup.id));
    let delete = backup.delete.allowed().then(|| {
        view! {
            " · "
            <a href=delete>"Delete" <span class="visually-hidden">{of.clone()}</span></a>
        }
    });
    view! {
        <a href=restore>"Restore" <span class="visually-hidden">{of.clone()}</span></a>
        {delete}
    }
    .into_any()
}

fn schedule(data: &ViewBackups) -> AnyView {
    let aside = data.schedule.as_ref().map(|_| view! { <Badge label="On" tone=Tone::Success /> }.into_any());
    let aside = aside.unwrap_or_else(|| view! { <Badge label="Off" /> }.into_any());
    let body = match data.set_schedule.why.clone() {
        Some(why) => view! { <p class="field-hint">{view::why(why)}</p> }.into_any(),
        None => schedule_form(data),
    };
    let next = data.schedule.clone().map(|schedule| {
        view! {
            <Facts>
                <Fact name="Next backup">
                    <Countdown until=schedule.next done="Now" />
                </Fact>
            </Facts>
        }
    });
    view! {
        <Card title="Schedule" aside>
            {next}
            {body}
        </Card>
    }
    .into_any()
}

fn schedule_form(data: &ViewBackups) -> AnyView {
    let (every, keep) = data.schedule.as_ref().map_or((24, 7), |set| (set.every_hours, set.keep));
    // A form of its own: ending it needs none of the fields.
    let end = data.schedule.as_ref().map(|_| {
        view! {
            <form method="post" action=data.address("")>
                <Button label="End the schedule" name="do".to_owned() value="cancel_schedule".to_owned() />
            </form>
        }
    });
    view! {
        <form class="form" method="post" action=data.address("")>
            <TextInput
                name="every_hours"
                label="Every so many hours"
                kind="number"
                value=forms::value("every_hours").unwrap_or_else(|| every.to_string())
                hint="1 to 168. 24 is once a day."
                error=forms::error("every_hours")
                inputmode="numeric"
            />
            <TextInput
                name="keep"
                label="Keep the newest"
                kind="number"
                value=forms::value("keep").unwrap_or_else(|| keep.to_string())
                hint="1 to 100 scheduled backups; older ones are deleted. Those made by hand stay."
                error=forms::error("keep")
                inputmode="numeric"
            />
            <div class="actions">
                <Button label="Save the schedule" name="do".to_owned() value="schedule".to_owned() />
            </div>
        </form>
        {end}
    }
    .into_any()
}

#[cfg(feature = "ssr")]
mod build {
    use super::{NeededKey, ViewBackup, ViewBackups, ViewFailed, ViewSchedule};
    use crate::{error::UiError, ui::Deadline, view::ViewDecision};
    use domain::{Timestamp, backups::BackupState};
    use service::{Caller, Portal, backups, backups::Listed, keys, store::Cursor};

    pub(super) async fn backups(
        portal: &Portal,
        caller: &Caller,
        id: &str,
        after: String,
    ) -> Result<ViewBackups, UiError> {
        let id = id.parse().map_err(|_| UiError::not_found("environment"))?;
        let found = backups::overview(portal, caller, id, Cursor::parse(&after), 50).await?;
        let now = found.now;
        Ok(ViewBackups {
            id: found.environment.id.to_string(),
            name: found.environment.name,
            region: found.region,
            backups: found.backups.items.iter().map(|listed| ViewBackup::new(listed, now)).collect(),
            after,
            next: found.backups.next.map(|cursor| cursor.to_string()),
            schedule: found.planned.map(|planned| ViewSchedule {
                every_hours: planned.schedule.every_hours(),
                keep: planned.schedule.keep(),
                next: Deadline::new(planned.next_at, now),
            }),
            failed: found.failed.map(|job| ViewFailed {
                at: job.finished_at.unwrap_or(job.created_at).into(),
                why: job.error.unwrap_or_default(),
                operation: job.id.to_string(),
            }),
            back_up: ViewDecision::new(&found.back_up, now),
            set_schedule: ViewDecision::new(&found.schedule, now),
        })
    }

    impl ViewBackup {
        pub(crate) fn new(listed: &Listed, now: Timestamp) -> Self {
            let backup = &listed.backup;
            let key = backup.key.as_ref();
            Self {
                id: backup.id.to_string(),
                made: backup.created_at.into(),
                called: backup.created_at.human(),
                scheduled: backup.scheduled,
                complete: backup.state == BackupState::Complete,
                rows: backup.rows,
                bytes: backup.bytes,
                key: key.map(|(name, bytes)| NeededKey { name: name.clone(), fingerprint: keys::hex(bytes) }),
                key_here: listed.facts.key_here,
                operation: backup.operation_id.to_string(),
                delete: ViewDecision::new(&listed.delete, now),
            }
        }
    }
}
