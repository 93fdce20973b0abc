//! Who gets to which page: strangers to the sign-in, everybody to the wizard before set-up is done.

use crate::{caller::SignedIn, middleware::problem, state::AppState};
use app::url::with_query;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use http::Method;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// What the gate keeps: the portal, and that set-up is done once it was seen to be.
#[derive(Clone)]
pub(crate) struct Gate {
    state: AppState,
    installed: Arc<AtomicBool>,
}

impl Gate {
    pub(crate) fn new(state: AppState) -> Self {
        Self { state, installed: Arc::new(AtomicBool::new(false)) }
    }

    /// The install lock is never cleared, so one look at it set is enough.
    async fn installed(&self) -> service::ServiceResult<bool> {
        if self.installed.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let installed = service::setup::installed(self.state.portal.db()).await?;
        self.installed.store(installed, Ordering::Relaxed);
        Ok(installed)
    }
}

/// Lets a request through or leads it elsewhere with a 303. Runs inside `identify`.
pub(crate) async fn gate(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let installed = match gate.installed().await {
        Ok(installed) => installed,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "whether set-up is done cannot be read");
            return problem::failed(&request, &error);
        }
    };
    let signed_in = request.extensions().get::<SignedIn>().is_some_and(|who| who.0.is_some());
    match elsewhere(&request, installed, signed_in) {
        Some(address) => Redirect::to(&address).into_response(),
        None => next.run(request).await,
    }
}

/// Where the request must go instead, if it must.
fn elsewhere(request: &Request, installed: bool, signed_in: bool) -> Option<String> {
    let path = request.uri().path();
    // Server functions check their caller themselves; preferences are the browser's own.
    if path.starts_with("/fn/") || path.starts_with("/preferences/") {
        return None;
    }
    if !installed {
        return (path != "/setup").then(|| "/setup".to_owned());
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match path {
        "/setup" => Some("/sign-in".to_owned()),
        "/sign-in" if signed_in && reads => Some("/".to_owned()),
        "/sign-in" | "/sign-out" => None,
        _ if signed_in => None,
        "/" => Some("/sign-in".to_owned()),
        _ if reads => {
            let whole = request.uri().path_and_query().map_or(path, |whole| whole.as_str());
            Some(with_query("/sign-in", &[("next", whole)]))
        }
        _ => Some(with_query("/sign-in", &[("next", path)])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(method: Method, address: &str, installed: bool, signed_in: bool) -> Option<String> {
        let mut request = Request::new(axum::body::Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = address.parse().unwrap();
        elsewhere(&request, installed, signed_in)
    }

    #[test]
    fn before_set_up_everything_leads_to_the_wizard() {
        assert_eq!(led(Method::GET, "/environments", false, false).as_deref(), Some("/setup"));
        assert_eq!(led(Method::POST, "/sign-in", false, false).as_deref(), Some("/setup"));
        assert_eq!(led(Method::GET, "/setup", false, false), None);
    }

    #[test]
    fn strangers_are_led_to_the_sign_in_and_back() {
        let there = "/sign-in?next=%2Fencryption-keys%3Fregion%3Deu";
        assert_eq!(led(Method::GET, "/encryption-keys?region=eu", true, false).as_deref(), Some(there));
        let posted = "/sign-in?next=%2Fenvironments%2Fnew";
        assert_eq!(led(Method::POST, "/environments/new?x=1", true, false).as_deref(), Some(posted));
        assert_eq!(led(Method::GET, "/", true, false).as_deref(), Some("/sign-in"));
        assert_eq!(led(Method::POST, "/sign-in", true, false), None);
    }

    #[test]
    fn the_wizard_ends_with_set_up_and_the_sign_in_with_signing_in() {
        assert_eq!(led(Method::GET, "/setup", true, true).as_deref(), Some("/sign-in"));
        assert_eq!(led(Method::POST, "/setup", true, false).as_deref(), Some("/sign-in"));
        assert_eq!(led(Method::GET, "/sign-in?next=/x", true, true).as_deref(), Some("/"));
        assert_eq!(led(Method::GET, "/environments", true, true), None);
    }
}
