//! One mail: what it says and what became of it.

use super::ViewMessage;
use crate::{error::UiError, pages::load::*, ui::*};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewMail {
    pub message: ViewMessage,
    /// The mail's text version.
    pub text: String,
}

impl PageData for ViewMail {
    fn title(&self) -> String {
        self.message.subject.clone()
    }
}

/// The mail of this id.
#[server(prefix = "/fn", endpoint = "notification")]
pub async fn notification(id: String) -> Result<ViewMail, UiError> {
    let (portal, caller) = crate::request::request()?;
    let id = id.parse().map_err(|_| UiError::not_found("notification"))?;
    let found = service::messages::get(&portal, &caller, id).await?;
    let (mailing, now) = (portal.settings().smtp_configured, portal.clock().now());
    Ok(ViewMail { message: ViewMessage::new(&found, mailing, now), text: found.text })
}

/// `/notifications/{id}`.
#[component]
pub fn Notification() -> AnyView {
    page(|input| notification(input.id), show)
}

fn show(data: ViewMail) -> AnyView {
    let ViewMail { message, text } = data;
    let ViewMessage { event, recipient, subject, state, attempts, error, created, sent, next, .. } = message;
    view! {
        <PageHeader
            title=subject
            trail=vec![("Notifications".to_owned(), "/notifications".to_owned())]
            aside=state.badge(None)
        />
        <Card title="Delivery">
            <Facts>
                <Fact name="Event">{event}</Fact>
                <Fact name="Recipient">{recipient}</Fact>
                <Fact name="Created">
                    <Time at=created />
                </Fact>
                {sent.map(|sent| view! { <Fact name="Sent"><Time at=sent /></Fact> })}
                <Fact name="Attempts">{attempts}</Fact>
                {error.map(|error| view! { <Fact name="Last error">{error}</Fact> })}
                {next.map(|until| view! { <Fact name="Next attempt"><Countdown until /></Fact> })}
            </Facts>
        </Card>
        <Card title="Text">
            <pre class="mail">{text}</pre>
        </Card>
    }
    .into_any()
}
