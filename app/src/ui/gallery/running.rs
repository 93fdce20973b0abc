//! What goes on: progress, steps, checks, toasts.

use super::sample;
use crate::ui::*;
use leptos::prelude::*;

pub(super) fn all() -> AnyView {
    let (facts, steps) = sample::operation();
    let failed = vec![
        Step::new("Taken offline", StepState::Done).time("09:12:04"),
        Step::new("Sealing rows", StepState::Failed)
            .detail("The vault did not answer for 30 s. Nothing was lost: retry when it is reachable.")
            .time("09:12:40"),
        Step::new("Back online", StepState::Waiting),
    ];
    let wizard = vec![
        Step::new("Administrator", StepState::Done),
        Step::new("Mail server", StepState::Current),
        Step::new("Root key", StepState::Waiting),
    ];
    let unknown = ProgressFacts { counted: "up to an hour".into(), ..ProgressFacts::default() };
    view! {
        <Card title="Applying contoso-2026">
            <OperationProgress label="Applying contoso-2026" facts=Some(facts) steps />
        </Card>
        <Card title="Failed and uncounted">
            <OperationProgress label="Returning" facts=None steps=failed />
            <Progress label="Unlocking" facts=unknown />
        </Card>
        <Card title="Wizard">
            <Steps steps=wizard across=true />
            <p>
                "Possible "
                <Countdown until=sample::deadline() />
            </p>
        </Card>
        <Card title="Readiness">
            <Checklist checks=checks() />
        </Card>
        {toasts_shown()}
    }
    .into_any()
}

fn checks() -> Vec<Check> {
    let check = |label: &str, outcome, detail: Option<&str>, fix: Option<(&str, &str)>| Check {
        label: label.into(),
        outcome,
        detail: detail.map(str::to_owned),
        fix: fix.map(|(words, href)| (words.into(), href.into())),
    };
    vec![
        check("Soft delete is on", Outcome::Passed, None, None),
        check(
            "Purge protection is on",
            Outcome::Failed,
            Some("It is off. Without it a deleted key can be purged, and your data with it."),
            Some(("Turn it on", "/vaults/contoso/properties")),
        ),
        check("The key may wrap and unwrap", Outcome::Unknown, Some("The vault does not answer."), None),
    ]
}

fn toasts_shown() -> AnyView {
    let flash = |tone, text: &str| Flash {
        tone,
        text: text.into(),
        link: Some(("Show".into(), "/operations/1".into())),
    };
    let close = Callback::new(|()| ());
    view! {
        <div class="toasts" role="status">
            <Toast flash=flash(Tone::Success, "contoso-2026 is active.") close />
            <Toast flash=flash(Tone::Error, "Re-encrypting Payroll failed.") close />
        </div>
    }
    .into_any()
}
