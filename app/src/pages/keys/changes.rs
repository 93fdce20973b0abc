//! What is done about a key change that somebody did not know of: reported, cleared, rolled back.

use super::{
    data::{ViewKeys, keys},
    list::list,
};
use crate::{error::UiError, forms, pages::load::*, ui::*, view, view::ViewDecision};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The list and, over it, the question whether to report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct ViewReport {
    list: ViewKeys,
    /// What a mail's link brings along; empty when the page was reached otherwise.
    link: String,
}

impl PageData for ViewReport {
    fn title(&self) -> String {
        "Report a key change".to_owned()
    }
}

/// `/encryption-keys/report`.
#[component]
pub fn ReportChange() -> AnyView {
    page(|input| report_data(input.value("region"), input.value("link")), report)
}

async fn report_data(region: String, link: String) -> Result<ViewReport, UiError> {
    Ok(ViewReport { list: keys(region, String::new()).await?, link })
}

fn report(ViewReport { list: data, link }: ViewReport) -> AnyView {
    let consequences = vec![
        format!("No key of {} is activated, rolled back to or locked with until it is cleared.", data.region),
        data.clearing.clone(),
        "All administrators are notified by mail at once.".to_owned(),
    ];
    let active = data.active().map(|key| key.name.clone()).or_else(|| data.installing.clone());
    let intro = match active {
        Some(key) => format!("You say that nobody you trust has made {key} the key of {}.", data.region),
        None => "You say that nobody you trust has changed the key.".to_owned(),
    };
    let body = view! {
        <input type="hidden" name="link" value=link />
        <p>{intro}</p>
    };
    let question = Question {
        title: "This was not us".to_owned(),
        path: "/encryption-keys/report",
        confirm: "Report and stop key changes",
        danger: true,
        consequences,
        body: body.into_any(),
    };
    asked(&data, &data.report_change, "The change cannot be reported now.", || dialog(&data, question))
}

/// `/encryption-keys/clear-report`.
#[component]
pub fn ClearReport() -> AnyView {
    page(|input| keys(input.value("region"), String::new()), clear)
}

fn clear(data: ViewKeys) -> AnyView {
    let reporter = data.reported.as_ref().map(|report| report.email.clone()).unwrap_or_default();
    let consequences = vec![
        "Keys can be activated and rolled back to again; locking is possible when the 72 hours are over."
            .to_owned(),
        "All administrators are notified by mail.".to_owned(),
    ];
    let body = view! {
        <p>
            {reporter} " did not know of the latest key change. Clear this when you know who made it and why, "
            "or to roll back to the key before."
        </p>
    };
    let question = Question {
        title: "Clear the report?".to_owned(),
        path: "/encryption-keys/clear-report",
        confirm: "Clear the report",
        danger: false,
        consequences,
        body: body.into_any(),
    };
    asked(&data, &data.clear_report, "The report cannot be cleared now.", || dialog(&data, question))
}

/// `/encryption-keys/roll-back`.
#[component]
pub fn RollBack() -> AnyView {
    page(|input| keys(input.value("region"), String::new()), roll_back)
}

fn roll_back(data: ViewKeys) -> AnyView {
    let previous = data.previous.as_ref().map(|key| key.name.clone()).unwrap_or_default();
    let from = data.timers.as_ref().map(|(from, _)| from.at.clone());
    let consequences = roll_back_effects(&previous);
    let body = view! {
        <p>
            "In the first 24 hours after a change no key is activated. The roll-back begins by itself on "
            {from.map(|at| view! { <Time at=at /> })} "."
        </p>
    };
    let question = Question {
        title: format!("Roll back to {previous}?"),
        path: "/encryption-keys/roll-back",
        confirm: "Schedule the roll-back",
        danger: false,
        consequences,
        body: body.into_any(),
    };
    asked(&data, &data.schedule_roll_back, "A roll-back cannot be scheduled now.", || dialog(&data, question))
}

/// What a scheduled roll-back to the key called `previous` does, one line each.
pub(super) fn roll_back_effects(previous: &str) -> Vec<String> {
    vec![
        format!("{previous} becomes the active key again; environments stay online."),
        "It can be called off until it begins, and another activation replaces it.".to_owned(),
        "All administrators are notified by mail, now and when it happens.".to_owned(),
    ]
}

/// What a dialog of these asks.
struct Question {
    title: String,
    /// Of the page and of its form.
    path: &'static str,
    confirm: &'static str,
    danger: bool,
    consequences: Vec<String>,
    body: AnyView,
}

fn dialog(data: &ViewKeys, question: Question) -> AnyView {
    let Question { title, path, confirm, danger, consequences, body } = question;
    let (action, region) = (data.address(path, ""), data.region.clone());
    view! {
        <ConfirmDialog title action cancel=data.list() confirm danger consequences>
            {forms::summary(&[])}
            <input type="hidden" name="region" value=region />
            <input type="hidden" name="confirmed" value="on" />
            {body}
        </ConfirmDialog>
    }
    .into_any()
}

/// The dialog, or the policy's reason against it; the list in any case.
pub(super) fn asked(
    data: &ViewKeys,
    decision: &ViewDecision,
    title: impl Into<String>,
    dialog: impl FnOnce() -> AnyView,
) -> AnyView {
    let question = match decision.why.clone() {
        None => dialog(),
        // What came back with the form says the same, and more precisely.
        Some(_) if forms::came_back() => forms::summary(&[]).into_any(),
        Some(why) => view::not_now(title, why),
    };
    view! {
        {question}
        {list(data)}
    }
    .into_any()
}
