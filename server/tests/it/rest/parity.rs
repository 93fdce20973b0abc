//! Whatever a page can do, automation can do: each action has an operation, or a reason for none.

use domain::actions::Action;
use std::collections::BTreeSet;

/// The operation that does it, or why none does.
fn operation(action: Action) -> Result<&'static str, &'static str> {
    const OPERATOR: &str = "only the operator at the machine does it";
    const BROWSER: &str = "it is about a browser's session";
    const PEOPLE: &str = "a token must not be able to make more of itself or of people";
    const JOB: &str = "a job does it";
    match action {
        Action::TenantRead => Ok("get_tenant"),
        Action::TenantConfigure
        | Action::TenantInstall
        | Action::RootKeyRotate
        | Action::PortalBackUp
        | Action::PortalRestore => Err(OPERATOR),
        Action::UserAdd | Action::UserChange | Action::TokenAdd | Action::TokenRevoke => Err(PEOPLE),
        Action::SignIn | Action::SignOut | Action::PasswordChange => Err(BROWSER),
        Action::RiskAcknowledge => Err("each request acknowledges for itself"),
        Action::KeyRead => Ok("list_keys"),
        Action::KeyAdd => Ok("upload_key"),
        Action::KeyDownload => Ok("download_key_file"),
        Action::KeyProve => Ok("prove_key"),
        Action::KeyActivate => Ok("activate_key"),
        Action::KeyInstall | Action::EnvironmentRewrap => Err(JOB),
        Action::KeyReport => Ok("report_change"),
        Action::KeyClearReport => Ok("clear_report"),
        Action::KeyScheduleRollBack => Ok("schedule_roll_back"),
        Action::KeyCancelRollBack => Ok("cancel_roll_back"),
        Action::KeyAskApproval => Ok("ask_approval"),
        Action::KeyGiveApproval => Ok("give_approval"),
        Action::KeyWithdrawApproval => Ok("withdraw_approval"),
        Action::KeyLock => Ok("lock_environments"),
        Action::KeyUnlock => Ok("unlock_key"),
        Action::EnvironmentRead => Ok("list_environments"),
        Action::EnvironmentCreate => Ok("create_environment"),
        Action::EnvironmentApply => Ok("apply_key"),
        Action::EnvironmentReturn => Ok("return_key"),
        Action::EnvironmentUnlock => Ok("unlock_environment"),
        Action::EnvironmentDelete => Ok("delete_environment"),
        Action::EnvironmentRestore => Ok("restore_backup"),
        Action::EnvironmentCopy => Ok("copy_environment"),
        Action::EnvironmentReset => Ok("reset_environment"),
        Action::BackupRead => Ok("list_backups"),
        Action::BackupCreate => Ok("create_backup"),
        Action::BackupDelete => Ok("delete_backup"),
        Action::BackupSchedule => Ok("set_backup_schedule"),
        Action::OperationCancel => Ok("cancel_operation"),
        Action::TableRead => Ok("list_tables"),
        Action::TableCreate => Ok("create_table"),
        Action::RowRead => Ok("list_rows"),
        Action::RowWrite => Ok("add_rows"),
        Action::RowDelete => Ok("delete_row"),
        Action::RowImport => Ok("import_rows"),
        Action::RowExport => Ok("export_rows"),
        Action::OperationRead => Ok("list_operations"),
        Action::MessageRead => Ok("list_messages"),
        Action::MessageSend => Ok("send_message"),
        Action::AuditRead => Ok("list_audit"),
    }
}

#[test]
fn each_action_has_an_operation_or_a_reason_for_none() {
    let document = serde_json::to_value(server::rest::document()).unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let methods = paths.flat_map(|item| item.as_object().unwrap().values());
    let there: BTreeSet<_> = methods.map(|operation| operation["operationId"].as_str().unwrap()).collect();
    for action in Action::ALL {
        match operation(*action) {
            Ok(name) => assert!(there.contains(name), "{} has no operation {name}", action.as_str()),
            Err(reason) => assert!(!reason.is_empty()),
        }
    }
}
