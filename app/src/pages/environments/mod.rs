//! Environments: the list, one with its tables, its details, its encryption, and what changes that.

pub mod confirm;
pub mod data;
pub mod details;
pub mod encryption;
pub mod history;
pub mod home;
pub mod list;
mod locked;
pub mod new;

pub use confirm::{ApplyKey, DeleteEnvironment, ResetEnvironment, ReturnKey, UnlockEnvironment};
pub use data::ViewEnvironment;
pub use details::EnvironmentDetails;
pub use encryption::EnvironmentEncryption;
pub use home::{EnvironmentHome, environment};
pub use list::Environments;
pub use new::NewEnvironment;

/// The way to an environment's pages, for the breadcrumb.
pub(crate) fn trail(id: &str, name: &str) -> Vec<(String, String)> {
    vec![
        ("Environments".to_owned(), "/environments".to_owned()),
        (name.to_owned(), format!("/environments/{id}")),
    ]
}
