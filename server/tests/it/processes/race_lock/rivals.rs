//! What is asked for at the instant of a lock, and what whoever comes too late may hear.

use super::stage::{Stage, lock_form};
use crate::processes::api::{Api, answer, confirmed};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

pub(super) const NAMES: [&str; 6] = ["another lock", "activate", "apply", "restore", "copy", "backup"];

/// Each is a refusal that the rules name; anything else is a defect.
pub(super) const LATE: [&str; 12] = [
    "KEYS_BLOCKED_BY_LOCK",
    "ENV_LOCKED",
    "ENV_BUSY",
    "ENV_OFFLINE",
    "ENV_STATE",
    "KEY_NOT_ACTIVE",
    "KEY_NOT_AVAILABLE",
    "KEY_UNAVAILABLE",
    "NO_ACTIVE_KEY",
    "ACTIVATION_COOLDOWN",
    "ACTIVATION_IN_PROGRESS",
    "CONFLICT",
];

/// The rival's request; `second` is the key to activate.
pub(super) fn request(api: &Api, stage: &Stage, (rival, second): (&str, Option<&str>)) -> RequestBuilder {
    let post = |path: String, body: Value| api.request(Method::POST, &path).json(&body);
    let onto_twin = json!({"target_id": stage.twin, "typed_name": "Twin"});
    match (rival, second) {
        ("another lock", _) => lock(api, stage),
        ("activate", Some(second)) => post(format!("/keys/{second}/activate"), confirmed()),
        ("apply", _) => post(format!("/environments/{}/apply", stage.plain), confirmed()),
        ("restore", _) => {
            post(format!("/environments/{}/backups/{}/restore", stage.twin, stage.backup), onto_twin)
        }
        ("copy", _) => post(format!("/environments/{}/copy", stage.environment), onto_twin),
        _ => post(format!("/environments/{}/backups", stage.environment), json!({})),
    }
}

pub(super) fn lock(api: &Api, stage: &Stage) -> RequestBuilder {
    api.request(Method::POST, &format!("/keys/{}/lock", stage.key)).multipart(lock_form())
}

/// Asks until somebody answers: when a lock begins, connections end with what they answer, and a request that comes at
/// that moment is taken by nobody.
pub(super) async fn asked(request: impl Fn() -> RequestBuilder) -> (u16, Value) {
    for _ in 0..5 {
        if let Ok(answered) = answer(request()).await {
            return answered;
        }
    }
    panic!("nobody answers");
}

/// The status of what was answered, or the code of a refusal that is one of the expected.
pub(super) fn told(rival: &str, (status, body): &(u16, Value)) -> String {
    match body["code"].as_str() {
        Some(code) => {
            assert!(LATE.contains(&code), "{rival}: {body}");
            code.to_owned()
        }
        None => status.to_string(),
    }
}
