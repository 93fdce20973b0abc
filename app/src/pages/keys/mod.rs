//! Protection keys: the list, a new one, one's details, its activation.

mod activate;
#[cfg(feature = "ssr")]
mod build;
mod data;
mod details;
mod list;
mod new;

pub use activate::ActivateKey;
pub use details::KeyDetails;
pub use list::Keys;
pub use new::NewKey;
