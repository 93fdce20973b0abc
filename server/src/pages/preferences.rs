//! What a browser remembers: the theme and the width of the navigation, as cookies.

use super::{Posted, Route};
use app::{
    preferences::{THEMES, WIDTHS},
    url,
};
use axum::{response::Response, routing::post};
use http::{HeaderValue, header::SET_COOKIE};

pub(super) const FORMS: &[Route] =
    &[("/preferences/theme", || post(theme)), ("/preferences/navigation", || post(navigation))];

async fn theme(form: Posted) -> Response {
    remember(form, "theme", &THEMES).await
}

async fn navigation(form: Posted) -> Response {
    remember(form, "nav", &WIDTHS).await
}

/// A year, for every path; not secret, yet of no use to scripts. An unknown value changes nothing.
async fn remember(form: Posted, name: &'static str, allowed: &[&'static str]) -> Response {
    let asked = form.fields.text(name);
    let secure = if form.state.site.secure { "; Secure" } else { "" };
    let cookie = allowed
        .iter()
        .find(|value| **value == asked)
        .map(|value| format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}"));
    let next = url::safe_next(&form.fields.text("next")).to_owned();
    let mut response = form.answer(Ok(next)).await;
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
