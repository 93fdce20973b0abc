//! The start page: what there is, what runs, what is missing.

#[cfg(feature = "ssr")]
mod build;

use crate::{
    error::UiError,
    pages::load::*,
    ui::*,
    view::{LockBar, ViewDecision, ViewOperation, clock_card, count, counted, lock_bar},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One region.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewRegion {
    pub name: String,
    /// The Active key, `(name, address)`; no address for who may not look at keys.
    pub active: Option<(String, Option<String>)>,
    pub activated: Option<Moment>,
    /// How many environments are in each state, `(words, number)`.
    pub states: Vec<(String, u64)>,
    pub environments: u64,
    pub self_managed: u64,
    /// What is locked, if anything that the caller sees is.
    pub locked: Option<ViewLock>,
    /// What holds activations and locks, whatever the clocks say.
    pub activation_held: Option<String>,
    pub lock_held: Option<String>,
    /// T24 and T72: none when it is possible now, or no key was ever active.
    pub activation_from: Option<Deadline>,
    pub lock_from: Option<Deadline>,
    pub ever_activated: bool,
    /// Two-person rule: what waits for an answer.
    pub asked: Option<ViewAsked>,
}

/// A change that waits for another administrator, or is approved and waits for who asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewAsked {
    /// "ada@… asks to activate contoso-2027."
    pub title: String,
    pub until: Moment,
    /// Where it is answered.
    pub page: String,
}

/// Environments that nobody can read or write.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewLock {
    pub environments: u64,
    pub since: Moment,
    /// T28: when what is still locked is deleted.
    pub deletion: Moment,
    /// Where the way back begins.
    pub way: String,
}

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewOverview {
    pub tenant: String,
    pub regions: Vec<ViewRegion>,
    pub operations: Vec<ViewOperation>,
    /// What is missing, and where to mend it; empty when nothing is.
    pub missing: Vec<Check>,
    pub create: ViewDecision,
}

impl PageData for ViewOverview {
    fn title(&self) -> String {
        "Overview".to_owned()
    }

    fn running(&self) -> bool {
        self.operations.iter().any(|operation| !operation.over)
    }
}

/// The start page of the caller.
#[server(prefix = "/fn", endpoint = "overview")]
pub async fn overview() -> Result<ViewOverview, UiError> {
    let (portal, caller) = crate::request::request()?;
    build::overview(&portal, &caller).await
}

/// `/`.
#[component]
pub fn Overview() -> AnyView {
    page(|_| overview(), show)
}

fn show(data: ViewOverview) -> AnyView {
    let several = data.regions.len() > 1;
    let missing = (!data.missing.is_empty()).then(|| {
        view! {
            <Card title="What is missing">
                <Checklist checks=data.missing />
            </Card>
        }
    });
    let new = Run::link("/environments/new", data.create.why.clone());
    // The gravest first.
    let locked =
        data.regions.iter().filter_map(|region| Some(locked_bar(&region.name, region.locked.clone()?)));
    let locked: Vec<_> = locked.collect();
    let regions: Vec<_> = data.regions.into_iter().map(|region| view_region(region, several)).collect();
    view! {
        <PageHeader title="Overview" subtitle=data.tenant />
        <CommandBar>
            <CommandButton id="new" icon=Glyph::Add label="New environment" run=new look=Look::Primary />
            <CommandButton id="refresh" icon=Glyph::Refresh label="Refresh" run=Run::load("/", None) />
        </CommandBar>
        {locked}
        {missing}
        {regions}
        {operations(data.operations)}
    }
    .into_any()
}

fn view_region(region: ViewRegion, several: bool) -> AnyView {
    let heading = several.then(|| view! { <h2 class="region">{region.name.clone()}</h2> });
    let asked = region.asked.clone().map(asked_bar);
    view! {
        {heading}
        {asked}
        <Cards>{key_card(&region)} {environments_card(&region)} {timer_cards(&region)}</Cards>
    }
    .into_any()
}

