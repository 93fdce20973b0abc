//! The list of environments: search, filters, order and place are all in the address.

use super::data::whose_key;
use crate::{error::UiError, pages::load::*, ui::*, url, view::ViewDecision};
use domain::environments::{EnvironmentState, EnvironmentType};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the address asks for; the same text goes to the server.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Query {
    pub search: String,
    /// One of [`EnvironmentType`]'s names.
    pub kind: String,
    /// One of [`EnvironmentState`]'s names.
    pub encryption: String,
    pub region: String,
    /// `name`, `-name`, `created` or `-created`.
    pub sort: String,
    /// Where the page begins.
    pub after: String,
}

impl Query {
    /// Reads a query string.
    pub fn parse(text: &str) -> Self {
        let value = |name| url::query_value(text, name);
        Self {
            search: value("search"),
            kind: value("type"),
            encryption: value("encryption"),
            region: value("region"),
            sort: value("sort"),
            after: value("after"),
        }
    }

    /// The list's address with another order and place.
    fn address(&self, sort: &str, after: &str) -> String {
        let pairs = [
            ("search", self.search.as_str()),
            ("type", &self.kind),
            ("encryption", &self.encryption),
            ("region", &self.region),
            ("sort", sort),
            ("after", after),
        ];
        url::with_query("/environments", &pairs)
    }

    fn filtered(&self) -> bool {
        [&self.search, &self.kind, &self.encryption, &self.region].iter().any(|value| !value.is_empty())
    }
}

/// One line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewListed {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub state: State,
    pub region: String,
    pub created: Moment,
    /// The key's name; none under the Microsoft-provided key.
    pub key: Option<String>,
    pub reencrypting: bool,
    /// "Locked, deleted in 27 d 3 h", while it is locked.
    pub deletion: Option<String>,
    /// Why it cannot use the organisation's own key; empty when it can.
    pub ineligible: Vec<String>,
}

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewEnvironments {
    pub query: Query,
    pub regions: Vec<String>,
    pub environments: Vec<ViewListed>,
    /// Where the next page begins.
    pub next: Option<String>,
    pub create: ViewDecision,
    pub sees_keys: bool,
}

impl PageData for ViewEnvironments {
    fn title(&self) -> String {
        "Environments".to_owned()
    }

    fn running(&self) -> bool {
        self.environments.iter().any(|line| line.reencrypting || line.state.is_under_way())
    }
}

/// Up to 50 environments that the query string asks for.
#[server(prefix = "/fn", endpoint = "environments")]
pub async fn environments(query: String) -> Result<ViewEnvironments, UiError> {
    let (portal, caller) = crate::request::request()?;
    build::environments(&portal, &caller, Query::parse(&query)).await
}

/// `/environments`.
#[component]
pub fn Environments() -> AnyView {
    page(|input| environments(input.query), show)
}

fn show(data: ViewEnvironments) -> AnyView {
    let page = Page {
        shown: String::new(),
        first: (!data.query.after.is_empty()).then(|| data.query.address(&data.query.sort, "")),
        next: data.next.as_ref().map(|after| data.query.address(&data.query.sort, after)),
        ..Page::default()
    };
    view! {
        <PageHeader title="Environments" subtitle="Each holds tables whose rows are sealed under a key of its own." />
        {commands(&data)}
        {filters(&data)}
        <DataTable
            caption="Environments"
            columns=columns(&data.query)
            empty=empty(&data)
            rows=data.environments.into_iter().map(row).collect()
            page
        />
    }
    .into_any()
}

fn commands(data: &ViewEnvironments) -> AnyView {
    let keys = data.sees_keys.then(|| {
        let run = Run::link("/encryption-keys", None);
        view! { <CommandButton id="keys" icon=Glyph::Key label="Manage encryption keys" run /> }
    });
    let new = Run::link("/environments/new", data.create.why.clone());
    let refresh = Run::load(data.query.address(&data.query.sort, &data.query.after), None);
    view! {
        <CommandBar>
            <CommandButton id="new" icon=Glyph::Add label="New" run=new look=Look::Primary />
            {keys}
            <CommandButton id="refresh" icon=Glyph::Refresh label="Refresh" run=refresh />
        </CommandBar>
    }
    .into_any()
}

