//! Every sequence of events keeps the invariants of rules §2.1 and §2.2: two administrators and a third, three keys, three
//! environments, jobs and timers that run or do not, a clock that jumps, processes that restart. The service is the real
//! one, on both databases; proptest draws the sequences and makes a failing one small.

mod acts;
mod environments;
mod events;
mod invariants;
mod world;

use domain::environments::EnvironmentState;
use events::{BEFORE, Event, RIGHT, story};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::{cell::RefCell, collections::BTreeMap};
use test_support::{Kind, TestDb};
use world::World;

/// So many sequences are tried in the usual run, the same each time; `KEYSTEAD_SEQUENCES` asks for another number of
/// others.
const SEQUENCES: u32 = 30;
/// Of each, so many pieces.
const LENGTH: std::ops::Range<usize> = 10..25;

/// How often each event was allowed and refused.
type Tally = BTreeMap<String, (u32, u32)>;

fn explore(kind: Kind) {
    let asked = std::env::var("KEYSTEAD_SEQUENCES").ok().and_then(|text| text.parse().ok());
    let cases = asked.unwrap_or(SEQUENCES);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (tally, steps) = (RefCell::new(Tally::new()), RefCell::new(0_u64));
    let config = Config { cases, max_shrink_iters: 40, failure_persistence: None, ..Config::default() };
    let outcome = runner(config, asked.is_some()).run(
        &(proptest::bool::weighted(0.7), story(LENGTH)),
        |(prepared, events)| {
            *steps.borrow_mut() += events.len() as u64;
            runtime.block_on(live(kind, prepared, events, &tally))
        },
    );
    let tally = tally.into_inner();
    let (allowed, refused) = tally.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!(
        "{kind:?}: {cases} sequences, {} events, {allowed} allowed, {refused} refused",
        steps.into_inner()
    );
    println!("after each, {} invariants: {}", invariants::NAMES.len(), invariants::NAMES.join("; "));
    for (event, (allowed, refused)) in &tally {
        println!("  {event}: {allowed} allowed, {refused} refused");
    }
    if let Err(error) = outcome {
        panic!("{error}");
    }
    for event in [
        "Activate",
        "Generate",
        "Prove",
        "Delete",
        "Lock",
        "UnlockKey",
        "UnlockEnvironment",
        "Apply",
        "Restore",
        "Copy",
        "Reset",
        "Approve",
        "ClearReport",
        "Activate by two",
        "Lock by two",
        "ScheduleRollBack by two",
        "Lock over what is locked",
    ] {
        assert!(
            tally.get(event).is_some_and(|(allowed, _)| *allowed > 0),
            "{event} was never allowed: {tally:?}"
        );
    }
}

fn runner(config: Config, random: bool) -> TestRunner {
    if random {
        return TestRunner::new(config);
    }
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

async fn live(
    kind: Kind,
    prepared: bool,
    events: Vec<Event>,
    tally: &RefCell<Tally>,
) -> Result<(), TestCaseError> {
    let db = TestDb::create(kind).await.unwrap();
    let mut world = World::new(&db).await;
    if prepared {
        world.prepare().await;
    }
    for (at, event) in events.iter().enumerate() {
        let before = world.look().await;
        let event = &resolve(&world, *event).await;
        let allowed = world.happen(event).await;
        let name = format!("{event:?}");
        let name = name.split([' ', '(', '{']).next().unwrap_or_default().to_owned();
        note(tally, &name, allowed.is_ok());
        if before.two_person {
            note(tally, &format!("{name} by two"), allowed.is_ok());
        }
        if before.states.contains(&EnvironmentState::Locked) {
            note(tally, &format!("{name} over what is locked"), allowed.is_ok());
        }
        invariants::check(&mut world, &before, event, allowed)
            .await
            .map_err(|why| TestCaseError::fail(format!("after {at}: {event:?}: {why}")))?;
    }
    let end = invariants::at_the_end(&mut world).await;
    if kind == Kind::Postgres {
        drop(world);
        test_support::postgres::drop_database(&db.url).await.unwrap();
    }
    end.map_err(TestCaseError::fail)
}

fn note(tally: &RefCell<Tally>, event: &str, allowed: bool) {
    let mut tally = tally.borrow_mut();
    let count = tally.entry(event.to_owned()).or_default();
    if allowed { count.0 += 1 } else { count.1 += 1 }
}

async fn resolve(world: &World<'_>, event: Event) -> Event {
    let right = world.right().await;
    let before = world.before().await;
    let file = |file| match file {
        RIGHT => right,
        BEFORE => before,
        file => file,
    };
    match event {
        Event::Lock(who, key, proof) => Event::Lock(who, file(key), file(proof)),
        Event::UnlockKey(who, key, proof) => Event::UnlockKey(who, file(key), file(proof)),
        Event::Ask(who, change, key) => Event::Ask(who, change, file(key)),
        event => event,
    }
}

#[test]
fn no_sequence_breaks_an_invariant_sqlite() {
    explore(Kind::Sqlite);
}

#[test]
fn no_sequence_breaks_an_invariant_postgres() {
    explore(Kind::Postgres);
}