fn locked_bar(region: &str, lock: ViewLock) -> AnyView {
    let ViewLock { environments, since, deletion, way } = lock;
    let many = counted(environments, "environment is", "environments are");
    lock_bar(LockBar {
        title: format!("{many} locked in {region}."),
        since,
        then: ().into_any(),
        deletion: Some(deletion),
        region: true,
        actions: view! { <ButtonLink label="Show the way back" href=way /> }.into_any(),
    })
}

fn asked_bar(ViewAsked { title, until, page }: ViewAsked) -> AnyView {
    let actions = view! { <ButtonLink label="Look at it" href=page /> }.into_any();
    view! { <MessageBar tone=Tone::Warning title actions>"It waits until " <Time at=until /> "."</MessageBar> }
        .into_any()
}

fn key_card(region: &ViewRegion) -> AnyView {
    let note = match &region.activated {
        Some(at) => view! { "Active since " <Time at=at.clone() /> }.into_any(),
        None if region.locked.is_some() => "Only the locked key's own file brings it back.".into_any(),
        None => "Environments use the Microsoft-provided key.".into_any(),
    };
    let value = match region.active.clone() {
        Some((name, Some(href))) => view! { <a href=href>{name}</a> }.into_any(),
        Some((name, None)) => name.into_any(),
        None => "None".into_any(),
    };
    view! {
        <FigureCard label="Active key" note>
            {value}
        </FigureCard>
    }
    .into_any()
}

fn environments_card(region: &ViewRegion) -> AnyView {
    let states: Vec<String> =
        region.states.iter().map(|(words, n)| format!("{} {words}", count(*n))).collect();
    let note = if states.is_empty() { "No environments yet.".to_owned() } else { states.join(" · ") };
    let locked = region.locked.as_ref().map_or(0, |lock| lock.environments);
    let figure = format!("{} of {}", count(region.self_managed + locked), count(region.environments));
    let href = crate::url::with_query("/environments", &[("region", &region.name)]);
    view! {
        <FigureCard label="Environments on your own key" note=note.into_any()>
            <a href=href>{figure}</a>
        </FigureCard>
    }
    .into_any()
}

/// Both clocks, once there was a change that they count from.
fn timer_cards(region: &ViewRegion) -> Option<AnyView> {
    let cards = view! {
        {timer("Next activation", &region.activation_held, region.activation_from.clone(), "24 h after a key change")}
        {lock_timer(region)}
    };
    region.ever_activated.then(|| cards.into_any())
}

/// Without an Active key nothing can be locked, whatever the clock says.
fn lock_timer(region: &ViewRegion) -> AnyView {
    let label = "Lock possible";
    match region.active {
        Some(_) => timer(label, &region.lock_held, region.lock_from.clone(), "72 h after a key change"),
        None => clock_card(label, &region.lock_held, "Not yet".into_any(), "No key is Active.".into_any()),
    }
}

fn timer(label: &'static str, held: &Option<String>, from: Option<Deadline>, rule: &'static str) -> AnyView {
    let (value, note) = match from {
        Some(until) => {
            let at = until.at.clone();
            let value = view! { <Countdown until absolute=false /> }.into_any();
            (value, view! { {rule} " · " <Time at /> }.into_any())
        }
        None => ("Now".into_any(), rule.into_any()),
    };
    clock_card(label, held, value, note)
}

fn operations(operations: Vec<ViewOperation>) -> AnyView {
    let columns = vec![Column::new("Operation"), Column::new("State"), Column::new("Asked for")];
    let text = "Activating a key, applying it and importing rows run as operations.";
    let empty = view! { <EmptyState icon=Glyph::Operation title="No operations yet" text /> };
    let rows = operations.into_iter().map(|operation| {
        let ViewOperation { id, label, state, created, .. } = operation;
        let href = format!("/operations/{id}");
        Row::new(id, label.clone())
            .cell(view! { <a href=href>{label}</a> })
            .cell(view! { <StateBadge state /> })
            .cell(view! { <Time at=created /> })
    });
    view! {
        <DataTable caption="Recent operations" titled=true columns rows=rows.collect() empty=empty.into_any() />
    }
    .into_any()
}
