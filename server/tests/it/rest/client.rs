//! A client of the API, and its answers.

use crate::harness::{FILE_PASSWORD, House};
use api_types::Problem;
use axum::{Router, body::Body};
use domain::UserId;
use http::{HeaderMap, Request, header};
use serde_json::{Value, json};
use std::future::Future;
use tower::ServiceExt as _;

/// Sends requests with one token, or none.
pub(crate) struct Client {
    router: Router,
    token: Option<String>,
}

impl Client {
    /// With this token.
    pub(crate) fn with(house: &House, token: Option<&str>) -> Self {
        Self { router: house.router.clone(), token: token.map(str::to_owned) }
    }

    /// As this person, with a fresh token.
    pub(crate) async fn of(house: &House, user: UserId) -> Self {
        Self::with(house, Some(&house.token(user).await))
    }

    /// As Contoso's Global administrator.
    pub(crate) async fn admin(house: &House) -> Self {
        Self::of(house, house.admin.user()).await
    }

    pub(crate) fn get(&self, path: &str) -> impl Future<Output = Answer> + use<> {
        self.send("GET", path, "", Body::empty())
    }

    pub(crate) fn delete(&self, path: &str) -> impl Future<Output = Answer> + use<> {
        self.send("DELETE", path, "", Body::empty())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> impl Future<Output = Answer> + use<> {
        self.send("POST", path, "application/json", body.to_string().into())
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> impl Future<Output = Answer> + use<> {
        self.send("PUT", path, "application/json", body.to_string().into())
    }

    /// Uploads a key file to `europe`, the risk acknowledged.
    pub(crate) fn upload(
        &self,
        name: &str,
        file: &[u8],
        password: &str,
    ) -> impl Future<Output = Answer> + use<> {
        let (name, password) = (name.as_bytes(), password.as_bytes());
        let parts = [("name", name), ("file", file), ("password", password), ("risk_acknowledged", b"true")];
        self.multipart("/regions/europe/keys", &parts)
    }

    /// Uploads a fresh sound key of this name.
    pub(crate) fn upload_key(&self, name: &str) -> impl Future<Output = Answer> + use<> {
        self.upload(name, &test_support::pfx::modern(name, FILE_PASSWORD).unwrap(), FILE_PASSWORD)
    }

    pub(crate) fn multipart(
        &self,
        path: &str,
        parts: &[(&str, &[u8])],
    ) -> impl Future<Output = Answer> + use<> {
        self.send("POST", path, MULTIPART, multipart(parts).into())
    }

    /// `path` is below `/api/v1` unless it says otherwise.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        media: &str,
        body: Body,
    ) -> impl Future<Output = Answer> + use<> {
        let path = if path.starts_with("/api") { path.to_owned() } else { format!("/api/v1{path}") };
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if !media.is_empty() {
            request = request.header(header::CONTENT_TYPE, media);
        }
        answer(self.router.clone(), request.body(body).unwrap())
    }
}

/// The media type of [`multipart`].
pub(crate) const MULTIPART: &str = "multipart/form-data; boundary=parts";

/// A form with files: the part `file` is one.
pub(crate) fn multipart(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, content) in parts {
        let file = if *name == "file" { "; filename=\"key.pfx\"" } else { "" };
        let head = format!("--parts\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--parts--\r\n");
    body
}

/// What the router answers.
pub(crate) async fn answer(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.to_vec() }
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The JSON of an answer that must have this status.
    #[track_caller]
    pub(crate) fn json(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.body.is_empty() { json!(null) } else { serde_json::from_slice(&self.body).unwrap() }
    }

    /// The problem of an answer that must have this status and code; every problem is whole.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Problem {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.code, code, "{}", self.text());
        assert_eq!(problem.status, status);
        assert_eq!(problem.kind, format!("urn:keystead:problem:{code}"));
        assert_eq!(problem.request_id, self.header("x-request-id"));
        assert!(!problem.request_id.is_empty() && !problem.title.is_empty());
        problem
    }
}

/// The fields a problem names.
pub(crate) fn fields(problem: &Problem) -> Vec<&str> {
    problem.errors.iter().map(|error| error.field.as_str()).collect()
}