fn filters(data: &ViewEnvironments) -> AnyView {
    let any = |words: &str| vec![Choice::new("", words)];
    let mut kinds = any("All types");
    kinds.extend(EnvironmentType::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind.label())));
    let mut states = any("Any encryption");
    let shown = EnvironmentState::ALL.iter().filter(|state| **state != EnvironmentState::Deleted);
    states.extend(shown.map(|state| Choice::new(state.as_str(), state.label())));
    let mut regions = any("All regions");
    regions.extend(data.regions.iter().map(|region| Choice::new(region.clone(), region.clone())));
    let query = data.query.clone();
    let region = (data.regions.len() > 1).then(|| {
        view! { <Select name="region" label="Region" choices=regions value=query.region.clone() required=false /> }
    });
    view! {
        <FilterForm
            action="/environments"
            clear=query.filtered().then(|| "/environments".to_owned())
            keep=vec![("sort".to_owned(), query.sort.clone())]
        >
            <TextInput
                name="search"
                id="filter-search"
                label="Name contains"
                kind="search"
                value=query.search
                required=false
                autocomplete="off"
            />
            <Select name="type" label="Type" choices=kinds value=query.kind required=false />
            <Select name="encryption" label="Encryption" choices=states value=query.encryption required=false />
            {region}
        </FilterForm>
    }
    .into_any()
}

fn columns(query: &Query) -> Vec<Column> {
    let sorted = |words: &str, name: &str| {
        let falling = format!("-{name}");
        let sort = if query.sort.is_empty() { "name" } else { &query.sort };
        let now = match sort {
            sort if sort == name => Some(Sort::Ascending),
            sort if sort == falling => Some(Sort::Descending),
            _ => None,
        };
        let other = if now == Some(Sort::Ascending) { falling } else { name.to_owned() };
        Column::new(words).sort(query.address(&other, ""), now)
    };
    vec![
        sorted("Environment", "name"),
        Column::new("Type"),
        Column::new("State"),
        Column::new("Region").minor(),
        sorted("Created", "created").minor(),
        Column::new("Encryption"),
        Column::new("Eligibility"),
    ]
}

fn empty(data: &ViewEnvironments) -> AnyView {
    if data.query.filtered() {
        let action = view! { <ButtonLink label="Show all" href="/environments" /> }.into_any();
        let text = "No environment fits these filters.";
        return view! { <EmptyState icon=Glyph::Search title="Nothing found" text action /> }.into_any();
    }
    let text = "An environment is a place for data: tables of rows, encrypted under a key of its own.";
    let action = data
        .create
        .allowed()
        .then(|| view! { <ButtonLink label="New environment" href="/environments/new" look=Look::Primary /> })
        .into_any();
    view! { <EmptyState icon=Glyph::Environment title="No environments yet" text action /> }.into_any()
}

fn row(line: ViewListed) -> Row {
    let ViewListed { id, name, kind, state, region, created, key, reencrypting, deletion, ineligible } = line;
    let href = format!("/environments/{id}");
    let encryption = match &key {
        Some(key) => view! { {whose_key(true)} <span class="cell-note">{key.clone()}</span> }.into_any(),
        None => whose_key(false),
    };
    let state = if reencrypting { State::Reencrypting } else { state };
    Row::new(id, name.clone())
        .cell(view! { <a href=href>{name}</a> })
        .cell(kind)
        .cell(view! { <StateBadge state label=deletion.unwrap_or_default() /> })
        .cell(region)
        .cell(view! { <Time at=created /> })
        .cell(encryption)
        .cell(eligibility(key.is_some(), ineligible))
}

