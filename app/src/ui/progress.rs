//! How far a long operation is.

use super::steps::{Step, Steps};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where an operation is, in the server's words.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ProgressFacts {
    /// Done so far; none when it cannot be counted.
    pub done: Option<u64>,
    /// Of how many.
    pub total: u64,
    /// "746,553 of 1,204,118 rows".
    pub counted: String,
    /// "31,000 rows/s".
    pub rate: Option<String>,
    /// "15 s left", "up to an hour".
    pub left: Option<String>,
}

/// A bar with its figures under it; without a count it only says that something runs.
#[component]
pub fn Progress(
    /// What runs, read out.
    #[prop(into)]
    label: String,
    /// How far.
    facts: ProgressFacts,
) -> AnyView {
    let ProgressFacts { done, total, counted, rate, left } = facts;
    let percent = done.map(|done| percent(done, total));
    let figures: Vec<_> = [percent.map(|percent| format!("{percent} %")), Some(counted), rate, left]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .map(|text| view! { <li>{text}</li> })
        .collect();
    view! {
        <div class="progress">
            <progress aria-label=label max="100" value=percent.map(|percent| percent.to_string())></progress>
            <ul class="figures">{figures}</ul>
        </div>
    }
    .into_any()
}

/// Whole per cent, 100 only when all is done.
fn percent(done: u64, total: u64) -> u64 {
    if total == 0 || done >= total {
        100
    } else {
        u64::try_from(u128::from(done) * 100 / u128::from(total)).unwrap_or(99)
    }
}

/// The progress of an operation with its steps.
#[component]
pub fn OperationProgress(
    /// "Applying contoso-2026": read out as the bar's name.
    #[prop(into)]
    label: String,
    /// How far the current step is.
    #[prop(optional_no_strip)]
    facts: Option<ProgressFacts>,
    /// Its steps.
    steps: Vec<Step>,
) -> AnyView {
    view! {
        <div class="operation">
            {facts.map(|facts| view! { <Progress label facts /> })}
            <Steps steps />
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_per_cent_means_done() {
        assert_eq!(percent(0, 10), 0);
        assert_eq!(percent(746_553, 1_204_118), 61);
        assert_eq!(percent(999_999, 1_000_000), 99);
        assert_eq!(percent(10, 10), 100);
        assert_eq!(percent(0, 0), 100);
        assert_eq!(percent(u64::MAX - 1, u64::MAX), 99);
    }
}
