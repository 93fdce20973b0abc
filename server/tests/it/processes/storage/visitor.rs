//! Somebody with a browser in front of a running server whose storage fails.

use crate::{
    harness::PASSWORD,
    processes::program::{ADA, LIMIT},
    shell::browser::FORM,
};
use app::url::encode;
use reqwest::{Client, RequestBuilder, Response, header, redirect::Policy};
use std::net::SocketAddr;

/// Signed in, with script or without: the documents are the same.
pub(super) struct Visitor {
    http: Client,
    server: SocketAddr,
    cookie: String,
}

impl Visitor {
    /// Signs the Global administrator in.
    pub(super) async fn sign_in(server: SocketAddr) -> Self {
        let http = Client::builder().redirect(Policy::none()).timeout(LIMIT).build().unwrap();
        let mut visitor = Self { http, server, cookie: String::new() };
        let answer = visitor.send("/sign-in", &[("email", ADA), ("password", PASSWORD)]).await;
        assert_eq!(answer.status().as_u16(), 303);
        let cookies = answer.headers().get_all(header::SET_COOKIE).iter();
        let pairs: Vec<&str> =
            cookies.map(|line| line.to_str().unwrap().split(';').next().unwrap()).collect();
        visitor.cookie = pairs.join("; ");
        visitor
    }

    /// Posts a form; whether it was taken. Where it was not, the page says what is wrong and what to do, in its layout.
    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> bool {
        let answer = self.send(path, fields).await;
        answer.status().as_u16() == 303 || self.told(path, answer).await
    }

    /// Opens a page; whether it is there, or says what is wrong.
    pub(super) async fn get(&self, path: &str) -> bool {
        let answer = self.with_cookie(self.http.get(self.address(path))).await;
        answer.status().as_u16() == 200 || self.told(path, answer).await
    }

    async fn told(&self, path: &str, answer: Response) -> bool {
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        assert_eq!(status, 503, "{path}: {text}");
        for words in
            ["storage is full, broken or does not answer", "the operator finds the reason", "<nav id=\"nav\""]
        {
            assert!(text.contains(words), "{path}: {words}: {text}");
        }
        false
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.http.post(self.address(path)).header("sec-fetch-site", "same-origin");
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let request = request.header(header::CONTENT_TYPE, FORM).body(pairs.join("&"));
        self.with_cookie(request).await
    }

    async fn with_cookie(&self, request: RequestBuilder) -> Response {
        request.header(header::COOKIE, &self.cookie).send().await.unwrap()
    }

    fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.server)
    }
}
