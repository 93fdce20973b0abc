//! A running or ended operation, on any page that shows one.

use crate::ui::{Badge, Card, Moment, OperationProgress, ProgressFacts, State, StateBadge, Step, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// An operation as pages show it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewOperation {
    pub id: String,
    /// "Apply your own key".
    pub label: String,
    pub state: State,
    /// Whether it has ended.
    pub over: bool,
    /// Whether what it works on stays available meanwhile.
    pub online: bool,
    /// It failed and what it did is being taken back.
    pub undoing: bool,
    /// Why it failed, or who cancelled it.
    pub error: Option<String>,
    pub created: Moment,
    pub finished: Option<Moment>,
    pub facts: Option<ProgressFacts>,
    pub steps: Vec<Step>,
}

/// The card of an operation: its name, its state, how far it is, and the way to its own page.
pub fn operation_card(operation: ViewOperation) -> AnyView {
    let ViewOperation { id, label, state, over, online, undoing, error, facts, steps, .. } = operation;
    let tone = if state == State::Cancelled { "muted" } else { "field-error" };
    let aside = view! {
        <span class="badges">
            {(online && !over).then(|| view! { <Badge label="No downtime" tone=Tone::Success /> })}
            {undoing.then(|| view! { <Badge label="Being undone" tone=Tone::Warning /> })}
            <StateBadge state />
        </span>
    };
    view! {
        <Card title=label.clone() aside=aside.into_any()>
            {error.map(|error| view! { <p class=tone>{error}</p> })}
            <OperationProgress label facts=facts.filter(|_| !over) steps />
            <p>
                <a href=format!("/operations/{id}")>"Show the operation"</a>
            </p>
        </Card>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
mod build {
    use super::ViewOperation;
    use crate::ui::{ProgressFacts, State, Step, StepState};
    use crate::view::{count, size};
    use domain::{
        Timestamp,
        operations::{OperationKind, OperationState},
        time::human_span,
    };
    use service::store::operations::Operation;

    impl ViewOperation {
        /// The operation as it stands at `now`.
        pub fn new(operation: &Operation, now: Timestamp) -> Self {
            Self {
                id: operation.id.to_string(),
                label: operation.kind.label().to_owned(),
                state: state(operation.state),
                over: operation.state.is_over(),
                online: matches!(
                    operation.kind,
                    OperationKind::KeyInstall
                        | OperationKind::KeyRewrap
                        | OperationKind::EnvironmentBackup
                        | OperationKind::RowImport
                ),
                undoing: operation.undoing && !operation.state.is_over(),
                error: operation.error.clone(),
                created: operation.created_at.into(),
                finished: operation.finished_at.map(Into::into),
                facts: facts(operation, now),
                steps: steps(operation),
            }
        }
    }

    const fn state(state: OperationState) -> State {
        match state {
            OperationState::Queued => State::Queued,
            OperationState::Running => State::Running,
            OperationState::Succeeded => State::Succeeded,
            OperationState::Failed => State::Failed,
            OperationState::Cancelled => State::Cancelled,
        }
    }

    /// What is counted: rows, data keys.
    const fn unit(kind: OperationKind) -> &'static str {
        match kind {
            OperationKind::KeyRewrap => "data keys",
            OperationKind::KeyInstall => "keys",
            OperationKind::KeyLock => "environments",
            _ => "rows",
        }
    }

    fn counted(kind: OperationKind, done: u64, total: u64) -> String {
        match kind {
            OperationKind::RowImport => format!("{} of {}", size(done), size(total)),
            _ => format!("{} of {}", count(done), amount(kind, total)),
        }
    }

    fn amount(kind: OperationKind, n: u64) -> String {
        match kind {
            OperationKind::RowImport => size(n),
            _ => format!("{} {}", count(n), unit(kind)),
        }
    }

    fn facts(operation: &Operation, now: Timestamp) -> Option<ProgressFacts> {
        let (done, total) = (operation.done, operation.total);
        let counting = operation.step_times.get(operation.step).copied().filter(|_| done > 0);
        let seconds = counting.map_or(0, |since| now.since(since).as_millis()) as u64 / 100;
        // Tenths of a second: a rate after less than one is noise.
        let rate = (seconds >= 10).then(|| done.saturating_mul(10) / seconds).filter(|rate| *rate > 0);
        let left = rate.map(|rate| std::time::Duration::from_secs(total.saturating_sub(done) / rate));
        (total > 0).then(|| ProgressFacts {
            done: Some(done),
            total,
            counted: counted(operation.kind, done, total),
            rate: rate.map(|rate| format!("{}/s", amount(operation.kind, rate))),
            left: left.map(|left| format!("about {} left", human_span(left))),
        })
    }

    fn steps(operation: &Operation) -> Vec<Step> {
        let labels = operation.kind.steps();
        labels.iter().enumerate().map(|(at, label)| step(operation, at, label)).collect()
    }

    fn step(operation: &Operation, at: usize, label: &str) -> Step {
        let state = match operation.state {
            OperationState::Succeeded => StepState::Done,
            OperationState::Queued => StepState::Waiting,
            _ if at < operation.step => StepState::Done,
            _ if at > operation.step => StepState::Waiting,
            OperationState::Cancelled => StepState::Cancelled,
            OperationState::Failed => StepState::Failed,
            OperationState::Running => StepState::Current,
        };
        let mut step = Step::new(label, state);
        step.time = operation.step_times.get(at).map(|at| clock(*at));
        step
    }

    /// `09:12:04 UTC`: within an operation the day is known.
    fn clock(at: Timestamp) -> String {
        format!("{} UTC", at.rfc3339().get(11..19).unwrap_or_default())
    }
}
