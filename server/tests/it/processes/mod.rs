//! The program as processes: several on one database, killed, restarted, searched for secrets.

pub(crate) mod program;

mod api;
mod backup;
mod deadlocks;
mod gone;
mod killed;
mod memory;
mod race;
mod race_lock;
mod secrets;
mod storage;
mod whole;
