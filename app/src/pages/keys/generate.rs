//! The form that has a key made (PP-061, PP-062, PP-064).

use super::{
    data::ViewKeys,
    new::{mailed, name_input, region},
};
use crate::{forms, ui::*};
use leptos::prelude::*;

pub(super) fn form(data: &ViewKeys, name: String, close: String) -> AnyView {
    let action = data.address("/encryption-keys/new", "");
    let (region, mailed) = (region(data), mailed(data));
    view! {
        <form class="panel-form" method="post" action=action>
            <PanelBody>
                {forms::summary(&[])}
                <input type="hidden" name="how" value="generate" />
                {region}
                {name_input(name, None)}
                <PasswordInput
                    name="password"
                    label="Password of the new file"
                    hint="12 to 256 characters. A few random words make a good one."
                    autocomplete="new-password"
                    error=forms::error("password")
                    meter=true
                />
                <PasswordInput
                    name="password_again"
                    label="Password again"
                    autocomplete="new-password"
                    error=forms::error("password_again")
                />
                <MessageBar tone=Tone::Warning title="Back the file up with its password.">
                    "You download it once. The portal cannot recover the file or its password, and after a lock nothing else opens your data."
                </MessageBar>
                <MessageBar tone=Tone::Info>
                    {mailed} "It stays " <strong>"Available"</strong>
                    " until you have shown that you kept the file and somebody activates it."
                </MessageBar>
            </PanelBody>
            <PanelFoot>
                <Button label="Create" look=Look::Primary />
                <ButtonLink label="Cancel" href=close />
            </PanelFoot>
        </form>
    }
    .into_any()
}
