//! The file of a generated key: downloaded once, then brought back to show that it was kept (PP-062…PP-064, X-06).

use super::{data::ViewKeyDetails, list::list};
use crate::{error::UiError, forms, pages::load::*, ui::*, view, view::ViewDecision};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The key and whether its file still waits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewKeyFile {
    pub details: ViewKeyDetails,
    /// Until when the caller may download it; none when it is gone or somebody else's.
    pub waits: Option<Deadline>,
    /// Whether this page has just handed it out.
    #[serde(default)]
    pub handed_out: bool,
}

impl PageData for ViewKeyFile {
    fn title(&self) -> String {
        format!("Key file of {}", self.details.key.name)
    }
}

/// The key, its list and its file.
#[server(prefix = "/fn", endpoint = "key_file")]
pub async fn key_file(id: String) -> Result<ViewKeyFile, UiError> {
    let details = super::data::key(id.clone()).await?;
    let (portal, caller) = crate::request::request_at_risk().await?;
    let id = id.parse().map_err(|_| UiError::not_found("key"))?;
    let waits = service::keys::file_waits(&portal, &caller, id).await?;
    let now = portal.clock().now();
    Ok(ViewKeyFile { details, waits: waits.map(|until| Deadline::new(until, now)), handed_out: false })
}

/// `/encryption-keys/{id}/file`.
#[component]
pub fn KeyFile() -> AnyView {
    page(asked, show)
}

async fn asked(input: Input) -> Result<ViewKeyFile, UiError> {
    let handed_out = !input.value("handed-out").is_empty();
    Ok(ViewKeyFile { handed_out, ..key_file(input.id).await? })
}

fn show(ViewKeyFile { details: data, waits, handed_out }: ViewKeyFile) -> AnyView {
    let close = format!("/encryption-keys/{}", data.key.id);
    let title = format!("Key file of {}", data.key.name);
    let (id, fingerprint) = (data.key.id.clone(), data.key.fingerprint.clone());
    let open = data.key.prove.as_ref().is_some_and(ViewDecision::allowed);
    view! {
        <WithPanel list=list(&data.list)>
            <Panel title close=close.clone()>
                <PanelBody>
                    {forms::summary(&[])} <Facts>
                        <Fact name="Fingerprint">
                            <Copyable value=fingerprint what="fingerprint" />
                        </Fact>
                    </Facts> <h3>"1. Download it"</h3> {download(&id, waits, handed_out)}
                    <h3>"2. Show that you kept it"</h3> {proof(&data, open)}
                </PanelBody>
                <PanelFoot>
                    <ButtonLink label="Close" href=close />
                </PanelFoot>
            </Panel>
        </WithPanel>
    }
    .into_any()
}

/// A plain form: the file never passes through a script.
fn download(id: &str, waits: Option<Deadline>, handed_out: bool) -> AnyView {
    let Some(until) = waits else {
        let text = match handed_out {
            true => "Your browser has the file; it has left the portal.",
            false => "The file is not here any more: whoever made the key downloads it once, within an hour.",
        };
        return view! { <p>{text}</p> }.into_any();
    };
    view! {
        <p>
            "The file is handed out once and then leaves the portal. It waits until " <Time at=until.at.clone() /> "."
        </p>
        <form method="post" action=format!("/encryption-keys/{id}/file") on:submit=follow(id)>
            <input type="hidden" name="do" value="download" />
            <div class="actions">
                <Button label="Download the key file" look=Look::Primary />
            </div>
        </form>
    }
    .into_any()
}

/// The document stays where it is while the browser stores the file; a moment later the page is asked for again, in
/// which the file is gone.
#[cfg(not(feature = "ssr"))]
fn follow(id: &str) -> impl Fn(leptos::ev::SubmitEvent) + 'static {
    use leptos_router::{NavigateOptions, hooks::use_navigate};
    let (go, page) = (use_navigate(), format!("/encryption-keys/{id}/file?handed-out=1"));
    move |_| {
        let (go, page) = (go.clone(), page.clone());
        let options = NavigateOptions { replace: true, ..Default::default() };
        set_timeout(move || go(&page, options), std::time::Duration::from_secs(2));
    }
}

#[cfg(feature = "ssr")]
fn follow(_: &str) -> impl Fn(leptos::ev::SubmitEvent) + 'static {
    |_| ()
}

fn proof(data: &ViewKeyDetails, open: bool) -> AnyView {
    let key = &data.key;
    if !open {
        return match key.prove.as_ref().and_then(|decision| decision.why.clone()) {
            Some(why) => view! { <p class="panel-why">{view::why(why)}</p> }.into_any(),
            None => activate(&key.id),
        };
    }
    view! {
        <p>
            "Put the file and its password in a safe place. Then select the file here once more: a key whose file is lost must not be activated."
        </p>
        <form method="post" action=format!("/encryption-keys/{}/file", key.id) enctype="multipart/form-data">
            <FileInput name="file" label="Key file" accept=".pfx,.p12" hint="256 KiB at most." error=forms::error("file") />
            <PasswordInput
                name="password"
                label="Password of the file"
                autocomplete="off"
                error=forms::error("password")
            />
            <div class="actions">
                <Button label="I stored it safely" />
            </div>
        </form>
    }
    .into_any()
}

fn activate(id: &str) -> AnyView {
    view! {
        <MessageBar tone=Tone::Success>"The file was kept: the key can be activated."</MessageBar>
        <ButtonLink label="Activate" href=format!("/encryption-keys/{id}/activate") look=Look::Primary />
    }
    .into_any()
}
