//! Restore, copy and reset, by example; [`targets`](crate::targets) has every combination of states and keys.

use crate::{DAY, NOW, SECOND, environment};
use domain::{
    Code, EnvironmentId, KeyId, RingId,
    backups::{BackupFacts, BackupState, Holder, Schedule},
    environments::{EnvironmentFacts, EnvironmentState, EnvironmentType},
    operations::{OperationKind, OperationState},
    policy::{self, Decision},
};
use std::time::Duration;

const K1: KeyId = KeyId(uuid::Uuid::from_u128(101));
const K2: KeyId = KeyId(uuid::Uuid::from_u128(102));

pub(crate) fn code(decision: Decision) -> Option<Code> {
    decision.err().map(|refusal| refusal.code)
}

fn holder(id: u128, state: EnvironmentState, key: Option<KeyId>) -> Holder {
    let facts = EnvironmentFacts { name: format!("Environment {id}"), state, ..environment() };
    Holder {
        id: EnvironmentId(uuid::Uuid::from_u128(id)),
        ring: RingId(uuid::Uuid::from_u128(9)),
        facts,
        key,
    }
}

fn platform(id: u128) -> Holder {
    holder(id, EnvironmentState::PlatformManaged, None)
}

fn own(id: u128, key: KeyId) -> Holder {
    holder(id, EnvironmentState::SelfManaged, Some(key))
}

fn backup(key: Option<&str>) -> BackupFacts {
    BackupFacts {
        state: BackupState::Complete,
        key_name: key.map(str::to_owned),
        key_here: true,
        has_files: false,
        in_use: false,
    }
}

#[test]
fn pp_131_x_14_restore_targets() {
    let mismatch = Some(Code::RestoreTargetKeyMismatch);
    let unlike = |key| backup(key);
    // backup's key, source now, target now, what comes out
    let table = [
        // Back to where it came from: always, whatever its key is now.
        (None, platform(1), platform(1), None),
        (None, own(1, K1), own(1, K1), None),
        (Some("k1"), own(1, K1), own(1, K1), None),
        (Some("k1"), own(1, K2), own(1, K2), None),
        (Some("k1"), platform(1), platform(1), None),
        // Elsewhere, under a customer's key: only to the key that the source has now.
        (Some("k1"), own(1, K1), own(2, K1), None),
        (Some("k1"), own(1, K2), own(2, K2), None),
        (Some("k1"), own(1, K1), own(2, K2), mismatch),
        (Some("k1"), own(1, K2), own(2, K1), mismatch),
        (Some("k1"), own(1, K1), platform(2), mismatch),
        (Some("k1"), platform(1), own(2, K1), mismatch),
        (Some("k1"), platform(1), platform(2), mismatch),
        // Elsewhere, under the platform's key: only to the platform's key.
        (None, platform(1), platform(2), None),
        (None, own(1, K1), platform(2), None),
        (None, platform(1), own(2, K1), mismatch),
        (None, own(1, K1), own(2, K1), mismatch),
    ];
    for (key, source, target, expected) in table {
        let decision = policy::restore(&unlike(key), &source, &target);
        let case = format!("{key:?} {:?} -> {:?}", source.facts.state, target.facts.state);
        assert_eq!(code(decision), expected, "{case} {:?} {:?}", source.key, target.key);
    }
}

