//! Environments.

use super::{allowed, at, keys::reference, operation};
use api_types::{Encryption, Environment, EnvironmentDetails, EnvironmentState as State, EnvironmentType};
use domain::{
    actions::Action,
    environments::{EnvironmentState, EnvironmentType as Kind},
    policy,
};
use service::{Caller, environments::Details};
use store::environments::Listed;

/// One line of the list.
pub(in crate::rest) fn environment(listed: &Listed) -> Environment {
    let e = &listed.environment;
    Environment {
        id: e.id.0,
        name: e.name.clone(),
        kind: kind(e.kind),
        region: listed.region.clone(),
        state: state(e.state),
        state_since: at(e.state_since),
        online: e.state.is_online(),
        key: listed.key_name.clone(),
        reencrypting: listed.reencrypting,
        has_files: listed.has_files,
        created_at: at(e.created_at),
        error: e.error.clone(),
    }
}

/// One environment as `caller` may act on it.
pub(in crate::rest) fn details(details: &Details, caller: &Caller) -> EnvironmentDetails {
    EnvironmentDetails {
        environment: environment(&details.listed),
        encryption: Encryption {
            generation: details.listed.environment.generation,
            key: details.key.as_ref().map(reference),
            key_since: details.key_since.map(at),
            active_key: details.active_key.as_ref().map(reference),
        },
        eligible: details.ineligible.is_empty(),
        ineligible_reasons: details.ineligible.iter().map(|&reason| reason.to_owned()).collect(),
        typed_name: policy::name_to_type(&details.facts).map(str::to_owned),
        deletion_at: details.deletion_at.map(at),
        tables: details.tables,
        rows: details.rows,
        operation: details.operation.as_ref().map(|job| operation(job, caller)),
        allowed_actions: actions(details, caller),
    }
}

fn actions(details: &Details, caller: &Caller) -> Vec<api_types::AllowedAction> {
    use Action::{RowDelete, RowExport, RowImport, RowRead, RowWrite, TableCreate};
    let mut actions = vec![
        allowed(Action::EnvironmentApply, &details.apply),
        allowed(Action::EnvironmentReturn, &details.give_back),
        allowed(Action::EnvironmentUnlock, &details.unlock),
        allowed(Action::EnvironmentDelete, &details.delete),
        allowed(Action::BackupCreate, &details.back_up),
        allowed(Action::EnvironmentCopy, &details.copy),
        allowed(Action::EnvironmentReset, &details.reset),
    ];
    for action in [TableCreate, RowRead, RowWrite, RowDelete, RowImport, RowExport] {
        actions.push(allowed(action, &details.data(caller, action)));
    }
    actions
}

fn kind(kind: Kind) -> EnvironmentType {
    match kind {
        Kind::Production => EnvironmentType::Production,
        Kind::Sandbox => EnvironmentType::Sandbox,
        Kind::Developer => EnvironmentType::Developer,
        Kind::Trial => EnvironmentType::Trial,
        Kind::Default => EnvironmentType::Default,
        Kind::Teams => EnvironmentType::Teams,
        Kind::SupportInvestigation => EnvironmentType::SupportInvestigation,
    }
}

fn state(state: EnvironmentState) -> State {
    match state {
        EnvironmentState::PlatformManaged => State::PlatformManaged,
        EnvironmentState::Applying => State::Applying,
        EnvironmentState::SelfManaged => State::SelfManaged,
        EnvironmentState::Returning => State::Returning,
        EnvironmentState::Locking => State::Locking,
        EnvironmentState::Locked => State::Locked,
        EnvironmentState::Unlocking => State::Unlocking,
        EnvironmentState::Deleted => State::Deleted,
    }
}
