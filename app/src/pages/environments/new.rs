//! The form of a new environment (PP-084: it starts with the Microsoft-provided key).

use crate::{error::UiError, forms, pages::load::*, ui::*, view, view::ViewDecision};
use domain::environments::EnvironmentType;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the form needs to know.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NewEnvironmentData {
    pub regions: Vec<String>,
    /// The first one in which own keys can be used, where there is one.
    pub region: String,
    pub create: ViewDecision,
}

impl PageData for NewEnvironmentData {
    fn title(&self) -> String {
        "New environment".to_owned()
    }
}

/// The regions to choose from, and whether the caller may create an environment.
#[server(prefix = "/fn", endpoint = "new_environment")]
pub async fn new_environment() -> Result<NewEnvironmentData, UiError> {
    let (portal, caller) = crate::request::request()?;
    let rings = service::keys::rings(&portal, &caller).await?;
    let create = service::decide(&caller, domain::actions::Action::EnvironmentCreate, None);
    let first = rings.iter().find(|ring| ring.enabled_at.is_some()).or(rings.first());
    Ok(NewEnvironmentData {
        region: first.map(|ring| ring.region.clone()).unwrap_or_default(),
        regions: rings.into_iter().map(|ring| ring.region).collect(),
        create: ViewDecision::new(&create, portal.clock().now()),
    })
}

/// `/environments/new`.
#[component]
pub fn NewEnvironment() -> AnyView {
    page(|_| new_environment(), show)
}

fn show(data: NewEnvironmentData) -> AnyView {
    let trail = vec![("Environments".to_owned(), "/environments".to_owned())];
    let body = match data.create.why.clone() {
        Some(why) => view::not_now("Not allowed.", why),
        None => form(data),
    };
    view! {
        <PageHeader
            title="New environment"
            subtitle="It starts with the Microsoft-provided key. You can apply your own key once it is there."
            trail
        />
        {forms::summary(&[])}
        {body}
    }
    .into_any()
}

fn form(data: NewEnvironmentData) -> AnyView {
    let kinds = EnvironmentType::ALL.iter().copied().map(kind).collect();
    let several = data.regions.len() > 1;
    let first = data.region;
    let regions = data.regions.into_iter().map(|region| Choice::new(region.clone(), region)).collect();
    let region = if several {
        let value = forms::value_or("region", first);
        view! {
            <Select
                name="region"
                label="Region"
                choices=regions
                value
                hint="Keys are kept per region. An environment cannot move to another."
                error=forms::error("region")
            />
        }
        .into_any()
    } else {
        view! { <input type="hidden" name="region" value=first /> }.into_any()
    };
    view! {
        <form class="form" method="post" action="/environments/new">
            <TextInput
                name="name"
                label="Name"
                value=forms::value("name")
                hint="1 to 64 characters. It is typed again to confirm a return in production."
                error=forms::error("name")
                maxlength=64u32
                autocomplete="off"
            />
            <RadioGroup
                name="type"
                label="Type"
                choices=kinds
                value=forms::value_or("type", EnvironmentType::Sandbox.as_str())
                error=forms::error("type")
            />
            {region}
            <div class="actions">
                <Button label="Create" look=Look::Primary />
                <ButtonLink label="Cancel" href="/environments" />
            </div>
        </form>
    }
    .into_any()
}

fn kind(kind: EnvironmentType) -> Choice {
    let choice = Choice::new(kind.as_str(), kind.label());
    match kind {
        EnvironmentType::Production => choice.note("For real data. A return asks for the name."),
        EnvironmentType::Sandbox => choice.note("For trying things out."),
        EnvironmentType::Trial | EnvironmentType::Default | EnvironmentType::Teams => {
            choice.note("Cannot use your own key.")
        }
        _ => choice,
    }
}
