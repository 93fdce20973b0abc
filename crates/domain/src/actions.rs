//! Every use case by name: what roles allow, what the audit trail records.

use serde::{Deserialize, Serialize};

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $words:literal),+ $(,)?) => {
        /// A use case. Its text is the audit trail's `action`.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        pub enum Action { $($(#[$doc])* #[serde(rename = $text)] $variant),+ }

        impl Action {
            /// Every action, for tests that must not forget one.
            pub const ALL: &'static [Action] = &[$(Action::$variant),+];

            /// `key.activate` and the like.
            pub const fn as_str(self) -> &'static str {
                match self { $(Action::$variant => $text),+ }
            }

            /// What it is called on pages and in refusals: "Activate a key".
            pub const fn words(self) -> &'static str {
                match self { $(Action::$variant => $words),+ }
            }
        }
    };
}

actions! {
    TenantRead = "tenant.read", "Read the organisation",
    TenantConfigure = "tenant.configure", "Configure the organisation",
    TenantInstall = "tenant.install", "Set up the organisation",
    RootKeyRotate = "root_key.rotate", "Replace the root key",
    PortalBackUp = "portal.back_up", "Back the portal up",
    PortalRestore = "portal.restore", "Restore the portal",
    UserAdd = "user.add", "Add a person",
    UserChange = "user.change", "Change a person",
    TokenAdd = "token.add", "Add an API token",
    TokenRevoke = "token.revoke", "Revoke an API token",
    SignIn = "session.sign_in", "Sign in",
    SignOut = "session.sign_out", "Sign out",
    PasswordChange = "session.change_password", "Change the password",
    RiskAcknowledge = "risk.acknowledge", "Acknowledge the key risk",
    KeyRead = "key.read", "Read a key",
    KeyAdd = "key.add", "Add a key",
    KeyDownload = "key.download", "Download a key file",
    KeyProve = "key.prove", "Show that a key file was kept",
    KeyActivate = "key.activate", "Activate a key",
    KeyInstall = "key.install", "Install a key",
    KeyReport = "key.report", "Report a key change",
    KeyClearReport = "key.clear_report", "Clear a report",
    KeyScheduleRollBack = "key.schedule_roll_back", "Schedule a roll-back",
    KeyCancelRollBack = "key.cancel_roll_back", "Call a roll-back off",
    KeyAskApproval = "key.ask_approval", "Ask for approval",
    KeyGiveApproval = "key.give_approval", "Approve a key change",
    KeyWithdrawApproval = "key.withdraw_approval", "Refuse a key change",
    KeyLock = "key.lock", "Lock environments",
    KeyUnlock = "key.unlock", "Unlock a key",
    EnvironmentRead = "environment.read", "Read an environment",
    EnvironmentCreate = "environment.create", "Create an environment",
    EnvironmentApply = "environment.apply", "Apply your own key",
    EnvironmentReturn = "environment.return", "Return to standard encryption",
    EnvironmentRewrap = "environment.rewrap", "Re-encrypt with the active key",
    EnvironmentUnlock = "environment.unlock", "Unlock an environment",
    EnvironmentDelete = "environment.delete", "Delete an environment",
    EnvironmentRestore = "environment.restore", "Restore a backup",
    EnvironmentCopy = "environment.copy", "Copy an environment",
    EnvironmentReset = "environment.reset", "Reset an environment",
    BackupRead = "backup.read", "Read a backup",
    BackupCreate = "backup.create", "Back up an environment",
    BackupDelete = "backup.delete", "Delete a backup",
    BackupSchedule = "backup.schedule", "Change a backup schedule",
    TableRead = "table.read", "Read a table",
    TableCreate = "table.create", "Create a table",
    RowRead = "row.read", "Read rows",
    RowWrite = "row.write", "Write rows",
    RowDelete = "row.delete", "Delete a row",
    RowImport = "row.import", "Import rows",
    RowExport = "row.export", "Export rows",
    OperationRead = "operation.read", "Read an operation",
    OperationCancel = "operation.cancel", "Cancel an operation",
    MessageRead = "message.read", "Read a notification",
    MessageSend = "message.send", "Send a notification again",
    AuditRead = "audit.read", "Read the audit log",
}

impl Action {
    /// What a System administrator may do in the own environment.
    pub const fn is_of_environment(self) -> bool {
        use Action::*;
        matches!(
            self,
            TenantRead
                | RiskAcknowledge
                | EnvironmentRead
                | EnvironmentApply
                | EnvironmentReturn
                | EnvironmentUnlock
                | EnvironmentRestore
                | EnvironmentCopy
                | EnvironmentReset
                | BackupRead
                | BackupCreate
                | BackupDelete
                | BackupSchedule
                | TableRead
                | TableCreate
                | RowRead
                | RowWrite
                | RowDelete
                | RowImport
                | RowExport
                | OperationRead
                | OperationCancel
        )
    }

    /// What two administrators of a kind should not be enough for.
    pub const fn is_of_global_administrator(self) -> bool {
        matches!(self, Action::KeyClearReport)
    }

    /// What everybody may do with the own account, whatever the roles.
    pub const fn is_of_own_account(self) -> bool {
        matches!(self, Action::SignIn | Action::SignOut | Action::PasswordChange)
    }

    /// What an auditor may do: look at everything but the rows themselves.
    pub const fn is_reading_without_data(self) -> bool {
        use Action::*;
        matches!(
            self,
            TenantRead
                | RiskAcknowledge
                | KeyRead
                | EnvironmentRead
                | BackupRead
                | TableRead
                | OperationRead
                | MessageRead
                | AuditRead
        )
    }
}
