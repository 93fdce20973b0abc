//! A browser without a screen: keeps cookies, says where it comes from, follows nothing by itself.

use crate::{
    harness::{House, PASSWORD, PUBLIC_URL},
    rest::client::{Answer, MULTIPART, answer, multipart},
};
use app::url::encode;
use axum::{Router, body::Body, extract::ConnectInfo};
use http::{Request, header};
use std::{collections::BTreeMap, net::SocketAddr};

/// The media type of forms without files.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    /// Where it connects from.
    pub peer: SocketAddr,
}

impl Browser {
    pub(crate) fn new(router: &Router) -> Self {
        let peer = SocketAddr::from(([192, 0, 2, 7], 40_000));
        Self { router: router.clone(), cookies: BTreeMap::new(), peer }
    }

    /// Signed in with the usual password.
    pub(crate) async fn signed_in(house: &House, email: &str) -> Self {
        let mut browser = Self::new(&house.router);
        let answer = browser.sign_in(email, PASSWORD).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        browser
    }

    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("email", email), ("password", password)]).await
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    /// A form of one of the portal's own pages.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        self.submit(path, FORM, pairs.join("&").into()).await
    }

    /// A form with files; the part `file` is one.
    pub(crate) async fn upload(&mut self, path: &str, parts: &[(&str, &[u8])]) -> Answer {
        self.submit(path, MULTIPART, multipart(parts).into()).await
    }

    /// Any body from one of the portal's own pages.
    pub(crate) async fn submit(&mut self, path: &str, media: &str, body: Body) -> Answer {
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header(header::ORIGIN, PUBLIC_URL)
            .header(header::CONTENT_TYPE, media);
        self.send(request, body).await
    }

    /// Any request, with the cookies; keeps those of the answer.
    pub(crate) async fn send(&mut self, request: http::request::Builder, body: Body) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request =
            if cookies.is_empty() { request } else { request.header(header::COOKIE, cookies.join("; ")) };
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let answer = answer(self.router.clone(), request).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        answer
    }

    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        // As browsers do: `__Host-` counts only with `Secure` and without a domain.
        if name.starts_with("__Host-") && !attributes.contains("Secure") {
            return;
        }
        if attributes.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Whether the portal knows who this is.
    pub(crate) async fn is_signed_in(&mut self) -> bool {
        let answer = self.get("/account").await;
        assert!(matches!(answer.status, 200 | 303), "{} {}", answer.status, answer.text());
        answer.status == 200
    }

    /// The session's cookie.
    pub(crate) fn session(&self) -> &str {
        self.cookies.get("__Host-id").map_or("", String::as_str)
    }
}
