//! Who may do what: roles × actions, written out (PP-035…PP-038, X-19).

use domain::{
    EnvironmentId,
    actions::Action,
    roles::{Role, allows, visible},
};
use std::collections::HashSet;

const OWN: EnvironmentId = EnvironmentId(uuid::Uuid::from_u128(1));
const OTHER: EnvironmentId = EnvironmentId(uuid::Uuid::from_u128(2));

/// G Global administrator, S Service administrator, E System administrator of the environment at
/// hand, A Auditor; `*` whoever is signed in, without any role.
const TABLE: &[(Action, &str)] = &[
    (Action::TenantRead, "GSEA"),
    (Action::TenantConfigure, "GS"),
    (Action::TenantInstall, "GS"),
    (Action::RootKeyRotate, "GS"),
    (Action::PortalBackUp, "GS"),
    (Action::PortalRestore, "GS"),
    (Action::UserAdd, "GS"),
    (Action::UserChange, "GS"),
    (Action::TokenAdd, "GS"),
    (Action::TokenRevoke, "GS"),
    (Action::SignIn, "*"),
    (Action::SignOut, "*"),
    (Action::PasswordChange, "*"),
    (Action::RiskAcknowledge, "GSEA"),
    (Action::KeyRead, "GSA"),
    (Action::KeyAdd, "GS"),
    (Action::KeyDownload, "GS"),
    (Action::KeyProve, "GS"),
    (Action::KeyActivate, "GS"),
    (Action::KeyInstall, "GS"),
    (Action::KeyReport, "GS"),
    (Action::KeyClearReport, "G"),
    (Action::KeyScheduleRollBack, "GS"),
    (Action::KeyCancelRollBack, "GS"),
    (Action::KeyAskApproval, "GS"),
    (Action::KeyGiveApproval, "GS"),
    (Action::KeyWithdrawApproval, "GS"),
    (Action::KeyLock, "GS"),
    (Action::KeyUnlock, "GS"),
    (Action::EnvironmentRead, "GSEA"),
    (Action::EnvironmentCreate, "GS"),
    (Action::EnvironmentApply, "GSE"),
    (Action::EnvironmentReturn, "GSE"),
    (Action::EnvironmentRewrap, "GS"),
    (Action::EnvironmentUnlock, "GSE"),
    (Action::EnvironmentDelete, "GS"),
    (Action::EnvironmentRestore, "GSE"),
    (Action::EnvironmentCopy, "GSE"),
    (Action::EnvironmentReset, "GSE"),
    (Action::BackupRead, "GSEA"),
    (Action::BackupCreate, "GSE"),
    (Action::BackupDelete, "GSE"),
    (Action::BackupSchedule, "GSE"),
    (Action::TableRead, "GSEA"),
    (Action::TableCreate, "GSE"),
    (Action::RowRead, "GSE"),
    (Action::RowWrite, "GSE"),
    (Action::RowDelete, "GSE"),
    (Action::RowImport, "GSE"),
    (Action::RowExport, "GSE"),
    (Action::OperationRead, "GSEA"),
    (Action::OperationCancel, "GSE"),
    (Action::MessageRead, "GSA"),
    (Action::MessageSend, "GS"),
    (Action::AuditRead, "GSA"),
];

fn roles() -> [(char, Role); 4] {
    [
        ('G', Role::GlobalAdministrator),
        ('S', Role::ServiceAdministrator),
        ('E', Role::SystemAdministrator(OWN)),
        ('A', Role::Auditor),
    ]
}

#[test]
fn the_table_names_every_action_once() {
    let named: HashSet<Action> = TABLE.iter().map(|(action, _)| *action).collect();
    assert_eq!(named.len(), TABLE.len());
    assert_eq!(named, Action::ALL.iter().copied().collect());
    let texts: HashSet<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
    assert_eq!(texts.len(), Action::ALL.len(), "the audit trail tells actions apart");
}

#[test]
fn pp_035_to_pp_038_roles_times_actions() {
    for (action, who) in TABLE {
        let everybody = *who == "*";
        assert_eq!(allows(&[], *action, None), everybody, "nobody in particular: {action:?}");
        for (letter, role) in roles() {
            let expected = everybody || who.contains(letter);
            for on in [None, Some(OWN)] {
                assert_eq!(allows(&[role], *action, on), expected, "{role:?} {action:?} {on:?}");
            }
        }
    }
}

#[test]
fn x_19_a_system_administrator_touches_no_other_environment() {
    let role = [Role::SystemAdministrator(OWN)];
    for (action, who) in TABLE.iter().filter(|(_, who)| *who != "*") {
        assert!(!allows(&role, *action, Some(OTHER)), "{action:?} ({who})");
    }
}

#[test]
fn roles_add_up() {
    let both = [Role::Auditor, Role::SystemAdministrator(OWN)];
    assert!(allows(&both, Action::AuditRead, None));
    assert!(allows(&both, Action::RowWrite, Some(OWN)));
    assert!(!allows(&both, Action::RowWrite, Some(OTHER)));
    assert!(!allows(&both, Action::KeyActivate, None));
}

#[test]
fn lists_show_what_the_roles_see() {
    let two = [Role::SystemAdministrator(OWN), Role::SystemAdministrator(OTHER)];
    assert_eq!(visible(&two), Some(vec![OWN, OTHER]));
    assert_eq!(visible(&[]), Some(Vec::new()), "without a role nothing");
    for role in [Role::GlobalAdministrator, Role::ServiceAdministrator, Role::Auditor] {
        assert_eq!(visible(&[two[0], role]), None, "{role:?} sees all");
    }
}

#[test]
fn stored_roles_come_back_and_impossible_ones_do_not() {
    for (_, role) in roles() {
        let environment = matches!(role, Role::SystemAdministrator(_)).then_some(OWN);
        assert_eq!(Role::parse(role.name(), environment), Some(role));
        let wrong = if environment.is_some() { None } else { Some(OWN) };
        assert_eq!(Role::parse(role.name(), wrong), None, "{role:?}");
    }
    assert_eq!(Role::parse("root", None), None);
}

#[test]
fn pp_033_key_changes_are_mailed_to_administrators_not_to_auditors() {
    let mailed: Vec<char> =
        roles().iter().filter(|(_, role)| role.is_administrator()).map(|(c, _)| *c).collect();
    assert_eq!(mailed, ['G', 'S', 'E']);
}
