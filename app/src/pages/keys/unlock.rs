//! The panel that brings a locked key back by its file (PP-121…PP-123).

use super::{
    data::{ViewKeyDetails, key},
    list::list,
    lock::refused,
};
use crate::{error::UiError, forms, pages::load::*, ui::*, view::counted};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The list and, beside it, the panel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct ViewUnlockPanel(ViewKeyDetails);

impl PageData for ViewUnlockPanel {
    fn title(&self) -> String {
        format!("Unlock {}", self.0.key.name)
    }

    fn running(&self) -> bool {
        self.0.list.running()
    }
}

/// `/encryption-keys/{id}/unlock`.
#[component]
pub fn UnlockKey() -> AnyView {
    page(|input| load(input.id), show)
}

async fn load(id: String) -> Result<ViewUnlockPanel, UiError> {
    key(id).await.map(ViewUnlockPanel)
}

fn show(ViewUnlockPanel(data): ViewUnlockPanel) -> AnyView {
    let close = data.list.list();
    let title = format!("Unlock {}", data.key.name);
    let body = match data.key.unlock.why.clone() {
        None => form(&data, close.clone()),
        Some(why) => refused("Unlocking is not possible now.", why, close.clone()),
    };
    view! {
        <WithPanel list=list(&data.list)>
            <Panel title close=close>
                {body}
            </Panel>
        </WithPanel>
    }
    .into_any()
}

fn form(data: &ViewKeyDetails, close: String) -> AnyView {
    let action = format!("/encryption-keys/{}/unlock", data.key.id);
    let environments = data.list.locked.as_ref().map_or(0, |locked| locked.environments);
    let stay = format!(
        "The key becomes Active again. {} locked until each is unlocked on its own page.",
        counted(environments, "environment stays", "environments stay")
    );
    let expected = data.key.fingerprint.clone();
    view! {
        <form class="panel-form" method="post" action=action enctype="multipart/form-data">
            <PanelBody>
                {forms::summary(&[])}
                <p>"Only the file of the key that locked the environments opens them. The portal compares it with this fingerprint:"</p>
                <Copyable value=expected what="fingerprint" />
                <FileInput name="file" label="Upload locked key" accept=".pfx,.p12" hint="256 KiB at most." error=forms::error("file") />
                <PasswordInput
                    name="password"
                    label="Password of the file"
                    autocomplete="off"
                    error=forms::error("password")
                /> <p>{stay}</p>
                <p>"After it, the next activation waits 24 hours and the next lock 72 hours. All administrators are notified by mail."</p>
            </PanelBody>
            <PanelFoot>
                <Button label="Unlock" look=Look::Primary />
                <ButtonLink label="Cancel" href=close />
            </PanelFoot>
        </form>
    }
    .into_any()
}
