//! Protection keys: the list, a new one, one's details, its activation.

pub mod activate;
pub mod approval;
pub mod approve;
#[cfg(feature = "ssr")]
mod build;
pub mod changes;
mod clocks;
pub mod data;
pub mod details;
pub mod file;
mod generate;
pub mod list;
pub mod lock;
pub mod new;
mod notices;
pub mod unlock;
mod upload;

pub use activate::ActivateKey;
pub use approval::AskApproval;
pub use approve::GiveApproval;
pub use changes::{ClearReport, ReportChange, RollBack};
pub use details::KeyDetails;
pub use file::KeyFile;
pub use list::Keys;
pub use lock::LockEnvironments;
pub use new::NewKey;
pub use unlock::UnlockKey;
