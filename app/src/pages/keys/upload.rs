//! The form that brings a key file (PP-066, PP-067).

use super::{
    data::ViewKeys,
    new::{mailed, name_input, region},
};
use crate::{forms, ui::*};
use leptos::prelude::*;

pub(super) fn form(data: &ViewKeys, name: String, close: String) -> AnyView {
    let action = data.address("/encryption-keys/new", "");
    let (region, consequences) = (region(data), consequences(data));
    view! {
        <form class="panel-form" method="post" action=action enctype="multipart/form-data">
            <PanelBody>
                {forms::summary(&[])}
                <input type="hidden" name="how" value="upload" />
                {region}
                {name_input(name, None)}
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

fn consequences(data: &ViewKeys) -> AnyView {
    let mailed = mailed(data);
    let then = if data.ever_activated || data.two_person {
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
