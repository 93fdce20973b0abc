//! Use cases on real databases: each test runs on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests may panic, and tell what they saw")]

mod drill;
mod house;

mod activation;
mod archive;
mod audit;
mod backups;
mod clock;
mod crash;
mod crash_backups;
mod crash_lock;
mod crash_roll_back;
mod crash_rotation;
mod encryption;
mod ends;
mod generate;
mod lock;
mod locks;
mod mail;
mod model;
mod on_record;
mod overview;
mod roll_back;
mod root_key;
mod rows;
mod scheduler;
mod scrub;
mod two_person;
mod upload;
