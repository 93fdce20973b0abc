//! Use cases: caller, authorization, transaction, audit, outbox. The only "business".
//!
//! Every change goes through [`Portal::act`]: authorize → transaction → run → audit row and mails in
//! the same transaction → commit. Pages, REST, commands and jobs are adapters that decide nothing.

mod act;
mod caller;
mod clock;
mod error;
mod fresh;
mod kill;
mod local_time;
mod portal;
mod throttle;

pub mod archive;
pub mod audit;
pub mod backups;
pub mod demo;
pub mod environments;
pub mod imports;
pub mod jobs;
pub mod keyring;
pub mod keys;
pub mod mails;
pub mod messages;
pub mod operations;
pub mod outbox;
pub mod overview;
pub mod replicas;
pub mod risk;
pub mod root_key;
pub mod rows;
pub mod scheduler;
pub mod sessions;
pub mod setup;
pub mod sign_in;
pub mod tables;
pub mod tenants;
pub mod timers;
pub mod tokens;
pub mod upkeep;
pub mod users;
pub mod worker;

pub use act::{Act, Body, Scope, Target, decide};
pub use caller::{Caller, Via};
pub use clock::{Clock, OffsetClock, SystemClock};
pub use error::{ServiceError, ServiceResult};
pub use kill::{KILL_POINTS, kill_point};
pub use local_time::LocalTime;
pub use portal::{Portal, Settings};
pub use store;
