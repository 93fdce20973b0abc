//! Plain answers of the layers themselves: a small page, RFC 9457 JSON below `/api`, or what the pages' script reads
//! below `/fn`. They need neither the database nor the rendering of pages.

use super::RequestId;
use app::error::UiError;
use axum::{
    Json,
    extract::Request,
    response::{Html, IntoResponse, Response},
};
use domain::{Code, Refusal};
use http::StatusCode;
use service::ServiceError;

/// What of a request its plain answer needs.
pub struct About {
    json: bool,
    script: bool,
    request_id: String,
}

impl About {
    /// Reads it before the request is given away.
    pub fn of(request: &Request) -> Self {
        let json = request.uri().path().starts_with("/api/");
        let script = request.uri().path().starts_with("/fn/");
        Self { json, script, request_id: RequestId::of(request.extensions()) }
    }

    /// A refusal: `text` says what was wrong, what is accepted, what to do.
    pub fn refuse(&self, status: StatusCode, code: Code, text: &str) -> Response {
        self.answer(status, code.as_str(), text)
    }

    /// 500: the log has more under the request's id.
    pub fn outage(&self) -> Response {
        let text = "Something went wrong on the server. Look at the current state before you try again.";
        self.answer(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", text)
    }

    /// 503: what is wrong with the storage, and what to do.
    fn unavailable(&self, told: Refusal) -> Response {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        if self.script {
            return (status, Json(UiError::from(told))).into_response();
        }
        let text = [told.detail, told.remedy.unwrap_or_default()].join(" ");
        self.answer(status, told.code.as_str(), text.trim_end())
    }

    fn answer(&self, status: StatusCode, code: &str, text: &str) -> Response {
        let title = status.canonical_reason().unwrap_or("Error");
        if self.json {
            return crate::rest::of_layer(status, code, text, self.request_id.clone());
        }
        let page = format!(
            "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width\"><title>{title} · Keystead</title><main><h1>{title}</h1>\
             <p>{text}</p><p>Request {id}</p><p><a href=\"/\">Go to the start page</a></p></main></html>",
            text = escape(text),
            id = self.request_id,
        );
        (status, Html(page)).into_response()
    }
}

/// What a layer answers that needs the database and did not get from it what it asked for.
pub fn failed(request: &Request, error: &ServiceError) -> Response {
    let about = About::of(request);
    match error.outage() {
        Some(told) => about.unavailable(told),
        None => about.outage(),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
