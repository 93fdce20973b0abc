//! What may happen.

use domain::approvals::Change;
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, prop_oneof},
};

/// Who does it: one of two Global administrators, or [`THIRD`].
pub(super) type Who = usize;
/// Who neither made a change nor reported it, and does nothing else.
pub(super) const THIRD: Who = 2;
/// Which key file, of three; or [`RIGHT`], or [`BEFORE`].
pub(super) type File = usize;
/// The file, or the key, that the event is about: the Active one to lock, the Locked one to unlock.
pub(super) const RIGHT: File = 3;
/// The file of the key that was Active before.
pub(super) const BEFORE: File = 4;
/// Which environment, of three: production, sandbox, sandbox.
pub(super) type Place = usize;

#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    Upload(Who, File),
    /// Makes a key and takes its file, where there is none.
    Generate(Who, File),
    /// Which key, with which file.
    Prove(Who, File, File),
    Activate(Who, File),
    Report(Who),
    ClearReport(Who),
    ScheduleRollBack(Who),
    CancelRollBack(Who),
    /// The operator turns the two-person rule on or off.
    Rule(bool),
    /// For approval of the change with the key of this file.
    Ask(Who, Change, File),
    /// Answers whatever is asked.
    Approve(Who),
    Refuse(Who),
    /// Which key, with which file.
    Lock(Who, File, File),
    UnlockKey(Who, File, File),
    Apply(Who, Place),
    Return(Who, Place),
    UnlockEnvironment(Who, Place),
    /// The first, by the name of the second.
    Delete(Who, Place, Place),
    Reset(Who, Place),
    BackUp(Who, Place),
    /// The newest backup of the first to the second.
    Restore(Who, Place, Place),
    Copy(Who, Place, Place),
    Write(Who, Place),
    CancelNewest(Who),
    /// Seconds.
    Advance(i64),
    RunJobs,
    RunOneJob,
    RunTimers,
    Restart,
}

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Pieces of a story: mostly any event at all, sometimes a few that lead somewhere.
pub(super) fn story(pieces: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Event>> {
    let two = by_two(0..2_usize, 0..3_usize);
    vec(prop_oneof![6 => event().prop_map(|event| vec![event]), 3 => errand(), 1 => two], pieces)
        .prop_map(|pieces| pieces.into_iter().flatten().collect())
}

/// Two locks, of which the second finds what the first locked and nobody unlocked; the first one's 28 days end.
fn two_locks(w: Who, p: Place) -> Vec<Event> {
    use Event::*;
    let lock = [Advance(3 * DAY), Lock(w, RIGHT, RIGHT), RunJobs];
    let key = [Advance(HOUR), UnlockKey(w, RIGHT, RIGHT), RunJobs];
    let one = [UnlockEnvironment(1 - w, p), RunJobs];
    [&lock[..], &key, &one, &lock, &[Advance(25 * DAY), RunTimers]].concat()
}

/// What administrators do in order to get something done.
fn errand() -> impl Strategy<Value = Vec<Event>> {
    use Event::*;
    let (who, file, place) = (0..2_usize, 0..3_usize, 0..3_usize);
    prop_oneof![
        (who.clone(), 0..2_usize).prop_map(|(w, p)| two_locks(w, p)),
        who.clone().prop_map(|w| vec![Advance(3 * DAY), Lock(w, RIGHT, RIGHT), RunJobs, Advance(HOUR)]),
        (who.clone(), place.clone(), place.clone()).prop_map(|(w, p, q)| vec![
            Advance(3 * DAY),
            Lock(w, RIGHT, RIGHT),
            RunJobs,
            Delete(w, p, q),
            Delete(w, p, p),
            RunJobs
        ]),
        (who.clone(), place.clone()).prop_map(|(w, p)| vec![
            UnlockKey(w, RIGHT, RIGHT),
            RunJobs,
            UnlockEnvironment(w, p),
            RunJobs
        ]),
        (who.clone(), file.clone()).prop_map(|(w, f)| {
            vec![
                Upload(w, f),
                Advance(DAY),
                Activate(w, f),
                RunJobs,
                Report(1 - w),
                ClearReport(w),
                ClearReport(1 - w),
                ClearReport(THIRD),
            ]
        }),
        (who.clone(), file.clone()).prop_map(|(w, f)| {
            vec![
                Upload(w, f),
                Advance(DAY),
                Activate(w, f),
                RunJobs,
                ScheduleRollBack(w),
                Advance(DAY),
                RunTimers,
            ]
        }),
        (who.clone(), place.clone()).prop_map(|(w, p)| vec![UnlockEnvironment(w, p), RunJobs]),
        (who.clone(), file.clone()).prop_map(|(w, f)| vec![
            Upload(w, f),
            Advance(DAY),
            Activate(w, f),
            RunJobs
        ]),
        (who.clone(), file.clone(), file.clone()).prop_map(|(w, f, g)| vec![
            Generate(w, f),
            Activate(w, f),
            Prove(w, f, g),
            Prove(w, f, f),
            Advance(DAY),
            Activate(w, f),
            RunJobs
        ]),
        (who.clone(), place.clone()).prop_map(|(w, p)| vec![Apply(w, p), RunJobs]),
        (who.clone(), place.clone(), place.clone()).prop_map(|(w, p, q)| vec![
            BackUp(w, p),
            RunJobs,
            Restore(w, p, q),
            RunJobs
        ]),
        (who.clone(), place.clone(), place).prop_map(|(w, p, q)| vec![Copy(w, p, q), RunJobs]),
        (who.clone(), 0..2_usize).prop_map(|(w, p)| vec![Copy(w, p, p + 1), CancelNewest(w), RunJobs]),
    ]
}

/// Under the two-person rule: asked, not approved by who asked, approved by the other, done, and not a second time.
fn by_two(
    who: impl Strategy<Value = Who> + Clone,
    file: impl Strategy<Value = File> + Clone,
) -> impl Strategy<Value = Vec<Event>> {
    use Event::*;
    let asked = |w, change, file, then: Event| {
        vec![Rule(true), Ask(w, change, file), then, Approve(w), Approve(1 - w), then, RunJobs, then]
    };
    prop_oneof![
        1 => who.clone().prop_map(|w| {
            vec![Rule(true), Ask(w, Change::Lock, RIGHT), Refuse(1 - w), Approve(1 - w), Rule(false)]
        }),
        3 => (who.clone(), file.clone()).prop_map(move |(w, f)| {
            let change = asked(w, Change::Activate, f, Activate(w, f));
            [vec![Upload(w, f), Advance(DAY)], change, vec![Rule(false)]].concat()
        }),
        2 => who.clone().prop_map(move |w| {
            let change = asked(w, Change::Lock, RIGHT, Lock(w, RIGHT, RIGHT));
            [vec![Advance(3 * DAY)], change, vec![Rule(false), Advance(HOUR)]].concat()
        }),
        3 => (who, file).prop_map(move |(w, f)| {
            let other = vec![Upload(w, f), Advance(DAY), Activate(w, f), RunJobs];
            let change = asked(w, Change::RollBack, BEFORE, ScheduleRollBack(w));
            [other, change, vec![Advance(DAY), RunTimers, RunJobs, Rule(false)]].concat()
        }),
    ]
}

fn changes() -> impl Strategy<Value = Change> {
    prop_oneof![Just(Change::Activate), Just(Change::Lock), Just(Change::RollBack)]
}

fn event() -> impl Strategy<Value = Event> {
    use Event::*;
    let (who, file, place) = (0..2_usize, 0..3_usize, 0..3_usize);
    let steps = prop_oneof![
        Just(1),
        Just(HOUR - 2),
        Just(HOUR),
        Just(DAY - 2),
        Just(DAY),
        Just(3 * DAY - 2),
        Just(3 * DAY),
        Just(3 * DAY),
        Just(7 * DAY),
        Just(28 * DAY)
    ];
    let keys = prop_oneof![
        3 => (who.clone(), file.clone()).prop_map(|(w, f)| Upload(w, f)),
        1 => (who.clone(), file.clone()).prop_map(|(w, f)| Generate(w, f)),
        1 => (who.clone(), file.clone(), file.clone()).prop_map(|(w, f, g)| Prove(w, f, g)),
        4 => (who.clone(), file.clone()).prop_map(|(w, f)| Activate(w, f)),
        1 => who.clone().prop_map(Report),
        1 => (0..3_usize).prop_map(ClearReport),
        1 => who.clone().prop_map(ScheduleRollBack),
        1 => who.clone().prop_map(CancelRollBack),
        1 => proptest::bool::ANY.prop_map(Rule),
        2 => (who.clone(), changes(), file.clone()).prop_map(|(w, change, f)| Ask(w, change, f)),
        2 => who.clone().prop_map(Approve),
        1 => who.clone().prop_map(Refuse),
        5 => (who.clone(), file.clone()).prop_map(|(w, f)| Lock(w, f, f)),
        1 => (who.clone(), file.clone(), file.clone()).prop_map(|(w, f, g)| Lock(w, f, g)),
        5 => (who.clone(), file.clone()).prop_map(|(w, f)| UnlockKey(w, f, f)),
        1 => (who.clone(), file.clone(), file.clone()).prop_map(|(w, f, g)| UnlockKey(w, f, g)),
    ];
    let environments = prop_oneof![
        4 => (who.clone(), place.clone()).prop_map(|(w, p)| Apply(w, p)),
        1 => (who.clone(), place.clone()).prop_map(|(w, p)| Return(w, p)),
        4 => (who.clone(), place.clone()).prop_map(|(w, p)| UnlockEnvironment(w, p)),
        1 => (who.clone(), place.clone()).prop_map(|(w, p)| Delete(w, p, p)),
        1 => (who.clone(), place.clone(), place.clone()).prop_map(|(w, p, q)| Delete(w, p, q)),
        1 => (who.clone(), place.clone()).prop_map(|(w, p)| Reset(w, p)),
        3 => (who.clone(), place.clone()).prop_map(|(w, p)| BackUp(w, p)),
        3 => (who.clone(), place.clone(), place.clone()).prop_map(|(w, p, q)| Restore(w, p, q)),
        3 => (who.clone(), place.clone(), place.clone()).prop_map(|(w, p, q)| Copy(w, p, q)),
        2 => (who.clone(), place.clone()).prop_map(|(w, p)| Write(w, p)),
        1 => who.prop_map(CancelNewest),
    ];
    let world = prop_oneof![
        6 => steps.prop_map(Advance),
        8 => Just(RunJobs),
        2 => Just(RunOneJob),
        2 => Just(RunTimers),
        1 => Just(Restart),
    ];
    prop_oneof![4 => keys, 4 => environments, 4 => world]
}
