//! Where a restore and a copy may go: every state and key of the source times every one of the target, what is expected
//! worked out from the table of rules §2.2 ("Operations guarded by encryption"), X-14 and X-21.

use crate::{backups::code, environment};
use domain::{
    Code, EnvironmentId, KeyId, RingId,
    backups::{BackupFacts, BackupState, Holder},
    environments::{EnvironmentFacts, EnvironmentState, EnvironmentType},
    policy,
};

const K1: KeyId = KeyId(uuid::Uuid::from_u128(101));
const K2: KeyId = KeyId(uuid::Uuid::from_u128(102));

/// What an environment's data can be encrypted with.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Now {
    state: EnvironmentState,
    key: Option<KeyId>,
}

impl Now {
    /// Every state; where the customer's key encrypts the data, with each of two.
    fn all() -> Vec<Self> {
        use EnvironmentState::{Applying, Deleted, PlatformManaged};
        let mut all = Vec::new();
        for &state in EnvironmentState::ALL {
            let platform = matches!(state, PlatformManaged | Applying | Deleted);
            let keys: &[_] = if platform { &[None] } else { &[Some(K1), Some(K2)] };
            all.extend(keys.iter().map(|&key| Self { state, key }));
        }
        all
    }

    fn is_platform_managed(self) -> bool {
        self.state == EnvironmentState::PlatformManaged
    }

    /// With the same customer's key, both of them.
    fn shares_key(self, other: Self) -> bool {
        let own = |now: Self| now.state == EnvironmentState::SelfManaged;
        own(self) && own(other) && self.key == other.key
    }

    fn is_locked(self) -> bool {
        use EnvironmentState::{Locked, Locking, Unlocking};
        matches!(self.state, Locking | Locked | Unlocking)
    }

    /// Why nothing is read or written there, if nothing is.
    fn closed(self) -> Option<Code> {
        match self.state {
            EnvironmentState::Deleted => Some(Code::NotFound),
            state if state.is_online() => None,
            _ => Some(Code::EnvironmentOffline),
        }
    }

    fn holder(self, id: u128, kind: EnvironmentType) -> Holder {
        let name = format!("Environment {id}");
        Holder {
            id: EnvironmentId(uuid::Uuid::from_u128(id)),
            ring: RingId(uuid::Uuid::from_u128(9)),
            facts: EnvironmentFacts { name, kind, state: self.state, ..environment() },
            key: self.key,
        }
    }
}

/// One cell of the table; a restore's has a backup, which is under a customer's key or not.
#[derive(Clone, Copy, Debug)]
struct Cell {
    backup_own: bool,
    source: Now,
    target: Now,
    same: bool,
    kind: EnvironmentType,
}

