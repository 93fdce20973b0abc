//! Answers that several operations share: pages, 201 and 202.

use super::{
    PREFIX,
    extract::{Api, Json},
    problem::{Answer, Failure},
    wire,
};
use api_types::{List, Operation};
use axum::response::{IntoResponse, Response};
use domain::OperationId;
use http::{HeaderName, StatusCode, header};
use serde::Serialize;
use store::{Cursor, Page};

/// The header that says where to watch what was accepted.
const OPERATION_LOCATION: HeaderName = HeaderName::from_static("operation-location");

/// 201: made, and where it is.
pub(super) struct Created<T> {
    location: String,
    body: T,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, [(header::LOCATION, self.location)], Json(self.body)).into_response()
    }
}

/// `path` is below [`PREFIX`].
pub(super) fn created<T>(api: &Api, path: &str, body: T) -> Created<T> {
    Created { location: absolute(api, path), body }
}

/// 202: a job does it; the body is the job as it stands.
pub(super) struct Accepted {
    location: String,
    operation: Operation,
}

impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        let headers = [(OPERATION_LOCATION, self.location)];
        (StatusCode::ACCEPTED, headers, Json(self.operation)).into_response()
    }
}

/// Looks the job up that a use case has queued.
pub(super) async fn accepted(api: &Api, id: OperationId) -> Answer<Accepted> {
    let operation = service::operations::get(&api.portal, &api.caller, id).await?;
    let location = absolute(api, &format!("/operations/{id}"));
    Ok(Accepted { location, operation: wire::operation(&operation, &api.caller) })
}

fn absolute(api: &Api, path: &str) -> String {
    format!("{}{PREFIX}{path}", api.site.public_url)
}

/// A page as the wire has it; `next` is opaque and fits into an address as it is.
pub(super) fn list<T, U>(page: Page<T>, wire: impl Fn(&T) -> U) -> Json<List<U>> {
    let next = page.next.map(|cursor| service::keys::hex(cursor.to_string().as_bytes()));
    Json(List { items: page.items.iter().map(wire).collect(), next })
}

/// Reads what [`list`] gave out as `next`.
pub(super) fn cursor(after: Option<&str>) -> Answer<Option<Cursor>> {
    let Some(after) = after else { return Ok(None) };
    let read = unhex(after).and_then(|bytes| String::from_utf8(bytes).ok());
    let read = read.filter(|text| !text.contains('\0')).and_then(|text| Cursor::parse(&text));
    read.map(Some).ok_or_else(|| not_a_next("after"))
}

/// Likewise where pages are cut by a number.
pub(super) fn number(parameter: &str, next: Option<&str>) -> Answer<Option<i64>> {
    next.map(str::parse).transpose().map_err(|_| not_a_next(parameter))
}

fn not_a_next(parameter: &str) -> Failure {
    Failure::field(parameter, "Give the 'next' of the page before, as it was.")
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let pair = |at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    if digits { (0..text.len()).step_by(2).map(pair).collect() } else { None }
}

/// How many a page holds: 50 unless asked for, `max` at most.
pub(super) fn limit(asked: Option<usize>, max: usize) -> Answer<usize> {
    match asked {
        None => Ok(50),
        Some(limit) if (1..=max).contains(&limit) => Ok(limit),
        Some(_) => Err(Failure::field("limit", format!("Give a number from 1 to {max}."))),
    }
}
