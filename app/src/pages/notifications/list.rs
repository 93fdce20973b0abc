//! The list of mails, the newest first.

use super::{Delivery, ViewMessage};
use crate::{error::UiError, pages::load::*, ui::*, url};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewOutbox {
    pub messages: Vec<ViewMessage>,
    /// Whether these are the newest.
    pub first: bool,
    /// The address of who reads the page.
    pub reader: String,
    /// Whether mails leave the portal at all.
    pub mailing: bool,
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
    let mut page = service::messages::list(&portal, &caller, after.clone(), 50).await?;
    build::keep_whole(&mut page);
    let (mailing, now) = (portal.settings().smtp_configured, portal.clock().now());
    Ok(ViewOutbox {
        messages: page.items.iter().map(|message| ViewMessage::new(message, mailing, now)).collect(),
        first: after.is_none(),
        reader: caller.email().to_owned(),
        mailing,
        next: page.next.map(|cursor| cursor.to_string()),
    })
}

/// `/notifications`.
#[component]
pub fn Notifications() -> AnyView {
    page(|input| notifications(input.value("after")), show)
}

fn show(data: ViewOutbox) -> AnyView {
    let ViewOutbox { messages, first, reader, mailing, next } = data;
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
    let rows = events(messages).into_iter().filter_map(|mails| row(mails, &reader)).collect();
    let columns = vec![
        Column::new("Subject"),
        Column::new("Event").minor(),
        Column::new("Recipients"),
        Column::new("State"),
        Column::new("Created"),
    ];
    view! {
        <PageHeader title="Notifications" subtitle="What every administrator is told of, and how far each mail is." />
        {(!mailing).then(no_mail_server)}
        <DataTable
            caption="Notifications, the newest first"
            columns
            rows
            empty=empty.into_any()
            page
        />
    }
    .into_any()
}

pub(super) fn no_mail_server() -> AnyView {
    view! {
        <MessageBar tone=Tone::Warning title="No mail server is set.">
            "Notices about key changes stay in this portal and reach nobody by mail until the operator sets one."
        </MessageBar>
    }
    .into_any()
}

/// Mails of one event follow each other: they are one row, as they are one piece of news.
fn events(messages: Vec<ViewMessage>) -> Vec<Vec<ViewMessage>> {
    let mut events: Vec<Vec<ViewMessage>> = Vec::new();
    for message in messages {
        let same = |before: &ViewMessage| {
            (&before.subject, &before.event, &before.created)
                == (&message.subject, &message.event, &message.created)
        };
        match events.last_mut().filter(|event| event.first().is_some_and(same)) {
            Some(event) => event.push(message),
            None => events.push(vec![message]),
        }
    }
    events
}

/// Its name leads to the reader's own mail: what is in it is for who it was sent to.
fn row(mails: Vec<ViewMessage>, reader: &str) -> Option<Row> {
    let own = mails.iter().find(|mail| mail.recipient == reader);
    let ViewMessage { id, event, subject, created, .. } = own.or(mails.first())?.clone();
    let href = format!("/notifications/{id}");
    let states = states(&mails);
    let row = Row::new(id, subject.clone())
        .cell(view! { <a href=href>{subject}</a> }.into_any())
        .cell(event)
        .cell(recipients(mails))
        .cell(states)
        .cell(view! { <Time at=created /> }.into_any());
    Some(row)
}

/// Each leads to its own mail.
fn recipients(mails: Vec<ViewMessage>) -> AnyView {
    let link = |mail: ViewMessage| {
        let href = format!("/notifications/{}", mail.id);
        view! { <a href=href>{mail.recipient}</a> }
    };
    if mails.len() == 1 {
        return mails.into_iter().map(link).collect_view().into_any();
    }
    let many = format!("{} administrators", mails.len());
    // Which of them it is that did not arrive.
    let trouble = |mail: &ViewMessage| {
        let troubled = matches!(mail.state, Delivery::Failed | Delivery::Retrying);
        troubled.then(|| mail.state.badge(None))
    };
    let line = |mail: ViewMessage| view! { <li>{trouble(&mail)} " " {link(mail)}</li> };
    let lines = mails.into_iter().map(line).collect_view();
    view! {
        <details class="cell-more">
            <summary>{many}</summary>
            <ul class="cell-list">{lines}</ul>
        </details>
    }
    .into_any()
}

/// How many are how far; what went wrong comes with the reason.
fn states(mails: &[ViewMessage]) -> AnyView {
    let all = [Delivery::Failed, Delivery::Retrying, Delivery::Queued, Delivery::Sent];
    let badges = all.into_iter().filter_map(|state| {
        let of = mails.iter().filter(|mail| mail.state == state);
        let count = of.count();
        (count > 0).then(|| state.badge(Some(count).filter(|_| mails.len() > 1)))
    });
    let error = mails.iter().find_map(|mail| mail.error.clone());
    view! {
        <span class="badges">{badges.collect_view()}</span>
        {error.map(|error| view! { <span class="cell-note">{error}</span> })}
    }
    .into_any()
}

#[cfg(feature = "ssr")]
mod build {
    use service::store::{Cursor, Page, messages::Message};

    /// An event whose mails the end of the page would part begins the next one.
    pub(super) fn keep_whole(page: &mut Page<Message>) {
        let event = |mail: &Message| (mail.created_at, mail.event, mail.subject.clone());
        let (Some(_), Some(parted)) = (&page.next, page.items.last().map(event)) else { return };
        let whole = page.items.iter().take_while(|mail| event(mail) != parted).count();
        if let Some(last) = whole.checked_sub(1).and_then(|at| page.items.get(at)) {
            page.next = Some(Cursor { value: last.created_at.0.to_string(), id: last.id.0 });
            page.items.truncate(whole);
        }
    }
}
