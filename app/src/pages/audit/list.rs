//! The trail with its filters, the newest entries first.

use super::{
    entry::{Outcome, ViewEntry, details},
    words,
};
use crate::{error::UiError, pages::load::*, ui::*, url};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the filters say; empty fields narrow nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Filters {
    /// Part of the actor's address.
    pub actor: String,
    /// An action, or a noun for everything done to such things.
    pub action: String,
    pub outcome: String,
    /// Part of the target's words, or its id.
    pub target: String,
}

impl Filters {
    fn any(&self) -> bool {
        *self != Filters::default()
    }

    fn address(&self, before: &str) -> String {
        url::with_query(
            "/audit",
            &[
                ("actor", &self.actor),
                ("action", &self.action),
                ("outcome", &self.outcome),
                ("target", &self.target),
                ("before", before),
            ],
        )
    }
}

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewAudit {
    pub filters: Filters,
    pub entries: Vec<ViewEntry>,
    /// Whether these are the newest.
    pub first: bool,
    /// Where the next page begins.
    pub next: Option<i64>,
}

impl PageData for ViewAudit {
    fn title(&self) -> String {
        "Audit log".to_owned()
    }
}

/// Up to 50 entries before the place `before`; all when it is empty.
#[server(prefix = "/fn", endpoint = "audit")]
pub async fn audit(filters: Filters, before: String) -> Result<ViewAudit, UiError> {
    const PAGE: usize = 50;
    let (portal, caller) = crate::request::request()?;
    let some = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let target_id = filters.target.trim().parse().ok();
    let filter = service::store::audit::Filter {
        actor: some(&filters.actor),
        action: some(&filters.action),
        outcome: some(&filters.outcome),
        target: some(&filters.target).filter(|_| target_id.is_none()),
        target_id,
    };
    let before: Option<i64> = before.parse().ok();
    let mut found = service::audit::list(&portal, &caller, &filter, before, PAGE as u64 + 1).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().map(|entry| entry.seq).filter(|_| more);
    let entries = found.into_iter().map(ViewEntry::from).collect();
    Ok(ViewAudit { filters, entries, first: before.is_none(), next })
}

/// `/audit`.
#[component]
pub fn AuditLog() -> AnyView {
    page(
        |input| {
            let filters = Filters {
                actor: input.value("actor"),
                action: input.value("action"),
                outcome: input.value("outcome"),
                target: input.value("target"),
            };
            audit(filters, input.value("before"))
        },
        show,
    )
}

fn show(data: ViewAudit) -> AnyView {
    let ViewAudit { filters, entries, first, next } = data;
    let page = Page {
        first: (!first).then(|| filters.address("")),
        next: next.map(|seq| filters.address(&seq.to_string())),
        ..Page::default()
    };
    let empty = view! {
        <EmptyState
            icon=Glyph::Audit
            title=if filters.any() { "Nothing matches" } else { "Nothing happened yet" }
            text="Every change, every refused attempt and every look at rows leaves an entry here."
        />
    };
    let columns = vec![
        Column::new("Time (UTC)"),
        Column::new("Who"),
        Column::new("Action"),
        Column::new("Target").minor(),
        Column::new("Result"),
        Column::new("Details").unnamed(),
    ];
    let rows = entries.into_iter().map(|entry| row(entry, &filters)).collect();
    view! {
        <PageHeader
            title="Audit log"
            subtitle="What was done by whom, and what was refused. Entries cannot be changed: each carries the hash of the one before."
        />
        {filter_form(&filters)}
        <DataTable caption="Audit entries, the newest first" columns rows empty=empty.into_any() page />
    }
    .into_any()
}

fn filter_form(filters: &Filters) -> AnyView {
    let actions = words::choices().into_iter().map(|(value, label)| Choice::new(value, label));
    let actions = std::iter::once(Choice::new("", "Every action")).chain(actions).collect();
    let outcomes = Outcome::ALL.into_iter().map(|(_, value, label)| Choice::new(value, label));
    let outcomes = std::iter::once(Choice::new("", "Every result")).chain(outcomes).collect();
    let Filters { actor, action, outcome, target } = filters.clone();
    view! {
        <FilterForm action="/audit" clear=filters.any().then(|| "/audit".to_owned())>
            <TextInput name="actor" label="Who" kind="search" value=actor required=false />
            <Select name="action" label="Action" choices=actions value=action required=false />
            <Select name="outcome" label="Result" choices=outcomes value=outcome required=false />
            <TextInput name="target" label="Target or its id" kind="search" value=target required=false />
        </FilterForm>
    }
    .into_any()
}

fn row(entry: ViewEntry, filters: &Filters) -> Row {
    let ViewEntry { seq, at, actor, action, target, target_id, outcome, details: facts } = entry;
    let narrowed = Filters { target: target_id.clone().unwrap_or_default(), ..filters.clone() };
    let target = match target_id {
        Some(_) => view! { <a href=narrowed.address("")>{target}</a> }.into_any(),
        None => "organisation".into_any(),
    };
    Row::new(seq.to_string(), format!("entry {seq}"))
        .cell(view! { <Time at /> }.into_any())
        .cell(actor)
        .cell(words::action(&action))
        .cell(target)
        .cell(outcome.badge())
        .cell(view! { <RowDetails of=format!("entry {seq}") /> }.into_any())
        .more(details(facts))
}
