//! Actions in words.

use domain::actions::Action;

/// What an action is called on pages; a code that this build does not know stays as it is.
pub fn action(code: &str) -> String {
    Action::ALL
        .iter()
        .find(|action| action.as_str() == code)
        .map_or_else(|| code.to_owned(), |action| words(*action).to_owned())
}

const fn words(action: Action) -> &'static str {
    match action {
        Action::TenantRead => "Read the organisation",
        Action::TenantConfigure => "Configure the organisation",
        Action::TenantInstall => "Set up the organisation",
        Action::RootKeyRotate => "Replace the root key",
        Action::PortalBackUp => "Back the portal up",
        Action::PortalRestore => "Restore the portal",
        Action::UserAdd => "Add a person",
        Action::UserChange => "Change a person",
        Action::TokenAdd => "Add an API token",
        Action::TokenRevoke => "Revoke an API token",
        Action::SignIn => "Sign in",
        Action::SignOut => "Sign out",
        Action::PasswordChange => "Change the password",
        Action::RiskAcknowledge => "Acknowledge the key risk",
        Action::KeyRead => "Read a key",
        Action::KeyAdd => "Add a key",
        Action::KeyDownload => "Download a key file",
        Action::KeyProve => "Show that a key file was kept",
        Action::KeyActivate => "Activate a key",
        Action::KeyInstall => "Install a key",
        Action::KeyReport => "Report a key change",
        Action::KeyClearReport => "Clear a report",
        Action::KeyScheduleRollBack => "Schedule a roll-back",
        Action::KeyCancelRollBack => "Call a roll-back off",
        Action::KeyAskApproval => "Ask for approval",
        Action::KeyGiveApproval => "Approve a key change",
        Action::KeyWithdrawApproval => "Refuse a key change",
        Action::KeyLock => "Lock environments",
        Action::KeyUnlock => "Unlock a key",
        Action::EnvironmentRead => "Read an environment",
        Action::EnvironmentCreate => "Create an environment",
        Action::EnvironmentApply => "Apply your own key",
        Action::EnvironmentReturn => "Return to standard encryption",
        Action::EnvironmentRewrap => "Re-encrypt with the active key",
        Action::EnvironmentUnlock => "Unlock an environment",
        Action::EnvironmentDelete => "Delete an environment",
        Action::EnvironmentRestore => "Restore a backup",
        Action::EnvironmentCopy => "Copy an environment",
        Action::EnvironmentReset => "Reset an environment",
        Action::BackupRead => "Read a backup",
        Action::BackupCreate => "Back up an environment",
        Action::BackupDelete => "Delete a backup",
        Action::BackupSchedule => "Change a backup schedule",
        Action::OperationCancel => "Cancel an operation",
        Action::TableRead => "Read a table",
        Action::TableCreate => "Create a table",
        Action::RowRead => "Read rows",
        Action::RowWrite => "Write rows",
        Action::RowDelete => "Delete a row",
        Action::RowImport => "Import rows",
        Action::RowExport => "Export rows",
        Action::OperationRead => "Read an operation",
        Action::MessageRead => "Read a notification",
        Action::AuditRead => "Read the audit log",
    }
}

/// What the filter offers: everything about a noun, then each action that the trail records.
pub fn choices() -> Vec<(String, String)> {
    const NOUNS: [(&str, &str); 8] = [
        ("key", "Everything about keys"),
        ("environment", "Everything about environments"),
        ("backup", "Everything about backups"),
        ("table", "Everything about tables"),
        ("row", "Everything about rows"),
        ("session", "Everything about sign-ins"),
        ("user", "Everything about people"),
        ("tenant", "Everything about the organisation"),
    ];
    let nouns = NOUNS.iter().map(|(code, words)| ((*code).to_owned(), (*words).to_owned()));
    let recorded = Action::ALL.iter().filter(|action| is_recorded(**action));
    let actions = recorded.map(|action| (action.as_str().to_owned(), words(*action).to_owned()));
    nouns.chain(actions).collect()
}

/// Looking at pages leaves no entry, looking at rows does.
fn is_recorded(action: Action) -> bool {
    action == Action::RowRead || !action.as_str().ends_with(".read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offered_noun_has_actions() {
        for (code, _) in choices().into_iter().filter(|(code, _)| !code.contains('.')) {
            let prefix = format!("{code}.");
            assert!(Action::ALL.iter().any(|action| action.as_str().starts_with(&prefix)), "{code}");
        }
    }

    #[test]
    fn unknown_codes_stay() {
        assert_eq!(action("key.activate"), "Activate a key");
        assert_eq!(action("future.thing"), "future.thing");
    }
}
