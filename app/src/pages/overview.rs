//! The start page: what there is, what runs, what is missing.

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
    /// The Active key, `(name, address)`.
    pub active: Option<(String, String)>,
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
    let regions: Vec<_> = data.regions.into_iter().map(|region| view_region(region, several)).collect();
    view! {
        <PageHeader title="Overview" subtitle=data.tenant />
        <CommandBar>
            <CommandButton id="new" icon=Glyph::Add label="New environment" run=new look=Look::Primary />
            <CommandButton id="refresh" icon=Glyph::Refresh label="Refresh" run=Run::load("/", None) />
        </CommandBar>
        {missing}
        {regions}
        {operations(data.operations)}
    }
    .into_any()
}

fn view_region(region: ViewRegion, several: bool) -> AnyView {
    let heading = several.then(|| view! { <h2 class="region">{region.name.clone()}</h2> });
    let locked = region.locked.clone().map(|lock| locked_bar(&region.name, lock));
    let asked = region.asked.clone().map(asked_bar);
    view! {
        {heading}
        {locked}
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
        Some((name, href)) => view! { <a href=href>{name}</a> }.into_any(),
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
    let figure = format!("{} of {}", count(region.self_managed), count(region.environments));
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
        {timer("Lock possible", &region.lock_held, region.lock_from.clone(), "72 h after a key change")}
    };
    region.ever_activated.then(|| cards.into_any())
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

#[cfg(feature = "ssr")]
mod build {
    use super::{ViewAsked, ViewLock, ViewOverview, ViewRegion};
    use crate::{error::UiError, ui::*, view::ViewDecision, view::ViewOperation};
    use domain::{Timestamp, approvals::Approval, environments::EnvironmentState, rings::LOCKED_AT_MOST};
    use service::{
        Caller, Portal,
        overview::{self, RegionOverview},
    };

    pub(super) async fn overview(portal: &Portal, caller: &Caller) -> Result<ViewOverview, UiError> {
        let place = overview::place(portal, caller).await?;
        let found = overview::overview(portal, caller).await?;
        let mut missing: Vec<Check> = found.regions.iter().filter_map(missing_key).collect();
        missing.extend(missing_people(found.administrators));
        missing.extend(missing_mail(portal.settings().smtp_configured));
        Ok(ViewOverview {
            tenant: place.tenant,
            regions: found.regions.iter().map(|region| ViewRegion::new(region, found.now)).collect(),
            operations: found.operations.iter().map(|job| ViewOperation::new(job, found.now)).collect(),
            missing,
            create: ViewDecision::new(&found.create, found.now),
        })
    }

    impl ViewRegion {
        fn new(region: &RegionOverview, now: Timestamp) -> Self {
            let count = |state| region.by_state.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n);
            let deadline = |at: Option<Timestamp>| at.map(|at| Deadline::new(at, now));
            let active = region.active.as_ref();
            Self {
                name: region.ring.region.clone(),
                active: active.map(|key| (key.name.clone(), format!("/encryption-keys/{}", key.id))),
                activated: active.and_then(|key| key.activated_at).map(Into::into),
                states: region.by_state.iter().map(|(s, n)| (s.label().to_owned(), *n)).collect(),
                environments: region.by_state.iter().map(|(_, n)| n).sum(),
                self_managed: count(EnvironmentState::SelfManaged),
                locked: lock(region),
                activation_held: region.facts.activation_held().map(str::to_owned),
                lock_held: region.facts.lock_held().map(str::to_owned),
                activation_from: deadline(region.facts.next_activation_at(now)),
                lock_from: deadline(region.facts.lock_allowed_at(now)),
                ever_activated: region.facts.ever_activated,
                asked: region.asked.as_ref().map(|asked| ViewAsked::new(asked, &region.ring.region)),
            }
        }
    }

    impl ViewAsked {
        fn new(asked: &Approval, region: &str) -> Self {
            let what = asked.change.of(&asked.key_name);
            Self {
                title: match &asked.approver {
                    Some(approver) => {
                        format!("{approver} has approved to {what}; {} may do it.", asked.asker)
                    }
                    None => format!("{} asks to {what}.", asked.asker),
                },
                until: asked.expires_at().into(),
                page: crate::url::with_query("/encryption-keys", &[("region", region)]),
            }
        }
    }

    fn lock(region: &RegionOverview) -> Option<ViewLock> {
        let locked = |state: EnvironmentState| {
            matches!(
                state,
                EnvironmentState::Locking | EnvironmentState::Locked | EnvironmentState::Unlocking
            )
        };
        let environments = region.by_state.iter().filter(|(state, _)| locked(*state)).map(|(_, n)| n).sum();
        let since = region.facts.lock_started_at.filter(|_| environments > 0)?;
        let name = region.ring.region.as_str();
        Some(ViewLock {
            environments,
            since: since.into(),
            deletion: (since + LOCKED_AT_MOST).into(),
            way: crate::url::with_query("/environments", &[("encryption", "locked"), ("region", name)]),
        })
    }

    fn check(label: String, detail: Option<String>, fix: Option<(&str, String)>) -> Check {
        let fix = fix.map(|(words, href)| (words.to_owned(), href));
        Check { label, outcome: Outcome::Failed, detail, fix }
    }

    /// A region without an Active key, for those who may bring one.
    fn missing_key(region: &RegionOverview) -> Option<Check> {
        if region.active.is_some() || region.facts.installing.is_some() || lock(region).is_some() {
            return None;
        }
        let name = &region.ring.region;
        let keys = crate::url::with_query("/encryption-keys", &[("region", name)]);
        Some(match &region.add_key {
            Ok(()) if region.available > 0 => {
                let detail = "A key is there; activate it.".to_owned();
                check(
                    format!("No active key in {name}"),
                    Some(detail),
                    Some(("Manage encryption keys", keys)),
                )
            }
            Ok(()) => {
                let detail = "Bring a key of your own, then apply it to environments.".to_owned();
                let new = crate::url::with_query("/encryption-keys/new", &[("region", name)]);
                check(format!("No key in {name}"), Some(detail), Some(("New key", new)))
            }
            Err(refusal) => check(format!("No key in {name}"), Some(refusal.detail.clone()), None),
        })
    }

    /// PP-034: a roll-back of an unauthorised change needs somebody else.
    fn missing_people(administrators: usize) -> Option<Check> {
        let detail = "Only another administrator can notice and roll back an unauthorised key change. \
                      The operator adds one with `keystead admin`."
            .to_owned();
        (administrators < 2).then(|| check("There is only one administrator".to_owned(), Some(detail), None))
    }

    fn missing_mail(configured: bool) -> Option<Check> {
        let detail = "Notices about key changes stay in this portal until the operator sets a mail server.";
        let fix = Some(("Notifications", "/notifications".to_owned()));
        (!configured).then(|| check("No mail server is set".to_owned(), Some(detail.to_owned()), fix))
    }
}
