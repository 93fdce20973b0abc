//! The outbox: which mails left the portal, which wait, which failed.

pub mod details;
pub mod list;

pub use details::Notification;
pub use list::Notifications;

use crate::ui::{Deadline, Moment, State, StateBadge};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A mail to one recipient, as the list shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewMessage {
    pub id: String,
    /// What it is about: "Key activated".
    pub event: String,
    pub recipient: String,
    pub subject: String,
    pub state: Delivery,
    pub attempts: u32,
    /// What the mail server said last.
    pub error: Option<String>,
    pub created: Moment,
    pub sent: Option<Moment>,
    /// When it is tried again.
    pub next: Option<Deadline>,
}

/// How far a mail is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Delivery {
    /// Not tried yet.
    Queued,
    /// Tried in vain; it will be tried again.
    Retrying,
    Sent,
    /// Given up.
    Failed,
}

impl Delivery {
    /// With how many are so far, where there are several.
    fn badge(self, of: Option<usize>) -> AnyView {
        let (state, word) = match self {
            Delivery::Queued => (State::Queued, "Queued"),
            Delivery::Retrying => (State::Warning, "Retrying"),
            Delivery::Sent => (State::Succeeded, "Sent"),
            Delivery::Failed => (State::Failed, "Failed"),
        };
        let label = of.map_or_else(|| word.to_owned(), |of| format!("{of}\u{a0}{}", word.to_lowercase()));
        view! { <StateBadge state label /> }.into_any()
    }
}

#[cfg(feature = "ssr")]
mod build {
    use super::{Delivery, ViewMessage};
    use crate::ui::Deadline;
    use domain::{Timestamp, events::Event, messages::MessageState};
    use service::store::messages::Message;

    impl ViewMessage {
        /// The message as it stands at `now`; `mailing` says whether mails leave the portal at all.
        pub(super) fn new(message: &Message, mailing: bool, now: Timestamp) -> Self {
            let state = match (message.state, &message.last_error) {
                (MessageState::Queued, None) => Delivery::Queued,
                (MessageState::Queued, Some(_)) => Delivery::Retrying,
                (MessageState::Sent, _) => Delivery::Sent,
                (MessageState::Failed, _) => Delivery::Failed,
            };
            let waits = mailing && state == Delivery::Retrying;
            Self {
                id: message.id.to_string(),
                event: words(message.event).to_owned(),
                recipient: message.address.clone(),
                subject: message.subject.strip_prefix("[Keystead] ").unwrap_or(&message.subject).to_owned(),
                state,
                attempts: message.attempts,
                error: message.last_error.clone(),
                created: message.created_at.into(),
                sent: message.sent_at.map(Into::into),
                next: waits.then(|| Deadline::new(message.next_attempt_at, now)),
            }
        }
    }

    const fn words(event: Event) -> &'static str {
        match event {
            Event::KeyAdded => "Key added",
            Event::KeyActivationRequested => "Activation requested",
            Event::KeyActivated => "Key activated",
            Event::KeyActivationFailed => "Activation failed",
            Event::EnvironmentApplied => "Own key applied",
            Event::EnvironmentReturned => "Returned to standard",
            Event::ChangeReported => "Change reported",
            Event::ReportCleared => "Report cleared",
            Event::RollBackScheduled => "Roll-back scheduled",
            Event::RollBackCancelled => "Roll-back called off",
            Event::ApprovalAsked => "Approval asked for",
            Event::ApprovalGiven => "Change approved",
            Event::ApprovalWithdrawn => "Change not approved",
            Event::KeyLocked => "Environments locked",
            Event::KeyUnlocking => "Unlock requested",
            Event::KeyUnlocked => "Key unlocked",
            Event::KeyUnlockFailed => "Unlock failed",
            Event::LockRefused => "Lock refused",
            Event::UnlockRefused => "Unlock refused",
            Event::EnvironmentUnlocked => "Environment unlocked",
            Event::DeletionReminder => "Deletion ahead",
            Event::EnvironmentOverwritten => "Data replaced",
            Event::EnvironmentReset => "Environment reset",
            Event::BackupFailed => "Backup failed",
            Event::EnvironmentDeleted => "Environment deleted",
            Event::EnvironmentChangeFailed => "Encryption change failed",
        }
    }
}
