//! Settings: where each value comes from, and what it must look like.
//!
//! Layers, the first that says something wins: flag > environment (`KEYSTEAD_*`, `DATABASE_URL`) >
//! file named by `…_FILE` in the environment > TOML file (`--config`) > default.

mod file;
mod layers;
mod public_url;
mod settings;
mod show;
mod typed;

pub use layers::{Origin, Resolved, Sources};
pub use public_url::PublicUrl;
pub use settings::{Flags, SETTINGS, Setting};
pub use show::show;
pub use typed::{Config, LogFormat};
