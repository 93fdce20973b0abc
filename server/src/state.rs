//! What every handler is given.

use service::Portal;
use std::{path::PathBuf, sync::Arc};

/// The portal and how it is reached. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub portal: Portal,
    pub site: Arc<Site>,
}

/// How the portal is reached: what checks of origin, cookies and links go by.
#[derive(Clone, Debug)]
pub struct Site {
    /// `https://keys.example.org`, no slash at the end.
    pub public_url: String,
    /// Whether cookies are `Secure` and named `__Host-…`: the public address is https.
    pub secure: bool,
    /// Whether the dev clock is on (`--dev-clock`).
    pub dev_clock: bool,
    /// Addresses of reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Where the setup code is written, to be removed after set-up.
    pub setup_code_file: Option<PathBuf>,
}
