//! The rules as tables, one file a noun, and what keeps the whole repository's picture true
//! (`house.rs`). Tests are named by the rule they prove.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod approvals;
mod backups;
mod cells;
mod docs;
mod eligibility;
mod environments;
mod house;
mod keys;
mod lock;
mod messages;
mod names;
mod operations;
mod policy;
mod refusal;
mod rings;
mod roles;
mod tables;
mod targets;
mod time;

use domain::{
    Timestamp,
    environments::{EnvironmentFacts, EnvironmentState, EnvironmentType, Storage},
    names::Region,
    rings::{Eligibility, RingFacts},
};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A ring on which everything is allowed: the feature on since a year, no key yet.
fn ring() -> RingFacts {
    RingFacts {
        region: Region::parse("europe").unwrap(),
        eligibility: Eligibility {
            seats: 1001,
            threshold: 1000,
            opted_in: true,
            enabled_at: Some(NOW - 365 * DAY),
        },
        ever_activated: false,
        last_activation_at: None,
        locked_environments: 0,
        installing: None,
        lock_started_at: None,
        lock_completed_at: None,
        locked_since: None,
        any_self_managed: true,
        changing: 0,
        reencrypting: false,
        report: None,
        roll_back: None,
        two_person: false,
        approval: None,
    }
}

/// An environment that can use a customer key.
fn environment() -> EnvironmentFacts {
    EnvironmentFacts {
        name: "Contoso Sales".to_owned(),
        kind: EnvironmentType::Sandbox,
        state: EnvironmentState::PlatformManaged,
        state_since: NOW - DAY,
        storage: Storage::AzureSql,
        created_at: NOW - DAY,
        has_files: false,
        job_running: false,
    }
}
