//! The two-person rule: asking another administrator for approval, and giving it.

use super::{
    changes::asked,
    data::{ViewKey, ViewKeyDetails, ViewKeys, key, keys},
};
use crate::{error::UiError, forms, pages::load::*, ui::*, url, view::ViewDecision};
use domain::approvals::Change;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What another administrator is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewApproval {
    pub id: String,
    /// "activate contoso-2027".
    pub what: String,
    pub key: String,
    /// Who asks.
    pub asker: String,
    pub mine: bool,
    pub asked: Moment,
    pub expires: Deadline,
    /// Who approved.
    pub approver: Option<String>,
    /// Where the change is made, once it is approved.
    pub way: String,
    pub give: ViewDecision,
    pub withdraw: ViewDecision,
}

/// What stands above the list as long as something is asked.
pub(super) fn bar(data: &ViewKeys) -> Option<AnyView> {
    let approval = data.approval.clone()?;
    let page = data.address("/encryption-keys/approval", "");
    let give = approval.give.allowed().then(|| {
        view! { <ButtonLink label="Look and approve" href=page.clone() look=Look::Primary /> }
    });
    let label = if approval.mine { "Withdraw" } else { "Refuse" };
    let withdraw = approval.withdraw.allowed().then(|| {
        view! {
            <form method="post" action=page>
                <input type="hidden" name="region" value=data.region.clone() />
                <input type="hidden" name="question" value=approval.id.clone() />
                <input type="hidden" name="do" value="withdraw" />
                <Button label />
            </form>
        }
    });
    let go = (approval.mine && approval.approver.is_some()).then(|| {
        view! { <ButtonLink label="Go on" href=approval.way.clone() look=Look::Primary /> }
    });
    let actions = view! { {go} {give} {withdraw} }.into_any();
    let title = match (&approval.approver, approval.mine) {
        (Some(approver), _) => format!("{approver} has approved to {}.", approval.what),
        (None, true) => format!("You have asked to {}.", approval.what),
        (None, false) => format!("{} asks to {}.", approval.asker, approval.what),
    };
    let tone = if approval.mine || approval.approver.is_some() { Tone::Info } else { Tone::Warning };
    let next = match (&approval.approver, approval.mine) {
        (Some(_), true) => "You can do it",
        (Some(_), false) => "It can be done by who asked",
        (None, _) => "Another administrator may approve it",
    };
    let expires = approval.expires.at;
    Some(
        view! { <MessageBar tone title actions>{next} " until " <Time at=expires /> "." </MessageBar> }
            .into_any(),
    )
}

/// Where approval of the change of this key is asked for.
pub(super) fn address(key: &ViewKey, change: Change) -> String {
    url::with_query(&format!("/encryption-keys/{}/approval", key.id), &[("for", change.as_str())])
}

/// The list and, over it, what is asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct ViewGive(ViewKeys);

impl PageData for ViewGive {
    fn title(&self) -> String {
        "Approve a key change".to_owned()
    }
}

/// `/encryption-keys/approval`.
#[component]
pub fn GiveApproval() -> AnyView {
    page(|input| async move { keys(input.value("region"), String::new()).await.map(ViewGive) }, give)
}

fn give(ViewGive(data): ViewGive) -> AnyView {
    let decision = match &data.approval {
        Some(approval) => approval.give.clone(),
        None => ViewDecision { code: None, why: Some(nothing()) },
    };
    asked(&data, &decision, "Nothing to approve here.", || give_dialog(&data))
}

fn nothing() -> Why {
    let reason = "Nobody asks for approval here, or not any more.".to_owned();
    Why { reason, remedy: None, see: None, from: None }
}

fn give_dialog(data: &ViewKeys) -> AnyView {
    let Some(approval) = data.approval.clone() else { return ().into_any() };
    let key = data.keys.iter().find(|key| key.name == approval.key);
    let fingerprint = key.map(|key| {
        let fingerprint = key.fingerprint.clone();
        view! { <Fact name="Fingerprint"><code>{fingerprint}</code></Fact> }
    });
    let consequences = vec![
        format!(
            "{} may do exactly this, until 24 hours after asking; every guard still holds.",
            approval.asker
        ),
        "Another activation in between makes the approval void.".to_owned(),
        "All administrators are notified by mail.".to_owned(),
    ];
    let (action, cancel, region) =
        (data.address("/encryption-keys/approval", ""), data.list(), data.region.clone());
    let intro = format!("{} asks for it. Talk to them before you approve.", approval.asker);
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
                {fingerprint}
                <Fact name="Asked">
                    <Time at=approval.asked />
                </Fact>
            </Facts>
        </ConfirmDialog>
    }
    .into_any()
}

/// The list and, over it, the question whether to ask.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct ViewAsk {
    details: ViewKeyDetails,
    change: Change,
    /// Whether it may be asked for now.
    ask: ViewDecision,
}

impl PageData for ViewAsk {
    fn title(&self) -> String {
        "Ask for approval".to_owned()
    }
}

async fn load(id: String, change: String) -> Result<ViewAsk, UiError> {
    let change = Change::parse(&change).ok_or_else(|| UiError::not_found("question"))?;
    Ok(ViewAsk { ask: ask_approval(id.clone(), change).await?, details: key(id).await?, change })
}

/// Whether the change of the key may be asked for.
#[server(prefix = "/fn", endpoint = "ask-approval")]
pub async fn ask_approval(id: String, change: Change) -> Result<ViewDecision, UiError> {
    let (portal, caller) = crate::request::request_at_risk().await?;
    let id = id.parse().map_err(|_| UiError::not_found("key"))?;
    let decision = service::keys::may_ask_approval(&portal, &caller, id, change).await?;
    Ok(ViewDecision::new(&decision, portal.clock().now()))
}

/// `/encryption-keys/{id}/approval`.
#[component]
pub fn AskApproval() -> AnyView {
    page(|input| load(input.id.clone(), input.value("for")), ask)
}

fn ask(ViewAsk { details, change, ask }: ViewAsk) -> AnyView {
    let list = &details.list;
    let name = details.key.name.clone();
    asked(list, &ask, "Not now.", || {
        let consequences = vec![
            "Another administrator has to approve; you cannot yourself.".to_owned(),
            "Then you have until 24 hours from now to do it; every guard still holds.".to_owned(),
            "All administrators are notified by mail.".to_owned(),
        ];
        let (cancel, region) = (list.list(), list.region.clone());
        view! {
            <ConfirmDialog
                title=format!("Ask to {}?", change.of(&name))
                action=address(&details.key, change)
                cancel
                confirm="Ask for approval"
                consequences
            >
                {forms::summary(&[])}
                <input type="hidden" name="region" value=region />
                <input type="hidden" name="for" value=change.as_str() />
                <input type="hidden" name="confirmed" value="on" />
                <p>"In this organisation two administrators are needed for it."</p>
            </ConfirmDialog>
        }
        .into_any()
    })
}
