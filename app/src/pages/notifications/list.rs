//! The list of mails, the newest first.

use super::ViewMessage;
use crate::{error::UiError, pages::load::*, ui::*, url};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewOutbox {
    pub messages: Vec<ViewMessage>,
    /// Whether these are the newest.
    pub first: bool,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl PageData for ViewOutbox {
    fn title(&self) -> String {
        "Notifications".to_owned()
    }
}

/// Up to 50 mails after `after`, from the newest when it is empty.
#[server(prefix = "/fn", endpoint = "notifications")]
pub async fn notifications(after: String) -> Result<ViewOutbox, UiError> {
    let (portal, caller) = crate::request::request()?;
    let after = service::store::Cursor::parse(&after);
    let page = service::messages::list(&portal, &caller, after.clone(), 50).await?;
    let (mailing, now) = (portal.settings().smtp_configured, portal.clock().now());
    Ok(ViewOutbox {
        messages: page.items.iter().map(|message| ViewMessage::new(message, mailing, now)).collect(),
        first: after.is_none(),
        next: page.next.map(|cursor| cursor.to_string()),
    })
}

/// `/notifications`.
#[component]
pub fn Notifications() -> AnyView {
    page(|input| notifications(input.value("after")), show)
}

fn show(data: ViewOutbox) -> AnyView {
    let ViewOutbox { messages, first, next } = data;
    let page = Page {
        first: (!first).then(|| "/notifications".to_owned()),
        next: next.map(|after| url::with_query("/notifications", &[("after", &after)])),
        ..Page::default()
    };
    let empty = view! {
        <EmptyState
            icon=Glyph::Mail
            title="No notifications yet"
            text="Each key change is mailed to every administrator; the mails and what became of them are listed here."
        />
    };
    let columns = vec![
        Column::new("Subject"),
        Column::new("Event").minor(),
        Column::new("Recipient"),
        Column::new("State"),
        Column::new("Attempts").numeric().minor(),
        Column::new("Created"),
    ];
    view! {
        <PageHeader title="Notifications" subtitle="Mails about key changes, one for each administrator." />
        <DataTable
            caption="Notifications, the newest first"
            columns
            rows=messages.into_iter().map(row).collect()
            empty=empty.into_any()
            page
        />
    }
    .into_any()
}

fn row(message: ViewMessage) -> Row {
    let ViewMessage { id, event, recipient, subject, state, attempts, error, created, .. } = message;
    let href = format!("/notifications/{id}");
    let state = view! {
        {state.badge()}
        {error.map(|error| view! { <span class="cell-note">{error}</span> })}
    };
    Row::new(id, subject.clone())
        .cell(view! { <a href=href>{subject}</a> }.into_any())
        .cell(event)
        .cell(recipient)
        .cell(state.into_any())
        .cell(attempts.to_string())
        .cell(view! { <Time at=created /> }.into_any())
}
