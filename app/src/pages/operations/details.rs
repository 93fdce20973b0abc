//! One job: its steps with times, counts, rate, time left, and why it failed.

use super::{
    after_lock::{self, ViewAfterLock},
    report::{ViewReport, report},
};
use crate::{
    error::UiError,
    forms,
    pages::load::*,
    ui::*,
    view::{self, ViewDecision, ViewOperation},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewJobDetails {
    pub operation: ViewOperation,
    /// What it is about, and where to see that.
    pub about: (String, Option<String>),
    /// What a copy or a restore takes, and where to see that.
    pub from: Option<(String, String)>,
    pub region: String,
    pub by: String,
    pub started: Option<Moment>,
    /// "2 min": from its start to its end.
    pub took: Option<String>,
    /// How often a worker took it up: more than once after a crash or a restart.
    pub attempts: u32,
    /// How many lines of its file an import has refused.
    pub refused: u64,
    /// Whether it may be cancelled now; none where that is out of the question.
    pub cancel: Option<ViewDecision>,
    /// Of a lock that has ended.
    pub after_lock: Option<ViewAfterLock>,
    /// Of an import.
    pub report: Option<ViewReport>,
}

impl PageData for ViewJobDetails {
    fn title(&self) -> String {
        self.operation.label.clone()
    }

    fn running(&self) -> bool {
        !self.operation.over
    }
}

/// The job of this id; an import's report begins after line `after`.
#[server(prefix = "/fn", endpoint = "operation")]
pub async fn operation(id: String, after: String) -> Result<ViewJobDetails, UiError> {
    let (portal, caller) = crate::request::request()?;
    let id = id.parse().map_err(|_| UiError::not_found("operation"))?;
    let found = service::operations::get(&portal, &caller, id).await?;
    let about = service::operations::about(&portal, &caller, std::slice::from_ref(&found)).await?;
    let about = about.into_iter().next().unwrap_or_default();
    Ok(ViewJobDetails {
        operation: ViewOperation::new(&found, portal.clock().now()),
        about: super::about(&about),
        from: super::from(&about),
        refused: about.refused,
        region: about.region,
        by: about.created_by,
        started: found.started_at.map(Into::into),
        took: super::took(&found),
        cancel: cancel(&caller, &found, portal.clock().now()),
        attempts: found.attempts,
        after_lock: ViewAfterLock::load(&portal, &caller, &found).await?,
        report: ViewReport::load(&portal, &caller, &found, after.parse().unwrap_or(0)).await?,
    })
}

/// What is over needs no button, nor does what never can be cancelled.
#[cfg(feature = "ssr")]
fn cancel(
    caller: &service::Caller,
    found: &service::store::operations::Operation,
    now: domain::Timestamp,
) -> Option<ViewDecision> {
    let shown = !found.state.is_over() && found.kind.point_of_no_return() > 0;
    shown.then(|| ViewDecision::new(&service::operations::may_cancel(caller, found), now))
}

/// `/operations/{id}`.
#[component]
pub fn Operation() -> AnyView {
    page(|input| operation(input.id.clone(), input.value("after")), show)
}

fn show(data: ViewJobDetails) -> AnyView {
    let ViewJobDetails { operation, about, after_lock, report: lines, .. } = data.clone();
    let ViewOperation { id, label, state, over, online, undoing, error, facts, mut steps, .. } = operation;
    if after_lock.as_ref().is_some_and(|after| after.root_key_same) {
        not_replaced(&mut steps);
    }
    let refused = super::refused(data.refused).map(|label| view! { <Badge label tone=Tone::Warning /> });
    let aside = view! {
        <StateBadge state />
        {refused}
        {(online && !over).then(|| view! { <Badge label="No downtime" tone=Tone::Success /> })}
        {undoing.then(|| view! { <Badge label="Being undone" tone=Tone::Warning /> })}
    };
    let cancel = cancel_button(&data);
    let (tone, title) = match state {
        State::Cancelled => (Tone::Info, "It was cancelled."),
        State::Failed => (Tone::Error, "It failed."),
        _ => (Tone::Error, "Something went wrong."),
    };
    let error = error.map(|error| view! { <MessageBar tone title>{view::told(&error)}</MessageBar> });
    view! {
        <PageHeader
            title=label.clone()
            subtitle=about.0.clone()
            trail=vec![("Operations".to_owned(), "/operations".to_owned())]
            aside=aside.into_any()
        />
        {error}
        {forms::summary(&[])}
        <Card title="Progress">
            <OperationProgress label facts=facts.filter(|_| !over) steps />
            {cancel}
        </Card>
        {after_lock.map(after_lock::card)}
        {lines.map(|lines| report(&id, lines))}
        {facts_card(data)}
    }
    .into_any()
}

/// A lock is done although its root key could not be replaced; that is tried again beside it.
fn not_replaced(steps: &mut [Step]) {
    let step = steps.iter_mut().find(|step| step.label == domain::operations::REPLACE_ROOT_KEY);
    if let Some(step) = step {
        step.state = StepState::Failed;
        step.detail = Some("Not done yet".to_owned());
    }
}

/// Nothing is lost by it: what the operation works on is as it was.
fn cancel_button(data: &ViewJobDetails) -> Option<AnyView> {
    let decision = data.cancel.clone()?;
    let run = Run::submit("cancel", decision.why);
    let action = format!("/operations/{}", data.operation.id);
    let form = view! {
        <form id="cancel" method="post" action=action></form>
        <div class="actions">
            <CommandButton id="cancel-operation" icon=Glyph::Close label="Cancel the operation" run look=Look::Secondary />
        </div>
    };
    Some(form.into_any())
}

fn facts_card(data: ViewJobDetails) -> AnyView {
    let ViewJobDetails { operation, about: (about, href), from, region, by, started, took, attempts, .. } =
        data;
    let about = match href {
        Some(href) => view! { <a href=href>{about}</a> }.into_any(),
        None => about.into_any(),
    };
    view! {
        <Card title="Facts">
            <Facts>
                <Fact name="About">{about}</Fact>
                {from.map(|(from, href)| view! { <Fact name="From"><a href=href>{from}</a></Fact> })}
                <Fact name="Region">{region}</Fact>
                <Fact name="Started by">{by}</Fact>
                <Fact name="Asked for">
                    <Time at=operation.created />
                </Fact>
                {started.map(|at| view! { <Fact name="Began"><Time at /></Fact> })}
                {operation.finished.map(|at| view! { <Fact name="Ended"><Time at /></Fact> })}
                {took.map(|took| view! { <Fact name="Took">{took}</Fact> })}
                {(attempts > 1).then(|| view! { <Fact name="Taken up">{format!("{attempts} times")}</Fact> })}
            </Facts>
        </Card>
    }
    .into_any()
}
