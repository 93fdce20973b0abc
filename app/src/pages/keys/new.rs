//! A new key: a panel over the list, a page of its own where there is no room. First its name and where it
//! comes from, then the key file or the password of a file to be made (PP-053…PP-059).

use super::{data::ViewKeys, generate, list::list, upload};
use crate::{error::UiError, forms, pages::load::*, ui::*, view};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page shows: the list and, beside it, the form.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewNewKey {
    list: ViewKeys,
    /// `generate`, `upload`, or empty while that is being asked.
    how: String,
    name: String,
    /// Why no key of the region can have this name.
    wrong: Option<String>,
}

impl PageData for ViewNewKey {
    fn title(&self) -> String {
        "New key".to_owned()
    }
}

/// `/encryption-keys/new`.
#[component]
pub fn NewKey() -> AnyView {
    page(|input| new_key(input.value("region"), input.value("how"), input.value("name")), show)
}

/// The keys of the region, and whether another one can have this name.
#[server(prefix = "/fn", endpoint = "new_key")]
pub async fn new_key(region: String, how: String, name: String) -> Result<ViewNewKey, UiError> {
    let list = super::data::keys(region, String::new()).await?;
    let (portal, caller) = crate::request::request()?;
    let wrong = match name.is_empty() {
        true => None,
        false => service::keys::unusable_name(&portal, &caller, &list.region, &name).await?,
    };
    let wrong = wrong.and_then(|refusal| refusal.fields.into_iter().next()).map(|field| field.message);
    Ok(ViewNewKey { list, how, name, wrong })
}

fn show(ViewNewKey { list: data, how, name, wrong }: ViewNewKey) -> AnyView {
    let close = data.list();
    // A refused form says itself which one it was.
    let how = match forms::came_back() {
        true => forms::value("how").unwrap_or_else(|| "upload".to_owned()),
        false => how,
    };
    let body = match (data.add.why.clone(), how.as_str()) {
        (Some(why), _) => refused(why, close.clone()),
        // Without a name that can be used nobody chooses a file or a password first.
        (None, "generate" | "upload") if wrong.is_some() && !forms::came_back() => {
            first_step(&data, (name, wrong), how, close.clone())
        }
        (None, "generate") => generate::form(&data, name, close.clone()),
        (None, "upload") => upload::form(&data, name, close.clone()),
        (None, _) => first_step(&data, (name, wrong), "generate".to_owned(), close.clone()),
    };
    view! {
        <WithPanel list=list(&data)>
            <Panel title="New key" close>
                {body}
            </Panel>
        </WithPanel>
    }
    .into_any()
}

fn refused(why: Why, close: String) -> AnyView {
    view! {
        <PanelBody>
            {view::not_now("No key can be added now.", why)}
        </PanelBody>
        <PanelFoot>
            <ButtonLink label="Close" href=close />
        </PanelFoot>
    }
    .into_any()
}

/// PP-055…PP-059: without script a form that leads to the next page.
fn first_step(
    data: &ViewKeys,
    (name, error): (String, Option<String>),
    how: String,
    close: String,
) -> AnyView {
    let choices = vec![
        Choice::new("generate", "Generate new (.pfx)")
            .note("The portal makes the key; you download it once, in a file with a password of yours."),
        Choice::new("upload", "Upload (.pfx)")
            .note("You bring a key file made elsewhere, with OpenSSL for example."),
    ];
    let region = region(data);
    let summary =
        error.clone().map(|error| view! { <ErrorSummary errors=vec![("name".to_owned(), error)] /> });
    view! {
        <form class="panel-form" method="get" action="/encryption-keys/new">
            <PanelBody>
                {summary}
                {region}
                {name_input(name, error)}
                <RadioGroup name="how" label="Where the key comes from" choices value=how />
            </PanelBody>
            <PanelFoot>
                <Button label="Next" look=Look::Primary />
                <ButtonLink label="Cancel" href=close />
            </PanelFoot>
        </form>
    }
    .into_any()
}

/// `wrong` is what is the matter with it, unless a posted form came back and says so.
pub(super) fn name_input(name: String, wrong: Option<String>) -> AnyView {
    view! {
        <TextInput
            name="name"
            label="Key name"
            value=forms::value_or("name", name)
            error=forms::error("name").or(wrong)
            hint="1 to 127 letters, digits and hyphens. A name is never used twice in a region."
            autocomplete="off"
            maxlength=127_u32
        />
    }
    .into_any()
}

pub(super) fn region(data: &ViewKeys) -> AnyView {
    if data.regions.len() < 2 {
        return view! { <input type="hidden" name="region" value=data.region.clone() /> }.into_any();
    }
    let choices = data.regions.iter().map(|region| Choice::new(region, region)).collect();
    view! {
        <Select
            name="region"
            label="Region"
            choices
            value=forms::value_or("region", data.region.clone())
            error=forms::error("region")
        />
    }
    .into_any()
}

/// Who is told, and what happens then.
pub(super) fn mailed(data: &ViewKeys) -> String {
    match data.administrators {
        1 => "The administrator is mailed when you create this key. ".to_owned(),
        n => format!("All {n} administrators are mailed when you create this key. "),
    }
}
