//! Backups of an environment; where they, and what the environment holds, may go.

pub mod delete;
pub mod list;
pub mod replace;

pub use delete::DeleteBackup;
pub use list::Backups;
pub use replace::{CopyEnvironment, RestoreBackup};

use crate::ui::*;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The key that a backup needs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NeededKey {
    pub name: String,
    /// SHA-256 of the public key, 64 hexadecimal digits.
    pub fingerprint: String,
}

/// The name of the key that opens it, and whether that is here.
fn needs(key: Option<&NeededKey>, here: bool) -> AnyView {
    let Some(key) = key else {
        return view! { <span>"Microsoft-provided key"</span> }.into_any();
    };
    let name = key.name.clone();
    let gone = (!here).then(|| view! { " " <Badge label="Not here" tone=Tone::Warning /> });
    view! {
        <span>{name}</span>
        {gone}
    }
    .into_any()
}
