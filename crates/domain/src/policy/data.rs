//! Backups, restore, copy and reset (rules §2.2, "Operations guarded by encryption").

use super::{
    Decision,
    environments::{idle, same_name},
    use_data,
};
use crate::{
    Code, Refusal,
    backups::{BackupFacts, BackupState, Holder},
    environments::{EnvironmentFacts, EnvironmentState, EnvironmentType},
    operations::{OperationKind, OperationState},
};

/// Whether rows may be written now: as [`use_data`], and nothing replaces them. `replacing` says that a restore or a
/// copy into the environment runs; what is there can still be read.
pub fn change_data(state: EnvironmentState, replacing: bool) -> Decision {
    use_data(state)?;
    if replacing {
        let detail = "What the environment holds is being replaced; it can be read, not changed.";
        return Err(
            Refusal::new(Code::EnvironmentBusy, detail).remedy("Wait until the running operation ends.")
        );
    }
    Ok(())
}

/// Whether a backup of the environment may be made now.
pub fn back_up(environment: &EnvironmentFacts) -> Decision {
    use_data(environment.state)?;
    idle(environment)
}

/// Whether backups may be made by schedule: also planned while something else runs, but not for a locked environment
/// (PP-100).
pub fn schedule_backups(environment: &EnvironmentFacts) -> Decision {
    not_locked(environment)
}

/// Whether a backup may be deleted.
pub fn delete_backup(backup: &BackupFacts) -> Decision {
    if backup.state == BackupState::Running {
        return Err(Refusal::new(Code::EnvironmentBusy, "The backup is just being made.")
            .remedy("Cancel its operation, or wait until it ends."));
    }
    if backup.in_use {
        return Err(Refusal::new(Code::EnvironmentBusy, "The backup is just being restored.")
            .remedy("Wait until the operation ends."));
    }
    Ok(())
}

/// PP-102, PP-131, X-14: whether a backup of `source` may be restored to `target`.
pub fn restore(backup: &BackupFacts, source: &Holder, target: &Holder) -> Decision {
    not_locked(&source.facts)?;
    not_locked(&target.facts)?;
    if backup.state != BackupState::Complete {
        return Err(Refusal::new(Code::EnvironmentBusy, "The backup is not complete yet.")
            .remedy("Wait until its operation ends."));
    }
    lineage(backup, source, target)?;
    if !backup.key_here {
        let name = backup.key_name.as_deref().unwrap_or("the Microsoft-provided key");
        let detail = format!("The backup opens only with {name}, which is not here any more (X-14).");
        return Err(Refusal::new(Code::KeyUnavailable, detail).remedy(
            "If that key is Locked, unlock it; if it was deleted, upload its file again under a new name.",
        ));
    }
    use_data(target.facts.state)?;
    if backup.has_files && target.facts.state == EnvironmentState::SelfManaged {
        let detail =
            "The backup holds data in File or Image columns, which your own key does not cover (PP-015).";
        return Err(Refusal::new(Code::FileImageNotSupported, detail)
            .remedy("Restore it to an environment with the Microsoft-provided key."));
    }
    idle(&target.facts)
}

/// The same environment; or one with the key that the source has now, if the backup is under a customer's key; or one
/// with the platform's key, if it is not.
fn lineage(backup: &BackupFacts, source: &Holder, target: &Holder) -> Decision {
    if source.id == target.id {
        return Ok(());
    }
    let mismatch = |detail: String| Err(Refusal::new(Code::RestoreTargetKeyMismatch, detail));
    let name = &target.facts.name;
    let Some(key) = &backup.key_name else {
        return match target.facts.state {
            EnvironmentState::PlatformManaged => Ok(()),
            _ => mismatch(format!(
                "The backup is under the Microsoft-provided key; {name} is not. It can go to such an environment, or \
                 back to {} (PP-131).",
                source.facts.name
            )),
        };
    };
    let source_owns = source.facts.state == EnvironmentState::SelfManaged;
    if !source_owns {
        return mismatch(format!(
            "The backup is under your own key {key}, which {} does not use any more: it can only go back there (PP-131).",
            source.facts.name
        ));
    }
    if target.facts.state == EnvironmentState::SelfManaged && target.key == source.key {
        return Ok(());
    }
    mismatch(format!("{name} is not encrypted with the key that {} has now (PP-131).", source.facts.name))
}

