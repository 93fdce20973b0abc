//! Steps: of a wizard, of a long operation, of a check.

use super::icon::{Glyph, Icon, Spinner};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How far a step is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum StepState {
    Done,
    Current,
    Waiting,
    Failed,
    /// It was ended before it was through.
    Cancelled,
}

/// One step of something long.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// What it does.
    pub label: String,
    /// How far it is.
    pub state: StepState,
    /// Counts, rate, what went wrong: "746,553 of 1,204,118 rows".
    pub detail: Option<String>,
    /// When it ended or began: "09:12:04".
    pub time: Option<String>,
}

impl Step {
    /// A step with nothing to say yet.
    pub fn new(label: impl Into<String>, state: StepState) -> Self {
        Self { label: label.into(), state, detail: None, time: None }
    }

    /// Adds counts or a reason.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds its time.
    #[must_use]
    pub fn time(mut self, time: impl Into<String>) -> Self {
        self.time = Some(time.into());
        self
    }
}

/// The steps, one under the other, or side by side above a wizard's page.
#[component]
pub fn Steps(
    /// In order.
    steps: Vec<Step>,
    /// Side by side, where there is room.
    #[prop(optional)]
    across: bool,
) -> AnyView {
    let steps: Vec<_> = steps.into_iter().map(step).collect();
    view! { <ol class=if across { "steps across" } else { "steps" }>{steps}</ol> }.into_any()
}

fn step(step: Step) -> AnyView {
    let Step { label, state, detail, time } = step;
    let (class, word, icon) = match state {
        StepState::Done => ("step done", "Done: ", view! { <Icon name=Glyph::Success /> }),
        StepState::Current => ("step current", "Now: ", view! { <Spinner /> }),
        StepState::Waiting => ("step", "Next: ", view! { <Icon name=Glyph::Circle /> }),
        StepState::Cancelled => ("step", "Cancelled: ", view! { <Icon name=Glyph::Off /> }),
        StepState::Failed => ("step failed", "Failed: ", view! { <Icon name=Glyph::Error /> }),
    };
    view! {
        <li class=class aria-current=(state == StepState::Current).then_some("step")>
            {icon}
            <span class="step-label">
                <span class="visually-hidden">{word}</span>
                {label}
                {detail.map(|detail| view! { <span class="step-detail">{detail}</span> })}
            </span>
            {time.map(|time| view! { <span class="step-time">{time}</span> })}
        </li>
    }
    .into_any()
}