#[test]
fn pp_102_nothing_is_restored_from_or_to_what_is_locked() {
    use EnvironmentState::{Applying, Locked, Locking, Returning, Unlocking};
    for state in [Locking, Locked, Unlocking] {
        let locked = |id| holder(id, state, Some(K1));
        let back = policy::restore(&backup(Some("k1")), &locked(1), &locked(1));
        assert_eq!(code(back), Some(Code::EnvironmentLocked), "{state:?}");
        let from = policy::restore(&backup(Some("k1")), &locked(1), &own(2, K1));
        assert_eq!(code(from), Some(Code::EnvironmentLocked), "the source is {state:?}");
        let to = policy::restore(&backup(Some("k1")), &own(1, K1), &locked(2));
        assert_eq!(code(to), Some(Code::EnvironmentLocked), "the target is {state:?}");
        assert_eq!(code(policy::copy(&locked(1), &own(2, K1))), Some(Code::EnvironmentLocked));
        assert_eq!(code(policy::copy(&own(1, K1), &locked(2))), Some(Code::EnvironmentLocked));
        let sandbox = EnvironmentFacts { kind: EnvironmentType::Sandbox, ..locked(1).facts };
        assert_eq!(code(policy::reset(&sandbox)), Some(Code::EnvironmentLocked));
        assert_eq!(code(policy::schedule_backups(&sandbox)), Some(Code::EnvironmentLocked), "PP-100");
        assert!(policy::back_up(&sandbox).is_err());
    }
    for state in [Applying, Returning] {
        let changing = holder(1, state, None);
        assert_eq!(
            code(policy::restore(&backup(None), &changing, &changing)),
            Some(Code::EnvironmentOffline),
            "{state:?}"
        );
    }
}

#[test]
fn x_14_a_backup_needs_its_key_and_to_be_whole() {
    let gone = BackupFacts { key_here: false, ..backup(Some("k1")) };
    let refusal = policy::restore(&gone, &own(1, K2), &own(1, K2)).unwrap_err();
    assert_eq!(refusal.code, Code::KeyUnavailable);
    assert!(refusal.detail.contains("k1"), "says which: {}", refusal.detail);
    let running = BackupFacts { state: BackupState::Running, ..backup(None) };
    assert_eq!(code(policy::restore(&running, &platform(1), &platform(1))), Some(Code::EnvironmentBusy));
    let files = BackupFacts { has_files: true, ..backup(None) };
    assert_eq!(code(policy::restore(&files, &platform(1), &platform(1))), None);
    assert_eq!(
        code(policy::restore(&files, &own(1, K1), &own(1, K1))),
        Some(Code::FileImageNotSupported),
        "X-21: files cannot enter an environment with its own key"
    );
    let mut busy = platform(1);
    busy.facts.job_running = true;
    assert_eq!(code(policy::restore(&backup(None), &busy, &busy)), Some(Code::EnvironmentBusy));
    assert_eq!(code(policy::delete_backup(&running)), Some(Code::EnvironmentBusy));
    let in_use = BackupFacts { in_use: true, ..backup(None) };
    assert_eq!(code(policy::delete_backup(&in_use)), Some(Code::EnvironmentBusy));
    assert_eq!(code(policy::delete_backup(&gone)), None);
}

#[test]
fn pp_132_pp_133_copy_targets() {
    let mismatch = Some(Code::CopyTargetKeyMismatch);
    let support = |mut target: Holder| {
        target.facts.kind = EnvironmentType::SupportInvestigation;
        target
    };
    let table = [
        (platform(1), platform(2), None),
        (platform(1), own(2, K1), mismatch),
        (own(1, K1), own(2, K1), None),
        (own(1, K1), own(2, K2), mismatch),
        (own(1, K1), platform(2), mismatch),
        (own(1, K1), support(platform(2)), Some(Code::SupportEnvironmentNotCmk)),
        (own(1, K1), support(own(2, K1)), None),
        (platform(1), support(platform(2)), None),
        (platform(1), platform(1), Some(Code::Invalid)),
        (own(1, K1), own(1, K1), Some(Code::Invalid)),
    ];
    for (source, target, expected) in table {
        let case = format!("{:?} -> {:?} {:?}", source.key, target.facts.kind, target.key);
        assert_eq!(code(policy::copy(&source, &target)), expected, "{case}");
    }
    for busy in [1, 2] {
        let (mut source, mut target) = (own(1, K1), own(2, K1));
        source.facts.job_running = busy == 1;
        target.facts.job_running = busy == 2;
        assert_eq!(code(policy::copy(&source, &target)), Some(Code::EnvironmentBusy));
    }
}

