//! Pages, their server functions and their forms, as browsers meet them and as attackers do.

mod authorization;
mod backups;
mod downloads;
mod history;
mod keys;
mod malformed;
mod operations;
mod two_person;
