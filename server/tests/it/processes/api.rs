//! A client of a running server's API, over HTTP.

use crate::harness::FILE_PASSWORD;
use reqwest::{Client, Method, RequestBuilder, multipart};
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use test_support::pfx;

/// Between two looks at a job.
const PAUSE: Duration = Duration::from_millis(5);

/// Sends requests to one server as one person.
#[derive(Clone)]
pub(super) struct Api {
    http: Client,
    server: SocketAddr,
    token: String,
}

impl Api {
    pub(super) fn new(server: SocketAddr, token: String) -> Self {
        Self { http: Client::new(), server, token }
    }

    /// A connection for each request: a lock ends those that are open, and what is just being sent on one is answered
    /// by nobody.
    pub(super) fn without_keep_alive(self) -> Self {
        let http = Client::builder().pool_max_idle_per_host(0).build().unwrap();
        Self { http, ..self }
    }

    /// A request below `/api/v1`.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}/api/v1{path}", self.server);
        self.http.request(method, url).bearer_auth(&self.token)
    }

    /// Asks again where nobody answers: a lock ends connections at the moment that it begins.
    pub(super) async fn get(&self, path: &str) -> Value {
        let mut tries = 0;
        loop {
            match answer(self.request(Method::GET, path)).await {
                Ok((status, body)) => {
                    assert_eq!(status, 200, "{path}: {body}");
                    return body;
                }
                Err(error) => assert!(tries < 5, "{path}: {error}"),
            }
            tries += 1;
        }
    }

    pub(super) async fn post(&self, path: &str, body: Value, status: u16) -> Value {
        expect(self.request(Method::POST, path).json(&body), status).await
    }

    /// Uploads a key file to `europe`; its id.
    pub(super) async fn upload(&self, name: &str, file: Vec<u8>) -> String {
        let form = multipart::Form::new()
            .text("name", name.to_owned())
            .part("file", multipart::Part::bytes(file).file_name("key.pfx"))
            .text("password", FILE_PASSWORD)
            .text("risk_acknowledged", "true");
        let added = expect(self.request(Method::POST, "/regions/europe/keys").multipart(form), 201).await;
        id(&added)
    }

    /// Uploads a fresh sound key.
    pub(super) async fn upload_key(&self, name: &str) -> String {
        self.upload(name, pfx::modern(name, FILE_PASSWORD).unwrap()).await
    }

    /// A new environment in `europe`.
    pub(super) async fn environment(&self, name: &str) -> String {
        let form = json!({ "name": name, "type": "production", "region": "europe" });
        id(&self.post("/environments", form, 201).await)
    }

    /// Waits until no job is open.
    pub(super) async fn until_idle(&self) {
        while self.busy().await {
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Whether any operation is under way.
    pub(super) async fn busy(&self) -> bool {
        self.get("/operations?open=true").await["items"] != json!([])
    }

    /// Every key's id and state.
    pub(super) async fn keys(&self) -> Vec<(String, String)> {
        let list = self.get("/regions/europe/keys").await;
        let key = |key: &Value| (id(key), key["state"].as_str().unwrap().to_owned());
        list["items"].as_array().unwrap().iter().map(key).collect()
    }

    /// Moves the shared clock ahead through this server.
    pub(super) async fn wait(&self, seconds: i64) {
        let url = format!("http://{}/dev/clock", self.server);
        expect(self.http.post(url).json(&json!({ "seconds": seconds })), 200).await;
    }
}

/// The JSON of an answer that must have this status.
pub(super) async fn expect(request: RequestBuilder, status: u16) -> Value {
    let (got, body) = answer(request).await.unwrap();
    assert_eq!(got, status, "{body}");
    body
}

/// The status and JSON of whatever answers; an error when nothing does.
pub(super) async fn answer(request: RequestBuilder) -> reqwest::Result<(u16, Value)> {
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    let body = answer.bytes().await?;
    Ok((status, if body.is_empty() { json!(null) } else { serde_json::from_slice(&body).unwrap() }))
}

pub(super) fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

/// What asks for an activation or an application, everything confirmed.
pub(super) fn confirmed() -> Value {
    json!({ "confirmed": true, "risk_acknowledged": true })
}
