//! One key: all its facts, where it is used, what happened to it.

use super::{
    approval,
    data::{ViewKey, ViewKeyDetails, key},
    list::list,
};
use crate::{pages::audit, pages::load::*, ui::*, url, view, view::ViewDecision, view::counted};
use domain::{Code, approvals::Change};
use leptos::prelude::*;

impl PageData for ViewKeyDetails {
    fn title(&self) -> String {
        self.key.name.clone()
    }

    fn running(&self) -> bool {
        self.list.running()
    }
}

/// `/encryption-keys/{id}`.
#[component]
pub fn KeyDetails() -> AnyView {
    page(|input| key(input.id), show)
}

fn show(data: ViewKeyDetails) -> AnyView {
    let close = data.list.list();
    let name = data.key.name.clone();
    let body = view! {
        {facts(&data.key, &data.list.region)}
        {used_by(&data)}
        {locked(&data)}
        {history(&data)}
    };
    let activate = action(&data.key).or_else(|| ask(&data)).or_else(|| why_not(&data.key));
    view! {
        <WithPanel list=list(&data.list)>
            <Panel title=name close=close.clone()>
                <PanelBody>{body}</PanelBody>
                <PanelFoot>
                    {activate}
                    <ButtonLink label="Close" href=close />
                </PanelFoot>
            </Panel>
        </WithPanel>
    }
    .into_any()
}

fn facts(key: &ViewKey, region: &str) -> AnyView {
    let (key, region, state) = (key.clone(), region.to_owned(), key.state);
    let error = key.error.clone().map(|error| {
        view! { <MessageBar tone=Tone::Error title="The last activation failed.">{error}</MessageBar> }
    });
    let deleted = key.deleted.clone().map(|at| {
        view! {
            <MessageBar tone=Tone::Info title="This key is deleted.">
                "Its material is gone since " <Time at />
                ". A backup made under it opens again when its file is uploaded under a new name; the fingerprint tells which file that is."
            </MessageBar>
        }
    });
    view! {
        {error}
        {deleted}
        <Facts>
            <Fact name="State">
                <StateBadge state />
            </Fact>
            <Fact name="Region">{region}</Fact>
            <Fact name="Source">{key.source.clone()}</Fact>
            <Fact name="Type and size">{key.algorithm.clone()}</Fact>
            <Fact name="Fingerprint">
                <Copyable value=key.fingerprint.clone() what="fingerprint" />
                <span class="cell-note">"SHA-256 of the public key (SubjectPublicKeyInfo)"</span>
            </Fact>
            <Fact name="Created">
                <Time at=key.created.clone() />
                " by "
                {key.created_by.clone()}
            </Fact>
            <Fact name="Last activated">
                {match key.activated.clone() {
                    Some(at) => view! { <Time at /> }.into_any(),
                    None => "Never".into_any(),
                }}
            </Fact>
            <Fact name="Key id">
                <Copyable value=key.id.clone() what="key id" />
            </Fact>
        </Facts>
    }
    .into_any()
}

fn used_by(data: &ViewKeyDetails) -> AnyView {
    let more = data.key.environments.saturating_sub(data.used_by.len() as u64);
    let links: Vec<_> =
        data.used_by.iter().cloned().map(|(name, href)| view! { <li><a href=href>{name}</a></li> }).collect();
    let body = if links.is_empty() {
        let none = match data.key.state {
            State::Locked | State::Locking => "None is online with this key.",
            _ if !data.locked.is_empty() => "None is online with this key.",
            _ => "No environment is encrypted with this key.",
        };
        view! { <p>{none}</p> }.into_any()
    } else {
        let rest = (more > 0).then(|| view! { <li>{format!("and {}", counted(more, "more", "more"))}</li> });
        view! { <ul class="links">{links} {rest}</ul> }.into_any()
    };
    view! {
        <h3>"Where it is used"</h3>
        {body}
    }
    .into_any()
}

fn history(data: &ViewKeyDetails) -> Option<AnyView> {
    let entries = data.history.clone()?;
    let all = url::with_query("/audit", &[("target", &data.key.id)]);
    let body = match entries.is_empty() {
        true => view! { <p>"Nothing happened to it since it was created."</p> }.into_any(),
        false => audit::history(entries),
    };
    let view = view! {
        <h3>"History"</h3>
        {body}
        <p>
            <a href=all>"Show in the audit log"</a>
        </p>
    };
    Some(view.into_any())
}

/// Each is unlocked on its own (PP-116).
fn locked(data: &ViewKeyDetails) -> Option<AnyView> {
    let all = data.list.locked.as_ref().filter(|_| data.key.state != State::Deleted)?.environments;
    let more = all.saturating_sub(data.locked.len() as u64);
    let show = url::with_query("/environments", &[("encryption", "locked"), ("region", &data.list.region)]);
    let links: Vec<_> =
        data.locked.iter().cloned().map(|(name, href)| view! { <li><a href=href>{name}</a></li> }).collect();
    let rest = (more > 0).then(|| {
        let text = format!("and {}", counted(more, "more", "more"));
        view! { <li><a href=show>{text}</a></li> }
    });
    let view = view! {
        <h3>"Locked environments"</h3>
        <ul class="links">{links} {rest}</ul>
    };
    Some(view.into_any())
}

/// What the key can be made to do now.
fn action(key: &ViewKey) -> Option<AnyView> {
    let (label, way, possible) = match key.state {
        State::Locked | State::Locking => ("Unlock key", "unlock", key.unlock.allowed()),
        State::Available if waits_for_proof(key) => ("Download and check the key file", "file", true),
        State::Available => ("Activate", "activate", key.activate.allowed()),
        _ => return None,
    };
    let href = format!("/encryption-keys/{}/{way}", key.id);
    possible.then(|| view! { <ButtonLink label href look=Look::Primary /> }.into_any())
}

fn waits_for_proof(key: &ViewKey) -> bool {
    key.prove.as_ref().is_some_and(ViewDecision::allowed)
}

/// Under the two-person rule, the question that comes before.
fn ask(data: &ViewKeyDetails) -> Option<AnyView> {
    let needed = data.key.activate.code == Some(Code::ApprovalNeeded) && data.list.approval.is_none();
    let href = approval::address(&data.key, Change::Activate);
    needed.then(|| view! { <ButtonLink label="Ask to activate" href look=Look::Primary /> }.into_any())
}

/// Why there is no button.
fn why_not(key: &ViewKey) -> Option<AnyView> {
    let decision = match key.state {
        State::Locked | State::Locking => &key.unlock,
        State::Available => &key.activate,
        _ => return None,
    };
    let why = decision.why.clone()?;
    Some(view! { <p class="panel-why">{view::why(why)}</p> }.into_any())
}
