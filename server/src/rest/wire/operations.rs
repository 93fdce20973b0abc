//! Jobs.

use super::{allowed, at};
use api_types::{OperationKind as Kind, OperationState as State, Step};
use domain::{
    actions::Action,
    operations::{OperationKind, OperationState},
};
use service::{Caller, operations::may_cancel};
use store::operations::Operation;

/// A job with its steps, as `caller` may act on it.
pub(in crate::rest) fn operation(operation: &Operation, caller: &Caller) -> api_types::Operation {
    let started = |index: usize| operation.step_times.get(index).copied().map(at);
    let steps = operation.kind.steps().iter().enumerate();
    api_types::Operation {
        id: operation.id.0,
        kind: kind(operation.kind),
        state: state(operation.state),
        steps: steps.map(|(i, &name)| Step { name: name.to_owned(), started_at: started(i) }).collect(),
        undoing: operation.undoing,
        done: operation.done,
        total: operation.total,
        error: operation.error.clone(),
        environment_id: operation.environment_id.map(|id| id.0),
        key_id: operation.key_id.map(|id| id.0),
        backup_id: operation.backup_id.map(|id| id.0),
        source_id: operation.source_id.map(|id| id.0),
        created_at: at(operation.created_at),
        started_at: operation.started_at.map(at),
        finished_at: operation.finished_at.map(at),
        allowed_actions: vec![allowed(Action::OperationCancel, &may_cancel(caller, operation))],
    }
}

fn kind(kind: OperationKind) -> Kind {
    match kind {
        OperationKind::KeyInstall => Kind::KeyInstall,
        OperationKind::KeyRewrap => Kind::KeyRewrap,
        OperationKind::KeyLock => Kind::KeyLock,
        OperationKind::KeyUnlock => Kind::KeyUnlock,
        OperationKind::EnvironmentUnlock => Kind::EnvironmentUnlock,
        OperationKind::EnvironmentDelete => Kind::EnvironmentDelete,
        OperationKind::EnvironmentApply => Kind::EnvironmentApply,
        OperationKind::EnvironmentReturn => Kind::EnvironmentReturn,
        OperationKind::EnvironmentBackup => Kind::EnvironmentBackup,
        OperationKind::EnvironmentRestore => Kind::EnvironmentRestore,
        OperationKind::EnvironmentCopy => Kind::EnvironmentCopy,
        OperationKind::EnvironmentReset => Kind::EnvironmentReset,
        OperationKind::RowImport => Kind::RowImport,
    }
}

fn state(state: OperationState) -> State {
    match state {
        OperationState::Queued => State::Queued,
        OperationState::Running => State::Running,
        OperationState::Succeeded => State::Succeeded,
        OperationState::Failed => State::Failed,
        OperationState::Cancelled => State::Cancelled,
    }
}
