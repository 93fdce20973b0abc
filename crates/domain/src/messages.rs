//! Mails to administrators: where each stands.

/// Where a message stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessageState {
    /// Waits for its next attempt.
    Queued,
    Sent,
    /// Given up after the last attempt.
    Failed,
}

impl MessageState {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Queued, Self::Sent, Self::Failed].into_iter().find(|state| state.as_str() == text)
    }
}

/// What the guard of sending a mail again looks at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageFacts {
    pub state: MessageState,
    /// Whether it was tried in vain before.
    pub tried: bool,
    /// Whom it is for.
    pub address: String,
    /// Whether that person is an administrator still.
    pub administrator: bool,
}
