//! No other site may make a browser change anything here.
//!
//! Browsers say where a request comes from: `Sec-Fetch-Site`, or on plain http `Origin`. A request that
//! may change something and carries cookies must come from our own pages. Requests with a bearer token
//! and no session are exempt: no browser adds that by itself.

use super::problem::About;
use crate::{session_store::cookie_name, state::AppState};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use domain::Code;
use http::{
    HeaderMap, Method, StatusCode,
    header::{AUTHORIZATION, COOKIE, ORIGIN},
};

/// Refuses what comes from elsewhere (403) and what cannot decide who it is (400).
pub(crate) async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let bearer = headers.contains_key(AUTHORIZATION);
    let session = has_session(headers, state.site.secure);
    if bearer && session {
        let text =
            "This request carries both a session cookie and an Authorization header. Send one of them.";
        return About::of(&request).refuse(StatusCode::BAD_REQUEST, Code::Invalid, text);
    }
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
    if safe || bearer || is_ours(headers, &state.site.public_url) {
        return next.run(request).await;
    }
    let text = format!(
        "This request does not come from the portal's own pages, so nothing was changed. Open the portal at {} \
         and try again; if that is not its address, the operator must correct the setting public-url.",
        state.site.public_url
    );
    About::of(&request).refuse(StatusCode::FORBIDDEN, Code::Forbidden, &text)
}

fn has_session(headers: &HeaderMap, secure: bool) -> bool {
    cookies(headers).any(|pair| pair.split('=').next() == Some(cookie_name(secure)))
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).map(str::trim)
}

/// A request without any cookie is checked too where it says its origin: nobody signs a visitor in
/// to an account of their own choice. Without cookies and without an origin it is no browser.
fn is_ours(headers: &HeaderMap, public_url: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    match headers.get(ORIGIN) {
        Some(origin) => origin.to_str().is_ok_and(|origin| origin.eq_ignore_ascii_case(public_url)),
        None => !headers.contains_key(COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| {
            (http::HeaderName::from_static(name), http::HeaderValue::from_static(value))
        });
        is_ours(&headers.collect(), "https://keys.example.org")
    }

    #[test]
    fn fetch_metadata_decides_alone() {
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        assert!(!ours(&[("sec-fetch-site", "same-site"), ("origin", "https://keys.example.org")]));
        assert!(!ours(&[("sec-fetch-site", "cross-site")]));
        assert!(!ours(&[("sec-fetch-site", "none")]));
    }

    #[test]
    fn without_it_the_origin_must_be_ours() {
        assert!(ours(&[("origin", "https://keys.example.org"), ("cookie", "id=1")]));
        assert!(!ours(&[("origin", "https://keys.example.org.evil.example")]));
        assert!(!ours(&[("origin", "null")]));
        assert!(!ours(&[("cookie", "id=1")]));
        assert!(ours(&[]));
    }

    #[test]
    fn only_the_session_cookie_is_a_session() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, http::HeaderValue::from_static("theme=dark; id=abc"));
        assert!(has_session(&headers, false));
        assert!(!has_session(&headers, true));
    }
}
