//! Signing in, the first-run wizard, and the own account.
//!
//! The forms and their fields (the handlers are in the server's `pages/session.rs`):
//! - `/sign-in`: `email`, `password`, `next`.
//! - `/setup`: `code`, `tenant`, `regions` (comma-separated), `name`, `email`, `password`,
//!   `password_again`, `enable` (check box), `seats`.
//! - `/account`: `do` is `password` (`current_password`, `new_password`, `new_password_again`),
//!   `end_session` (`session`), or `end_others`.

pub mod account;
pub mod setup;
pub mod sign_in;

pub use account::Account;
pub use setup::Setup;
pub use sign_in::SignIn;

use crate::{error::UiError, pages::PageData};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether the portal is set up: before that there is the wizard only.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SetupState {
    pub installed: bool,
}

impl PageData for SetupState {
    fn title(&self) -> String {
        if self.installed { "Sign in" } else { "Set up Keystead" }.to_owned()
    }
}

/// Asked by the two pages that need no sign-in.
#[server(prefix = "/fn", endpoint = "setup_state")]
pub async fn load_setup_state() -> Result<SetupState, UiError> {
    let portal = crate::request::portal()?;
    Ok(SetupState { installed: service::setup::installed(portal.db()).await? })
}
