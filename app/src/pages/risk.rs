//! The risk of managing keys, acknowledged once a session (PP-027…PP-034, PP-052, PP-074, PP-088).

use crate::{error::UiError, forms, pages::load::*, ui::*, url};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

/// What the dialog says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewRisk {
    /// One sentence a line.
    pub text: Vec<String>,
    /// Whether it was confirmed in this session already.
    pub acknowledged: bool,
}

impl PageData for ViewRisk {
    fn title(&self) -> String {
        "The risk of managing keys".to_owned()
    }
}

/// The text as it is acknowledged today.
#[server(prefix = "/fn", endpoint = "risk")]
pub async fn risk() -> Result<ViewRisk, UiError> {
    let (portal, caller) = crate::request::request()?;
    Ok(ViewRisk {
        text: service::risk::TEXT.iter().map(|line| (*line).to_owned()).collect(),
        acknowledged: service::risk::acknowledged(&portal, &caller).await?,
    })
}

/// `/encryption-keys/risk`; `next` is where Confirm leads, a path of this portal.
#[component]
pub fn Risk() -> AnyView {
    page(|_| risk(), show)
}

fn show(data: ViewRisk) -> AnyView {
    let asked = url::query_value(&use_location().search.get_untracked(), "next");
    let asked = if asked.is_empty() { "/encryption-keys".to_owned() } else { asked };
    let next = url::safe_next(&forms::value_or("next", asked)).to_owned();
    let mut lines = data.text.into_iter();
    let first = lines.next().unwrap_or_default();
    let consequences: Vec<String> = lines.collect();
    let already = data
        .acknowledged
        .then(|| view! { <p class="muted">"You confirmed this earlier in this session."</p> });
    view! {
        <PageHeader title="The risk of managing keys" />
        {forms::summary(&[])}
        <ConfirmDialog
            title="Do you understand the risk of managing encryption keys?"
            action="/encryption-keys/risk"
            cancel="/environments"
            consequences
        >
            <p>{first}</p>
            {already}
            <input type="hidden" name="next" value=next />
        </ConfirmDialog>
    }
    .into_any()
}
