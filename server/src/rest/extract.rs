//! What handlers take from a request; whatever is wrong with it becomes a problem.

use super::problem::{Answer, Failure};
use crate::{
    middleware::{RequestId, client_address},
    state::{AppState, Site},
};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use domain::{Code, Refusal};
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::{
    Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use service::{Caller, Portal};
use std::sync::Arc;

/// Who calls, and the portal they call: first among a handler's arguments, so that nothing else of a
/// stranger's request is read.
pub(super) struct Api {
    pub portal: Portal,
    pub site: Arc<Site>,
    pub caller: Caller,
}

impl FromRequestParts<AppState> for Api {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Answer<Self> {
        let secret = bearer(&parts.headers).ok_or_else(|| {
            Refusal::new(Code::SignInRequired, "The API wants a token.")
                .remedy("Send it as 'Authorization: Bearer …'.")
        })?;
        let (address, id) = (client_address(&parts.extensions), RequestId::of(&parts.extensions));
        let caller = service::tokens::authenticate(&state.portal, secret, address, id).await?;
        Ok(Self { portal: state.portal.clone(), site: state.site.clone(), caller })
    }
}

/// The token of the one `Authorization: Bearer` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
}

/// Parts of the address. One that cannot be read names nothing.
pub(super) struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Path<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Answer<Self> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        Ok(Self(read.map_err(|_| Refusal::not_found("address"))?.0))
    }
}

/// Query parameters; unknown ones are refused.
pub(super) struct Query<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &AppState) -> Answer<Self> {
        // PostgreSQL keeps no NUL in texts, so none can match; nor can one be asked for.
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Failure::field("query", "Parameters must not contain the NUL character."));
        }
        let read = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        let explain = |error: axum::extract::rejection::QueryRejection| {
            let text = error.body_text();
            let text = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
            let (field, why) = text.split_once(": ").unwrap_or(("query", text));
            Failure::field(field, why)
        };
        Ok(Self(read.map_err(explain)?.0))
    }
}

/// A JSON body, of a request or of an answer.
pub(super) struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Answer<Self> {
        expect_media(request.headers(), "application/json")?;
        let body = Bytes::from_request(request, state).await.map_err(|error| unread(error.status()))?;
        read(&body).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Answer<T> {
    // Serde would take an array for a structure whose fields it has in their order.
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first.is_some_and(|first| *first != b'{') && serde_json::from_slice::<IgnoredAny>(body).is_ok() {
        return Err(Failure::field("body", "Send a JSON object."));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let (path, error) = (error.path().to_string(), error.into_inner());
        if error.is_data() { Failure::field(&path, told(&error)) } else { malformed(&error) }
    })?;
    json.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// In a few words: what serde says repeats what was sent, however long that is.
fn told(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= 300 {
        return text;
    }
    let text = |part: &[char]| part.iter().collect::<String>();
    format!("{} … {}", text(&letters[..150]), text(&letters[letters.len() - 100..]))
}

fn malformed(error: &serde_json::Error) -> Failure {
    Failure::Request(StatusCode::BAD_REQUEST, format!("The body is not JSON: {error}."))
}

/// Refuses a body of another kind than `media`, and of another character set than UTF-8.
pub(super) fn expect_media(headers: &HeaderMap, media: &'static str) -> Answer<()> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (essence, parameters) = given.split_once(';').unwrap_or((given, ""));
    let parameters = parameters.to_ascii_lowercase();
    let utf8 = !parameters.contains("charset") || parameters.contains("utf-8");
    if essence.trim().eq_ignore_ascii_case(media) && utf8 {
        return Ok(());
    }
    let detail = format!("Send the body as '{media}' in UTF-8.");
    Err(Failure::Request(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail))
}

/// A body that did not arrive whole, by the status that says why.
pub(super) fn unread(status: StatusCode) -> Failure {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Refusal::new(Code::TooLarge, "The body is larger than this address takes.").into()
        }
        _ => Failure::Request(StatusCode::BAD_REQUEST, "The body did not arrive whole.".to_owned()),
    }
}