fn eligibility(uses: bool, reasons: Vec<String>) -> AnyView {
    if uses {
        return view! { <span class="muted">"In use"</span> }.into_any();
    }
    if reasons.is_empty() {
        return view! { <Badge label="Eligible" tone=Tone::Success /> }.into_any();
    }
    view! {
        <Badge label="Not eligible" />
        <span class="cell-note">{reasons.join(" ")}</span>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
mod build {
    use super::{Query, ViewEnvironments, ViewListed};
    use crate::{error::UiError, pages::environments::data::state, view::ViewDecision};
    use domain::{
        Timestamp,
        actions::Action,
        environments::{EnvironmentFacts, EnvironmentState, EnvironmentType, ineligible},
        policy,
        time::human_span,
    };
    use service::{
        Caller, Portal,
        store::{
            Cursor,
            environments::{Filter, Listed, Sort},
            rings::Ring,
        },
    };

    pub(super) async fn environments(
        portal: &Portal,
        caller: &Caller,
        query: Query,
    ) -> Result<ViewEnvironments, UiError> {
        let rings = service::keys::rings(portal, caller).await?;
        let text = |value: &str| (!value.is_empty()).then(|| value.to_owned());
        let filter = Filter {
            search: text(&query.search),
            kind: EnvironmentType::parse(&query.kind),
            state: EnvironmentState::parse(&query.encryption),
            ring: rings.iter().find(|ring| ring.region == query.region).map(|ring| domain::RingId(ring.id)),
            only: None,
        };
        let after = Cursor::parse(&query.after);
        let page = service::environments::list(portal, caller, filter, sort(&query.sort), after, 50).await?;
        let now = portal.clock().now();
        let create = service::decide(caller, Action::EnvironmentCreate, None);
        Ok(ViewEnvironments {
            environments: page.items.iter().map(|listed| ViewListed::new(listed, &rings, now)).collect(),
            regions: rings.into_iter().map(|ring| ring.region).collect(),
            next: page.next.map(|cursor| cursor.to_string()),
            create: ViewDecision::new(&create, now),
            sees_keys: caller.may(Action::KeyRead, None),
            query,
        })
    }

    fn sort(text: &str) -> Sort {
        match text {
            "-name" => Sort::NameDescending,
            "created" => Sort::Created,
            "-created" => Sort::CreatedDescending,
            _ => Sort::Name,
        }
    }

    impl ViewListed {
        fn new(listed: &Listed, rings: &[Ring], now: Timestamp) -> Self {
            let environment = &listed.environment;
            let ring = rings.iter().find(|ring| ring.id == environment.ring_id.0);
            let facts = EnvironmentFacts {
                name: environment.name.clone(),
                kind: environment.kind,
                state: environment.state,
                state_since: environment.state_since,
                storage: environment.storage,
                created_at: environment.created_at,
                has_files: listed.has_files,
                job_running: false,
            };
            let enabled = ring.and_then(|ring| ring.enabled_at).map(Timestamp);
            Self {
                id: environment.id.to_string(),
                name: environment.name.clone(),
                kind: environment.kind.label().to_owned(),
                state: state(environment.state),
                region: listed.region.clone(),
                created: environment.created_at.into(),
                key: listed.key_name.clone(),
                reencrypting: listed.reencrypting,
                deletion: policy::deletion_at(&facts)
                    .filter(|_| environment.state == EnvironmentState::Locked)
                    .map(|at| format!("Locked, deleted in {}", human_span(at.since(now)))),
                ineligible: ineligible(&facts, enabled).into_iter().map(str::to_owned).collect(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_and_the_query_are_one() {
        let query = Query::parse("?search=pay%20roll&type=sandbox&sort=-created&after=x");
        assert_eq!(query.search, "pay roll");
        assert!(query.filtered());
        assert_eq!(query.address("name", ""), "/environments?search=pay%20roll&type=sandbox&sort=name");
        assert!(!Query::parse("sort=created").filtered());
    }
}
