//! What must be true before something may be done, line by line, each with its cure.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The outcome of one check.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Outcome {
    Passed,
    Failed,
    /// Could not be found out: the vault does not answer.
    Unknown,
}

/// One check.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Check {
    /// What is wanted: "Soft delete is on".
    pub label: String,
    /// Whether it is so.
    pub outcome: Outcome,
    /// What was found, and what to do when that is not enough.
    pub detail: Option<String>,
    /// Where it can be mended, `(words, URL)`.
    pub fix: Option<(String, String)>,
}

/// The checks (rules §5.0, ReadinessChecklist).
#[component]
pub fn Checklist(
    /// In the order in which they should be mended.
    checks: Vec<Check>,
) -> AnyView {
    let lines: Vec<_> = checks.into_iter().map(line).collect();
    view! { <ul class="checklist">{lines}</ul> }.into_any()
}

fn line(check: Check) -> AnyView {
    let Check { label, outcome, detail, fix } = check;
    let (class, word, glyph) = match outcome {
        Outcome::Passed => ("check passed", "Passed: ", Glyph::Success),
        Outcome::Failed => ("check failed", "Failed: ", Glyph::Error),
        Outcome::Unknown => ("check unknown", "Not known: ", Glyph::Help),
    };
    view! {
        <li class=class>
            <Icon name=glyph />
            <span>
                <span class="visually-hidden">{word}</span>
                {label}
                {detail.map(|detail| view! { <span class="check-detail">{detail}</span> })}
            </span>
            {fix.map(|(words, href)| view! { <a href=href>{words}</a> })}
        </li>
    }
    .into_any()
}