/// PP-132, PP-133: whether what `source` holds may replace what `target` holds.
pub fn copy(source: &Holder, target: &Holder) -> Decision {
    if source.id == target.id {
        return Err(Refusal::new(Code::Invalid, "This is the environment itself; choose another one."));
    }
    not_locked(&source.facts)?;
    not_locked(&target.facts)?;
    use_data(source.facts.state)?;
    same_keys(source, target)?;
    use_data(target.facts.state)?;
    idle(&source.facts)?;
    idle(&target.facts)
}

/// Whether what the environment holds may be copied at all; [`copy`] says where to.
pub fn copy_from(environment: &EnvironmentFacts) -> Decision {
    not_locked(environment)?;
    use_data(environment.state)?;
    idle(environment)
}

fn same_keys(source: &Holder, target: &Holder) -> Decision {
    let mismatch = |detail: String| Err(Refusal::new(Code::CopyTargetKeyMismatch, detail));
    let name = &target.facts.name;
    if source.facts.state != EnvironmentState::SelfManaged {
        return match target.facts.state {
            EnvironmentState::PlatformManaged => Ok(()),
            _ => mismatch(format!(
                "{} is under the Microsoft-provided key; {name} is not (PP-132).",
                source.facts.name
            )),
        };
    }
    let unprotected = target.facts.state == EnvironmentState::PlatformManaged;
    if unprotected && target.facts.kind == EnvironmentType::SupportInvestigation {
        let detail = format!(
            "{name} is for support investigations: it needs your own key before data is copied to it (PP-133)."
        );
        return Err(Refusal::new(Code::SupportEnvironmentNotCmk, detail)
            .remedy("Apply the active key to it first.")
            .see(format!("/environments/{}/encryption", target.id), "Its encryption"));
    }
    if target.facts.state == EnvironmentState::SelfManaged && target.key == source.key {
        return Ok(());
    }
    mismatch(format!("{name} is not encrypted with the key of {} (PP-132).", source.facts.name))
}

/// E13: whether the environment may be reset (PP-134, PP-135).
pub fn reset(environment: &EnvironmentFacts) -> Decision {
    not_locked(environment)?;
    if environment.kind != EnvironmentType::Sandbox {
        let detail = format!("Only a sandbox can be reset; this is {}.", environment.kind.label());
        return Err(Refusal::new(Code::EnvironmentNotEligible, detail));
    }
    environment.state.reset()?;
    idle(environment)
}

/// Restore, copy and reset destroy what is there: the typed name must be the target's.
pub fn typed_target(environment: &EnvironmentFacts, typed: &str) -> Decision {
    same_name(&environment.name, typed)
}

/// Whether a job may be cancelled where it stands.
pub fn cancel_operation(kind: OperationKind, state: OperationState, step: usize) -> Decision {
    let refuse = |detail: &str| Err(Refusal::new(Code::OperationNotCancellable, detail));
    if state.is_over() {
        return refuse("The operation has ended.");
    }
    if kind.point_of_no_return() == 0 {
        return refuse("An operation of this kind cannot be cancelled: what it has begun must be finished.");
    }
    if step >= kind.point_of_no_return() {
        return refuse("What it changes stands already; it is only being finished.");
    }
    Ok(())
}

fn not_locked(environment: &EnvironmentFacts) -> Decision {
    if environment.state.is_locked() {
        let detail = format!(
            "{} is locked: its data goes nowhere until it is unlocked with its key (PP-098, PP-102).",
            environment.name
        );
        return Err(Refusal::new(Code::EnvironmentLocked, detail));
    }
    Ok(())
}
