//! The two-person rule: what another administrator asks for, with everything that it does, and the approval.

use super::{
    activate,
    approval::ViewApproval,
    changes::{self, asked},
    data::{ViewKeyDetails, ViewKeys, key, keys},
    lock,
};
use crate::{error::UiError, forms, pages::load::*, ui::*, view::ViewDecision};
use domain::approvals::Change;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The list and, over it, what is asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct ViewGive {
    list: ViewKeys,
    /// The key that is to be changed; none when nothing is asked.
    key: Option<ViewKeyDetails>,
}

impl PageData for ViewGive {
    fn title(&self) -> String {
        "Approve a key change".to_owned()
    }
}

async fn load(region: String) -> Result<ViewGive, UiError> {
    let list = keys(region, String::new()).await?;
    let key = match &list.approval {
        Some(approval) => Some(key(approval.key_id.clone()).await?),
        None => None,
    };
    Ok(ViewGive { list, key })
}

/// `/encryption-keys/approval`.
#[component]
pub fn GiveApproval() -> AnyView {
    page(|input| load(input.value("region")), give)
}

fn give(ViewGive { list, key }: ViewGive) -> AnyView {
    let decision = match &list.approval {
        Some(approval) => approval.give.clone(),
        None => ViewDecision { code: None, why: Some(nothing()) },
    };
    let question = || list.approval.clone().zip(key).map(|(approval, key)| dialog(&list, approval, &key));
    let title = if list.approval.is_some() { "You cannot approve this." } else { "Nothing to approve here." };
    asked(&list, &decision, title, || question().into_any())
}

fn nothing() -> Why {
    let reason = "Nobody asks for approval here, or not any more.".to_owned();
    Why { reason, remedy: None, see: None, from: None }
}

fn dialog(list: &ViewKeys, approval: ViewApproval, key: &ViewKeyDetails) -> AnyView {
    let consequences = vec![
        format!(
            "{} may do exactly this, until 24 hours after asking; every guard still holds.",
            approval.asker
        ),
        "Another activation in between makes the approval void.".to_owned(),
        "All administrators are notified by mail that you approved.".to_owned(),
    ];
    let (action, cancel, region) =
        (list.address("/encryption-keys/approval", ""), list.list(), list.region.clone());
    let intro = format!("{} asks for it. Talk to them before you approve.", approval.asker);
    let (effects, fingerprint) = (effects(key, approval.change), key.key.fingerprint.clone());
    view! {
        <ConfirmDialog
            title=format!("Approve to {}?", approval.what)
            action
            cancel
            confirm="Approve"
            danger=true
            consequences
        >
            {forms::summary(&[])}
            <input type="hidden" name="region" value=region />
            <input type="hidden" name="question" value=approval.id />
            <input type="hidden" name="do" value="approve" />
            <input type="hidden" name="confirmed" value="on" />
            <p>{intro}</p>
            <Facts>
                <Fact name="Key">{approval.key}</Fact>
                <Fact name="Fingerprint">
                    <code>{fingerprint}</code>
                </Fact>
                <Fact name="Asked">
                    <Time at=approval.asked />
                </Fact>
            </Facts>
            <h3>"What it does"</h3>
            {effects}
            <h3>"What your approval does"</h3>
        </ConfirmDialog>
    }
    .into_any()
}

/// What whoever asks is told, too.
fn effects(key: &ViewKeyDetails, change: Change) -> AnyView {
    let lines = match change {
        Change::Lock => return lock::effects(key),
        Change::Activate => activate::effects(key),
        Change::RollBack => [vec![activate::place(key)], changes::roll_back_effects(&key.key.name)].concat(),
    };
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect();
    view! { <ul class="consequences">{lines}</ul> }.into_any()
}
