//! Pages, their server functions and their forms, as browsers meet them and as attackers do.

mod authorization;
mod backups;
mod downloads;
mod history;
mod keys;
mod locked;
mod malformed;
mod operations;
mod outage;
mod reported;
mod two_person;
