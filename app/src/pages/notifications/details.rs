//! One mail: what it says and what became of it.

use super::{Delivery, ViewMessage, list::no_mail_server};
use crate::{error::UiError, forms, pages::load::*, ui::*, view::ViewDecision};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewMail {
    pub message: ViewMessage,
    /// The mail's text version.
    pub text: String,
    /// Whether it may be sent again now.
    pub send: ViewDecision,
    /// Whether mails leave the portal at all.
    pub mailing: bool,
    /// Whether an attempt is at hand: the page follows it.
    pub due: bool,
}

impl PageData for ViewMail {
    fn title(&self) -> String {
        self.message.subject.clone()
    }

    fn running(&self) -> bool {
        self.due
    }
}

/// The mail of this id.
#[server(prefix = "/fn", endpoint = "notification")]
pub async fn notification(id: String) -> Result<ViewMail, UiError> {
    let (portal, caller) = crate::request::request()?;
    let id = id.parse().map_err(|_| UiError::not_found("notification"))?;
    let (found, send) = service::messages::details(&portal, &caller, id).await?;
    let (mailing, now) = (portal.settings().smtp_configured, portal.clock().now());
    use domain::messages::MessageState;
    let send = ViewDecision::new(&send, now);
    let soon = now + std::time::Duration::from_secs(10);
    let due = mailing && found.state == MessageState::Queued && found.next_attempt_at <= soon;
    Ok(ViewMail { message: ViewMessage::new(&found, mailing, now), text: found.text, send, mailing, due })
}

/// `/notifications/{id}`.
#[component]
pub fn Notification() -> AnyView {
    page(|input| notification(input.id), show)
}

fn show(data: ViewMail) -> AnyView {
    let send = send_button(&data);
    let ViewMail { message, text, mailing, .. } = data;
    let ViewMessage { event, recipient, subject, state, attempts, error, created, sent, next, .. } = message;
    view! {
        <PageHeader
            title=subject
            trail=vec![("Notifications".to_owned(), "/notifications".to_owned())]
            aside=state.badge(None)
        />
        {(!mailing).then(no_mail_server)}
        {forms::summary(&[])}
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
            {send}
        </Card>
        <Card title="Text">
            <pre class="mail">{text}</pre>
        </Card>
    }
    .into_any()
}

/// What arrived, or was not tried yet, needs no button.
fn send_button(data: &ViewMail) -> Option<AnyView> {
    let label = match data.message.state {
        Delivery::Queued | Delivery::Sent => return None,
        Delivery::Retrying => "Try now",
        Delivery::Failed => "Send again",
    };
    let run = Run::submit("send", data.send.why.clone());
    let action = format!("/notifications/{}", data.message.id);
    let form = view! {
        <form id="send" method="post" action=action></form>
        <div class="actions">
            <CommandButton id="send-again" icon=Glyph::Mail label run look=Look::Secondary />
        </div>
    };
    Some(form.into_any())
}
