//! The two-person rule: asking another administrator for approval.

use super::{
    changes::asked,
    data::{ViewKey, ViewKeyDetails, ViewKeys, key},
};
use crate::{error::UiError, forms, pages::load::*, ui::*, url, view::ViewDecision};
use domain::approvals::Change;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What another administrator is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewApproval {
    pub id: String,
    pub change: Change,
    /// "activate contoso-2027".
    pub what: String,
    pub key: String,
    pub key_id: String,
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
    let held = data.reported.is_some();
    let go = (approval.mine && approval.approver.is_some() && !held).then(|| {
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
        _ if held => "It waits until the report is cleared, and counts",
        (Some(_), true) => "You can do it",
        (Some(_), false) => "It can be done by who asked",
        (None, _) if approval.give.allowed() => "You may approve it",
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

/// The list and, over it, the question whether to ask.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct ViewAsk {
    details: ViewKeyDetails,
    /// None where the address does not say it.
    change: Option<Change>,
    /// Whether it may be asked for now.
    ask: ViewDecision,
}

impl PageData for ViewAsk {
    fn title(&self) -> String {
        "Ask for approval".to_owned()
    }
}

async fn load(id: String, change: String) -> Result<ViewAsk, UiError> {
    let details = key(id.clone()).await?;
    let change = Change::parse(&change);
    let ask = match change {
        Some(change) => ask_approval(id, change).await?,
        None => ViewDecision { code: None, why: Some(unsaid()) },
    };
    Ok(ViewAsk { details, change, ask })
}

fn unsaid() -> Why {
    let reason = "It is not said what you ask approval for.".to_owned();
    Why { reason, remedy: Some("Choose the change in the list.".to_owned()), see: None, from: None }
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
    let Some(change) = change else { return asked(list, &ask, "Not now.", || ().into_any()) };
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
