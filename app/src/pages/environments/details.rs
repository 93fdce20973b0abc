//! "See all": every fact about an environment, in a panel beside it (PP-086, PP-087).

use super::{
    data::{ViewEnvironment, fingerprint, whose_key},
    home::{self, environment},
};
use crate::{pages::load::*, ui::*};
use leptos::prelude::*;

/// `/environments/{id}/details`.
#[component]
pub fn EnvironmentDetails() -> AnyView {
    page(|input| environment(input.id), show)
}

fn show(data: ViewEnvironment) -> AnyView {
    let close = data.address("");
    view! {
        <WithPanel list=home::show(data.clone())>
            <Panel title="Details" close=close.clone()>
                <PanelBody>{general(&data)} {encryption(&data)}</PanelBody>
                <PanelFoot>
                    <ButtonLink label="Close" href=close />
                </PanelFoot>
            </Panel>
        </WithPanel>
    }
    .into_any()
}

fn general(data: &ViewEnvironment) -> AnyView {
    let ViewEnvironment { id, name, kind, state, since, region, storage, created, .. } = data.clone();
    let holds = data.holds();
    view! {
        <section class="section">
            <h3>"General"</h3>
            <Facts>
                <Fact name="Name">{name}</Fact>
                <Fact name="Environment ID">
                    <Copyable value=id what="environment ID" />
                </Fact>
                <Fact name="Type">{kind}</Fact>
                <Fact name="State">
                    <StateBadge state />
                </Fact>
                <Fact name="Since">
                    <Time at=since />
                </Fact>
                <Fact name="Region">{region}</Fact>
                <Fact name="Storage">{storage}</Fact>
                <Fact name="Created">
                    <Time at=created />
                </Fact>
                <Fact name="Holds">{holds}</Fact>
            </Facts>
        </section>
    }
    .into_any()
}

fn encryption(data: &ViewEnvironment) -> AnyView {
    let (key, since) = (data.key.clone(), data.key_since.clone());
    let (with, whose) = (data.encrypted_with(), whose_key(key.is_some()));
    let generation = format!("generation {}", data.generation);
    let manage = data.address("/encryption");
    view! {
        <section class="section">
            <h3>"Environment encryption"</h3>
            <Facts>
                <Fact name="Encrypted with">{with} " " {whose}</Fact>
                {key.map(|key| view! { <Fact name="Fingerprint">{fingerprint(key.fingerprint)}</Fact> })}
                {since.map(|at| view! { <Fact name="Since"><Time at /></Fact> })}
                <Fact name="Data key">{generation}</Fact>
            </Facts>
            <p>
                <a href=manage>"Manage"</a>
            </p>
        </section>
    }
    .into_any()
}
