//! Every use case by name: what roles allow, what the audit trail records.

use serde::{Deserialize, Serialize};

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)?) => {
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
        }
    };
}

actions! {
    TenantRead = "tenant.read",
    TenantConfigure = "tenant.configure",
    TenantInstall = "tenant.install",
    RootKeyRotate = "root_key.rotate",
    PortalBackUp = "portal.back_up",
    PortalRestore = "portal.restore",
    UserAdd = "user.add",
    UserChange = "user.change",
    TokenAdd = "token.add",
    TokenRevoke = "token.revoke",
    SignIn = "session.sign_in",
    SignOut = "session.sign_out",
    PasswordChange = "session.change_password",
    RiskAcknowledge = "risk.acknowledge",
    KeyRead = "key.read",
    KeyAdd = "key.add",
    KeyDownload = "key.download",
    KeyProve = "key.prove",
    KeyActivate = "key.activate",
    KeyInstall = "key.install",
    KeyReport = "key.report",
    KeyClearReport = "key.clear_report",
    KeyScheduleRollBack = "key.schedule_roll_back",
    KeyCancelRollBack = "key.cancel_roll_back",
    KeyAskApproval = "key.ask_approval",
    KeyGiveApproval = "key.give_approval",
    KeyWithdrawApproval = "key.withdraw_approval",
    KeyLock = "key.lock",
    KeyUnlock = "key.unlock",
    EnvironmentRead = "environment.read",
    EnvironmentCreate = "environment.create",
    EnvironmentApply = "environment.apply",
    EnvironmentReturn = "environment.return",
    EnvironmentRewrap = "environment.rewrap",
    EnvironmentUnlock = "environment.unlock",
    EnvironmentDelete = "environment.delete",
    EnvironmentRestore = "environment.restore",
    EnvironmentCopy = "environment.copy",
    EnvironmentReset = "environment.reset",
    BackupRead = "backup.read",
    BackupCreate = "backup.create",
    BackupDelete = "backup.delete",
    BackupSchedule = "backup.schedule",
    TableRead = "table.read",
    TableCreate = "table.create",
    RowRead = "row.read",
    RowWrite = "row.write",
    RowDelete = "row.delete",
    RowImport = "row.import",
    RowExport = "row.export",
    OperationRead = "operation.read",
    OperationCancel = "operation.cancel",
    MessageRead = "message.read",
    AuditRead = "audit.read",
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