type Clause = (&'static str, fn(Cell) -> bool);

/// "Restore backup B of env S to T … iff".
const RESTORE: &[Clause] = &[
    ("T = S", |c| c.same),
    ("B is under a customer's key: T is SelfManaged with the key that S has now (X-14)", |c| {
        c.backup_own && c.source.shares_key(c.target)
    }),
    ("B's env was Microsoft-managed at backup time: T Microsoft-managed", |c| {
        !c.backup_own && c.target.is_platform_managed()
    }),
];

/// "Copy S → T … iff".
const COPY: &[Clause] = &[
    ("S SelfManaged: T SelfManaged with same key", |c| c.source.shares_key(c.target)),
    ("S Microsoft-managed: T Microsoft-managed", |c| {
        c.source.is_platform_managed() && c.target.is_platform_managed()
    }),
];

fn allowed(clauses: &[Clause], cell: Cell) -> bool {
    clauses.iter().any(|(_, holds)| holds(cell))
}

fn restored(cell: Cell) -> Option<Code> {
    if cell.source.is_locked() || cell.target.is_locked() {
        return Some(Code::EnvironmentLocked);
    }
    if !allowed(RESTORE, cell) {
        return Some(Code::RestoreTargetKeyMismatch);
    }
    cell.target.closed()
}

fn copied(cell: Cell) -> Option<Code> {
    if cell.same {
        return Some(Code::Invalid);
    }
    if cell.source.is_locked() || cell.target.is_locked() {
        return Some(Code::EnvironmentLocked);
    }
    if let Some(why) = cell.source.closed() {
        return Some(why);
    }
    let support = cell.kind == EnvironmentType::SupportInvestigation;
    if support && cell.source.key.is_some() && cell.target.is_platform_managed() {
        return Some(Code::SupportEnvironmentNotCmk);
    }
    if !allowed(COPY, cell) {
        return Some(Code::CopyTargetKeyMismatch);
    }
    cell.target.closed()
}

/// Every source with every target, itself included, of every type.
fn cells(backup_own: bool) -> Vec<Cell> {
    let mut cells = Vec::new();
    for source in Now::all() {
        for &kind in EnvironmentType::ALL {
            let itself = Cell { backup_own, source, target: source, same: true, kind };
            cells.push(itself);
            cells.extend(Now::all().into_iter().map(|target| Cell { target, same: false, ..itself }));
        }
    }
    cells
}

fn ends(cell: Cell) -> (Holder, Holder) {
    let target = cell.target.holder(if cell.same { 1 } else { 2 }, cell.kind);
    let source = if cell.same { target.clone() } else { cell.source.holder(1, EnvironmentType::Production) };
    (source, target)
}

/// A refused cell keeps its answer when something runs; an allowed one does not stay allowed.
fn busy(expected: Option<Code>) -> Option<Code> {
    expected.or(Some(Code::EnvironmentBusy))
}

#[test]
fn pp_131_x_14_every_restore_is_answered_by_the_table() {
    let mut allowed = 0;
    for cell in [cells(false), cells(true)].concat() {
        let (source, mut target) = ends(cell);
        let backup = BackupFacts {
            state: BackupState::Complete,
            key_name: cell.backup_own.then(|| "k1".to_owned()),
            key_here: true,
            has_files: false,
            in_use: false,
        };
        let expected = restored(cell);
        assert_eq!(code(policy::restore(&backup, &source, &target)), expected, "{cell:?}");
        allowed += u32::from(expected.is_none());
        let gone = BackupFacts { key_here: false, ..backup.clone() };
        let first = matches!(expected, Some(Code::EnvironmentLocked | Code::RestoreTargetKeyMismatch));
        let without = if first { expected } else { Some(Code::KeyUnavailable) };
        assert_eq!(code(policy::restore(&gone, &source, &target)), without, "without its key: {cell:?}");
        target.facts.job_running = true;
        assert_eq!(code(policy::restore(&backup, &source, &target)), busy(expected), "busy: {cell:?}");
    }
    // Of each of 7 types: to itself 3, both kinds of backup; under a customer's key K1 to K1 and K2 to K2; under the
    // platform's to a Microsoft-managed one from each of 7 sources that are not locked.
    assert_eq!(allowed, 7 * (2 * 3 + 2 + 7));
}

#[test]
fn pp_132_pp_133_every_copy_is_answered_by_the_table() {
    let (mut allowed, mut support) = (0, 0);
    for cell in cells(false) {
        let (source, target) = ends(cell);
        let expected = copied(cell);
        assert_eq!(code(policy::copy(&source, &target)), expected, "{cell:?}");
        allowed += u32::from(expected.is_none());
        support += u32::from(expected == Some(Code::SupportEnvironmentNotCmk));
        for at in [0, 1] {
            let mut ends = [source.clone(), target.clone()];
            ends[at].facts.job_running = true;
            assert_eq!(code(policy::copy(&ends[0], &ends[1])), busy(expected), "busy: {cell:?}");
        }
    }
    // Platform to platform, K1 to K1, K2 to K2; a support investigation environment without one refuses both.
    assert_eq!((allowed, support), (7 * 3, 2));
}
