//! What a form did, said once on the page it leads to: `?done=<code>` with fixed words.
//!
//! Nothing else of an address is ever shown, so a link cannot put words into the portal's mouth.

use crate::ui::{MessageBar, Tone};
use leptos::prelude::*;

macro_rules! done {
    ($($variant:ident = $code:literal, $text:literal),+ $(,)?) => {
        /// Something that was done.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Done { $($variant),+ }

        impl Done {
            /// All of them, for tests.
            pub const ALL: &'static [Done] = &[$(Done::$variant),+];

            /// The code in addresses.
            pub const fn code(self) -> &'static str {
                match self { $(Done::$variant => $code),+ }
            }

            /// The words on the page.
            pub const fn text(self) -> &'static str {
                match self { $(Done::$variant => $text),+ }
            }
        }
    };
}

done! {
    Installed = "installed", "The portal is set up. Sign in with the account you just made.",
    SignedOut = "signed-out", "You are signed out.",
    PasswordChanged = "password-changed", "Your password is changed. All other sessions were signed out.",
    SessionsEnded = "sessions-ended", "All other sessions were signed out.",
    SessionEnded = "session-ended", "The session was signed out.",
    EnvironmentCreated = "environment-created", "The environment is ready. It is encrypted with the Microsoft-provided key.",
    ApplyStarted = "apply-started", "Applying the key has begun. The environment is unavailable until it ends.",
    ReturnStarted = "return-started", "The return to standard encryption has begun. The environment is unavailable until it ends.",
    TableCreated = "table-created", "The table is ready.",
    RowAdded = "row-added", "The row was added.",
    RowSaved = "row-saved", "The row was saved.",
    RowDeleted = "row-deleted", "The row was deleted.",
    ImportStarted = "import-started", "The file was received: the import has begun.",
    KeyAdded = "key-added", "The key was added. A notice to every administrator is written.",
    KeyGenerated = "key-generated", "The key was made. A notice to every administrator is written. Download its file now.",
    KeyProved = "key-proved", "The file was kept: the key can be activated.",
    ChangeReported = "change-reported", "Key changes and locks are stopped. A notice to every administrator is written.",
    ReportCleared = "report-cleared", "The report is cleared. A notice to every administrator is written.",
    RollBackScheduled = "roll-back-scheduled", "The roll-back is scheduled. A notice to every administrator is written.",
    RollBackCancelled = "roll-back-cancelled", "The roll-back is called off. A notice to every administrator is written.",
    ApprovalAsked = "approval-asked", "The other administrators are asked, by a notice that is written to them.",
    ApprovalGiven = "approval-given", "You have approved it. A notice to every administrator is written.",
    ApprovalWithdrawn = "approval-withdrawn", "It is not approved. A notice to every administrator is written.",
    LockStarted = "lock-started", "The environments are locked: nobody reads or writes them any more. A notice to every administrator is written.",
    KeyUnlocking = "key-unlocking", "Unlocking the key has begun. A notice to every administrator is written.",
    UnlockStarted = "unlock-started", "Unlocking the environment has begun. It comes back online at the end.",
    EnvironmentDeleted = "environment-deleted", "The environment was deleted. A notice to every administrator is written.",
    BackupStarted = "backup-started", "The backup has begun. The environment stays available.",
    BackupDeleted = "backup-deleted", "The backup was deleted.",
    ScheduleSaved = "schedule-saved", "The schedule is saved.",
    ScheduleEnded = "schedule-ended", "The schedule has ended. Its backups stay.",
    RestoreStarted = "restore-started", "The restore has begun. What is here can be read until it ends.",
    CopyStarted = "copy-started", "The copy has begun. What is here can be read until it ends.",
    EnvironmentReset = "environment-reset", "The environment was reset: its data and backups are gone. A notice to every administrator is written.",
    MessageQueued = "message-queued", "The mail is due again: it leaves with the next attempt.",
    OperationCancelled = "operation-cancelled", "The operation is cancelled. What it had begun is removed; rows that an import has stored stay.",
    KeyActivating = "key-activating", "The activation has begun. A notice to every administrator is written.",
}

impl Done {
    /// Reads a code; anything else is nothing.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|done| done.code() == code)
    }

    /// The address that says it: `path?done=code`.
    pub fn at(self, path: &str) -> String {
        crate::url::with_query(path, &[("done", self.code())])
    }
}

/// The bar that says it, when the address carries a known code.
pub(crate) fn bar(code: &str) -> Option<AnyView> {
    let text = Done::parse(code)?.text();
    Some(view! { <MessageBar tone=Tone::Success>{text}</MessageBar> }.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_come_back() {
        for done in Done::ALL {
            assert_eq!(Done::parse(done.code()), Some(*done));
        }
        assert_eq!(Done::parse("<b>anything</b>"), None);
        assert_eq!(
            Done::KeyAdded.at("/encryption-keys?region=eu"),
            "/encryption-keys?region=eu&done=key-added"
        );
    }
}
