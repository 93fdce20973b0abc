//! Who may do what (PP-035…PP-038, X-19).

use crate::{EnvironmentId, actions::Action};
use serde::{Deserialize, Serialize};

/// A role, held in one tenant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Role {
    /// PP-036: everything in the tenant.
    GlobalAdministrator,
    /// PP-037: everything about keys and environments, but clearing a report.
    ServiceAdministrator,
    /// PP-038: one environment's data and its encryption, never the tenant's keys.
    SystemAdministrator(EnvironmentId),
    /// Reads keys, environments, mails and the audit trail; no data, no change.
    Auditor,
}

impl Role {
    /// The stored and spoken name.
    pub const fn name(&self) -> &'static str {
        match self {
            Role::GlobalAdministrator => "global_administrator",
            Role::ServiceAdministrator => "service_administrator",
            Role::SystemAdministrator(_) => "system_administrator",
            Role::Auditor => "auditor",
        }
    }

    /// The name as pages show it.
    pub const fn label(&self) -> &'static str {
        match self {
            Role::GlobalAdministrator => "Global administrator",
            Role::ServiceAdministrator => "Service administrator",
            Role::SystemAdministrator(_) => "System administrator",
            Role::Auditor => "Auditor",
        }
    }

    /// Reads a stored role; a System administrator needs the environment it is for.
    pub fn parse(name: &str, environment: Option<EnvironmentId>) -> Option<Self> {
        match (name, environment) {
            ("global_administrator", None) => Some(Role::GlobalAdministrator),
            ("service_administrator", None) => Some(Role::ServiceAdministrator),
            ("system_administrator", Some(id)) => Some(Role::SystemAdministrator(id)),
            ("auditor", None) => Some(Role::Auditor),
            _ => None,
        }
    }

    /// Whether key changes are mailed to holders of this role (PP-033).
    pub const fn is_administrator(&self) -> bool {
        !matches!(self, Role::Auditor)
    }

    fn allows(&self, action: Action, on: Option<EnvironmentId>) -> bool {
        match self {
            Role::GlobalAdministrator => true,
            Role::ServiceAdministrator => !action.is_of_global_administrator(),
            Role::SystemAdministrator(own) => action.is_of_environment() && on.is_none_or(|id| id == *own),
            Role::Auditor => action.is_reading_without_data(),
        }
    }
}

/// Whether any of `roles` allows `action`; `on` is the environment it touches, if it touches one.
///
/// A list that spans environments passes `None`; its query then shows only what [`visible`] allows.
pub fn allows(roles: &[Role], action: Action, on: Option<EnvironmentId>) -> bool {
    action.is_of_own_account() || roles.iter().any(|role| role.allows(action, on))
}

/// Which environments the holder of `roles` sees: all of them (`None`) or just these.
pub fn visible(roles: &[Role]) -> Option<Vec<EnvironmentId>> {
    let mut own = Vec::new();
    for role in roles {
        match role {
            Role::SystemAdministrator(id) => own.push(*id),
            _ => return None,
        }
    }
    Some(own)
}