#[test]
fn pp_134_only_an_idle_sandbox_is_reset_by_its_name() {
    let facts = EnvironmentFacts { kind: EnvironmentType::Sandbox, ..own(1, K1).facts };
    assert_eq!(policy::reset(&facts), Ok(()));
    assert_eq!(facts.state.reset(), Ok(EnvironmentState::PlatformManaged), "PP-135");
    for kind in EnvironmentType::ALL.iter().filter(|kind| **kind != EnvironmentType::Sandbox) {
        let other = EnvironmentFacts { kind: *kind, ..facts.clone() };
        assert_eq!(code(policy::reset(&other)), Some(Code::EnvironmentNotEligible), "{kind:?}");
    }
    let busy = EnvironmentFacts { job_running: true, ..facts.clone() };
    assert_eq!(code(policy::reset(&busy)), Some(Code::EnvironmentBusy));
    assert_eq!(policy::typed_target(&facts, " Environment 1 "), Ok(()));
    assert_eq!(code(policy::typed_target(&facts, "environment 1")), Some(Code::NameMismatch));
}

#[test]
fn rows_are_not_written_while_they_are_about_to_be_replaced() {
    assert_eq!(policy::change_data(EnvironmentState::SelfManaged, false), Ok(()));
    let refused = policy::change_data(EnvironmentState::SelfManaged, true);
    assert_eq!(code(refused), Some(Code::EnvironmentBusy));
    assert_eq!(code(policy::change_data(EnvironmentState::Locked, true)), Some(Code::EnvironmentLocked));
}

#[test]
fn what_has_changed_something_is_not_cancelled() {
    use OperationKind::{EnvironmentApply, EnvironmentBackup, EnvironmentCopy, EnvironmentReset, KeyLock};
    let cancel = |kind, state, step| code(policy::cancel_operation(kind, state, step));
    let refused = Some(Code::OperationNotCancellable);
    for kind in
        [EnvironmentBackup, EnvironmentCopy, OperationKind::EnvironmentRestore, OperationKind::RowImport]
    {
        assert_eq!(cancel(kind, OperationState::Queued, 0), None);
        assert_eq!(cancel(kind, OperationState::Running, 1), None);
        assert_eq!(cancel(kind, OperationState::Running, 2), refused, "{kind:?} has switched");
        assert_eq!(cancel(kind, OperationState::Succeeded, 1), refused);
    }
    for kind in [KeyLock, EnvironmentReset, EnvironmentApply] {
        assert_eq!(cancel(kind, OperationState::Queued, 0), refused, "{kind:?}");
    }
}

#[test]
fn a_schedule_skips_the_turns_that_nobody_could_take() {
    let daily = Schedule::new(24, 7).unwrap();
    assert_eq!(daily.next(NOW, NOW), NOW + DAY);
    assert_eq!(daily.next(NOW, NOW + DAY - SECOND), NOW + DAY);
    assert_eq!(daily.next(NOW, NOW + DAY), NOW + 2 * DAY, "the turn itself is over");
    assert_eq!(daily.next(NOW, NOW + 10 * DAY + SECOND), NOW + 11 * DAY);
    assert_eq!(daily.next(NOW + DAY, NOW), NOW + 2 * DAY, "a clock that was set back");
    let hourly = Schedule::new(1, 1).unwrap();
    assert_eq!(hourly.next(NOW, NOW), NOW + Duration::from_secs(3600));
    for (hours, keep, field) in
        [(0, 1, "every_hours"), (169, 1, "every_hours"), (1, 0, "keep"), (1, 101, "keep")]
    {
        assert_eq!(Schedule::new(hours, keep).unwrap_err().0, field);
    }
    assert_eq!(Schedule::new(-1, 1).unwrap_err().0, "every_hours");
}

#[test]
fn stored_words_come_back() {
    for state in BackupState::ALL {
        assert_eq!(BackupState::parse(state.as_str()), Some(*state));
    }
}
