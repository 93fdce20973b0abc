//! Backups.

use super::{allowed, at, environment};
use api_types::{Backup, BackupKey, BackupSchedule, BackupState as State, DataTarget};
use domain::{actions::Action, backups::BackupState};
use service::{backups::Listed, backups::Target, keys::hex};
use store::backup_schedules::Planned;

/// A backup and what may be done with it.
pub(in crate::rest) fn backup(listed: &Listed) -> Backup {
    let backup = &listed.backup;
    Backup {
        id: backup.id.0,
        environment_id: backup.environment_id.0,
        state: match backup.state {
            BackupState::Running => State::Running,
            // A deleted one is not found.
            BackupState::Complete | BackupState::Deleted => State::Complete,
        },
        scheduled: backup.scheduled,
        key: backup
            .key
            .as_ref()
            .map(|(name, fingerprint)| BackupKey { name: name.clone(), fingerprint: hex(fingerprint) }),
        key_available: listed.facts.key_here,
        rows: backup.rows,
        bytes: backup.bytes,
        has_files: backup.has_files,
        operation_id: backup.operation_id.0,
        created_at: at(backup.created_at),
        completed_at: backup.completed_at.map(at),
        allowed_actions: vec![
            allowed(Action::EnvironmentRestore, &listed.restore),
            allowed(Action::BackupDelete, &listed.delete),
        ],
    }
}

/// An environment's schedule.
pub(in crate::rest) fn schedule(planned: &Planned) -> BackupSchedule {
    BackupSchedule {
        every_hours: planned.schedule.every_hours(),
        keep: planned.schedule.keep(),
        next_at: at(planned.next_at),
    }
}

/// A target of `action`.
pub(in crate::rest) fn target(target: &Target, action: Action) -> DataTarget {
    DataTarget { environment: environment(&target.listed), allowed_action: allowed(action, &target.decision) }
}
