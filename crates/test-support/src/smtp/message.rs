//! A message as it arrived.

use std::borrow::Cow;

use mail_parser::{MessageParser, MessagePart, PartType};

/// One SMTP transaction.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The envelope's sender; empty for `<>`.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Headers and body with the dots unstuffed, lines as sent.
    pub raw: Vec<u8>,
    /// Who had logged in.
    pub user: Option<String>,
    /// The message came over TLS.
    pub protected: bool,
}

impl Message {
    /// The decoded `Subject`.
    pub fn subject(&self) -> Option<String> {
        self.parsed()?.subject().map(str::to_owned)
    }

    /// The `Message-ID` without its angle brackets.
    pub fn message_id(&self) -> Option<String> {
        self.parsed()?.message_id().map(str::to_owned)
    }

    /// The value of any header as it was sent: still encoded and folded, but trimmed.
    pub fn header(&self, name: &str) -> Option<String> {
        self.parsed()?.header_raw(name).map(|value| value.trim().to_owned())
    }

    /// The decoded `text/plain` part.
    pub fn text(&self) -> Option<String> {
        self.body(|body| match body {
            PartType::Text(text) => Some(text),
            _ => None,
        })
    }

    /// The decoded `text/html` part.
    pub fn html(&self) -> Option<String> {
        self.body(|body| match body {
            PartType::Html(html) => Some(html),
            _ => None,
        })
    }

    fn parsed(&self) -> Option<mail_parser::Message<'_>> {
        MessageParser::default().parse(&self.raw)
    }

    fn body(&self, pick: impl for<'a> Fn(&'a PartType<'a>) -> Option<&'a Cow<'a, str>>) -> Option<String> {
        let message = self.parsed()?;
        let part = |part: &MessagePart<'_>| pick(&part.body).map(|text| text.as_ref().to_owned());
        message.parts.iter().find_map(part)
    }
}

impl std::fmt::Debug for Message {
    /// A failed assertion should show a mail one can read.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { from, to, raw, user, protected } = self;
        write!(f, "mail from {from} to {to:?} (login {user:?}, TLS {protected}):\n{}", raw.escape_ascii())
    }
}
