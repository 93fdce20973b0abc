//! What a sink was told to do and what it has seen.

use super::Message;

/// How a sink treats its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Takes every message.
    Accept,
    /// Connections are refused and open ones end.
    Refuse,
    /// Every recipient gets 451: "try again later".
    Reject4xx,
    /// Every recipient gets 550: "never".
    Reject5xx,
    /// Every message gets 554 after its data: "the disk is full, or we know nobody".
    RejectData,
    /// Connections are accepted, but nothing is answered any more until the fault changes.
    Hang,
    /// The connection is reset after the message came in and before we say so: the sender cannot know.
    ResetAfterData,
}

/// How often what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Accepted TCP connections.
    pub connections: usize,
    /// Logins that succeeded.
    pub logins: usize,
    /// Logins that failed.
    pub failed_logins: usize,
    /// Messages confirmed.
    pub accepted: usize,
    /// Recipients answered with 451 or 550.
    pub rejected: usize,
    /// Answers held back by [`Fault::Hang`].
    pub hung: usize,
    /// Connections reset after the data.
    pub reset: usize,
}

#[derive(Debug, Default)]
pub(super) struct Inbox {
    pub(super) messages: Vec<Message>,
    pub(super) unconfirmed: Vec<Message>,
    pub(super) refused: Vec<String>,
    pub(super) counts: Counts,
}
