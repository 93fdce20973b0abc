//! The wire types of `/api/v1`: what the server answers and what `keysteadctl` reads, and nothing else.
//!
//! Plain data without logic; the server turns domain values into these, so that the contract changes
//! only when somebody means it to. Times are RFC 3339 in UTC, ids are UUIDs, requests refuse unknown
//! fields, answers may grow new ones.

mod audit;
mod backups;
mod bounded;
mod environments;
mod keys;
mod list;
mod messages;
mod operations;
mod problem;
mod regions;
mod rows;
mod tables;
mod tenant;

pub use audit::*;
pub use backups::*;
pub use environments::*;
pub use keys::*;
pub use list::*;
pub use messages::*;
pub use operations::*;
pub use problem::*;
pub use regions::*;
pub use rows::*;
pub use tables::*;
pub use tenant::*;
