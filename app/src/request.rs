//! Who asks: what every server function begins with. The server's `pages` provide both contexts.

use crate::error::{ErrorKind, UiError};
use leptos::prelude::use_context;
use service::{Caller, Portal};

/// Who is signed in, if anyone: the request extension that the server's `identify` middleware sets.
#[derive(Clone, Debug, Default)]
pub struct SignedIn(pub Option<Caller>);

/// The portal, for what works without a sign-in: the setup and the sign-in page.
///
/// # Errors
/// `Internal` outside of a request, which is a defect.
pub fn portal() -> Result<Portal, UiError> {
    use_context::<Portal>().ok_or_else(|| UiError::internal("there is no portal in the context"))
}

/// The portal and the signed-in caller; each server function that shows data calls this first.
///
/// # Errors
/// `SignInRequired` (401; pages redirect to the sign-in) when nobody is signed in.
pub fn request() -> Result<(Portal, Caller), UiError> {
    let portal = portal()?;
    let SignedIn(caller) = use_context::<SignedIn>().unwrap_or_default();
    let caller =
        caller.ok_or_else(|| UiError::new(ErrorKind::SignInRequired, "Sign in to see this page."))?;
    Ok((portal, caller))
}

/// The same for pages that show what a key change would do: the risk must have been acknowledged in
/// this session (PP-052, PP-088).
///
/// # Errors
/// `RiskNotAcknowledged` (pages redirect to the risk dialog), else as [`request`].
pub async fn request_at_risk() -> Result<(Portal, Caller), UiError> {
    let (portal, caller) = request()?;
    if service::risk::acknowledged(&portal, &caller).await? {
        return Ok((portal, caller));
    }
    Err(UiError::new(ErrorKind::RiskNotAcknowledged, "Read the risk of managing encryption keys first."))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// The macro's own default is `/api`, which is another surface: nothing of ours would answer there.
    #[test]
    fn every_server_function_is_posted_under_fn_at_an_address_of_its_own() {
        let paths: Vec<_> = server_fn::axum::server_fn_paths().collect();
        assert!(!paths.is_empty());
        for (path, method) in &paths {
            assert!(path.starts_with("/fn/"), "{path} is not under /fn");
            assert_eq!(*method, http::Method::POST, "{path}");
        }
        let unique: BTreeSet<_> = paths.iter().map(|(path, _)| path).collect();
        assert_eq!(unique.len(), paths.len());
    }
}
