//! Bringing a key: a panel over the list, a page of its own where there is no room.

use super::{
    data::{ViewKeys, keys},
    list::list,
};
use crate::{error::UiError, forms, pages::load::*, ui::*, view};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page shows: the list and, beside it, the form.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct ViewNewKey(ViewKeys);

impl PageData for ViewNewKey {
    fn title(&self) -> String {
        "New key".to_owned()
    }
}

/// `/encryption-keys/new`.
#[component]
pub fn NewKey() -> AnyView {
    page(|input| load(input.value("region")), show)
}

async fn load(region: String) -> Result<ViewNewKey, UiError> {
    // A refused form has the region among its fields; the address may not name it.
    keys(region, String::new()).await.map(ViewNewKey)
}

fn show(ViewNewKey(data): ViewNewKey) -> AnyView {
    let close = data.list();
    let body = match data.add.why.clone() {
        Some(why) => refused(why, close.clone()),
        None => form(&data, close.clone()),
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
            <MessageBar tone=Tone::Warning title="No key can be added now.">
                {view::why(why)}
            </MessageBar>
        </PanelBody>
        <PanelFoot>
            <ButtonLink label="Close" href=close />
        </PanelFoot>
    }
    .into_any()
}

fn form(data: &ViewKeys, close: String) -> AnyView {
    let action = data.address("/encryption-keys/new", "");
    let (region, consequences) = (region(data), consequences(data));
    view! {
        <form class="panel-form" method="post" action=action enctype="multipart/form-data">
            <PanelBody>
                {forms::summary(&[])}
                {region}
                <TextInput
                    name="name"
                    label="Key name"
                    value=forms::value("name")
                    error=forms::error("name")
                    hint="1 to 127 letters, digits and hyphens. A name is never used twice in a region."
                    autocomplete="off"
                    maxlength=127_u32
                />
                <FileInput
                    name="file"
                    label="Key file"
                    accept=".pfx,.p12"
                    error=forms::error("file")
                    hint="PKCS#12 (.pfx) with one RSA key of 2048 bits and its private half, protected by a password. 256 KiB at most."
                />
                <PasswordInput
                    name="password"
                    label="Password of the file"
                    autocomplete="off"
                    error=forms::error("password")
                />
                {consequences}
            </PanelBody>
            <PanelFoot>
                <Button label="Create" look=Look::Primary />
                <ButtonLink label="Cancel" href=close />
            </PanelFoot>
        </form>
    }
    .into_any()
}

fn region(data: &ViewKeys) -> AnyView {
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

fn consequences(data: &ViewKeys) -> AnyView {
    let mailed = match data.administrators {
        1 => "The administrator is mailed when you create this key. ".to_owned(),
        n => format!("All {n} administrators are mailed when you create this key. "),
    };
    let then = if data.ever_activated {
        view! { "It stays " <strong>"Available"</strong> " until someone activates it." }.into_any()
    } else {
        view! {
            "It is the first one here, so it becomes " <strong>"Active"</strong>
            " by itself; from then on environments can use it, and the next activation waits 24 hours."
        }
        .into_any()
    };
    view! {
        <MessageBar tone=Tone::Info>
            {mailed}
            {then}
        </MessageBar>
        <p class="field-hint">
            "Keep the file and its password in a safe place: the portal never gives the key out again."
        </p>
    }
    .into_any()
}
