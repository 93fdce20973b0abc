//! The OpenAPI document: made from the handlers, checked in as `docs/openapi.json`.

use super::problem::{OF_REQUESTS, OTHER_REQUEST};
use axum::response::IntoResponse;
use domain::Code;
use http::{StatusCode, header};
use std::{fmt::Write as _, sync::LazyLock};
use utoipa::{
    OpenApi as _,
    openapi::{
        ContentBuilder, OpenApi, RefOr, ResponseBuilder,
        path::Operation,
        path::PathItem,
        schema::{Object, Ref, Schema},
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

/// What stands around the operations.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Keystead",
        version = "1",
        description = "Manage the keys that encrypt your organisation's data.\n\n\
            Authenticate with `Authorization: Bearer <token>`. Errors are problems (RFC 9457); branch on \
            their `code`, which schema `Problem` lists with its status. Long work answers 202 with the job and an `Operation-Location` to poll. Lists \
            answer `items` and, unless it is the last page, a `next` to pass on as it is. Unknown fields \
            and query parameters are refused.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(api_types::Problem)),
    security(("token" = []))
)]
struct Frame;

/// The document without operations.
pub(super) fn frame() -> OpenApi {
    let mut frame = Frame::openapi();
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    frame.components.get_or_insert_default().add_security_scheme("token", scheme);
    frame
}

/// The whole document: every operation the router has.
pub fn document() -> OpenApi {
    let mut document = super::operations().into_openapi();
    document.paths.paths.values_mut().flat_map(operations).for_each(complete);
    if let Some(code) = code_of_problems(&mut document) {
        code.description = Some(list_of_codes());
    }
    document
}

fn code_of_problems(document: &mut OpenApi) -> Option<&mut Object> {
    let schemas = &mut document.components.as_mut()?.schemas;
    let Some(RefOr::T(Schema::Object(problem))) = schemas.get_mut("Problem") else { return None };
    let Some(RefOr::T(Schema::Object(code))) = problem.properties.get_mut("code") else { return None };
    Some(code)
}

/// Every code with its status. In words and not as an `enum`, which would make clients refuse the next one.
fn list_of_codes() -> String {
    let refusals = Code::ALL.iter().map(|code| (code.status(), code.as_str()));
    let mut codes: Vec<(u16, &str)> = refusals.chain(OF_REQUESTS).collect();
    codes.sort_unstable();
    let mut text = format!(
        "What to branch on; stays the same over versions. There may be new ones. `{OTHER_REQUEST}` goes with the \
         statuses of HTTP that are not in this list.\n"
    );
    for (status, code) in codes {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n- {status} `{code}`");
    }
    text
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let some = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
    some.into_iter().filter_map(Option::as_mut)
}

/// What holds for every operation: its answers are described, and it may answer with a problem.
fn complete(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    for (status, response) in responses.iter_mut() {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = reason(status).to_owned();
        }
    }
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let problem = ResponseBuilder::new()
        .description("What was wrong, by `code` and status")
        .content("application/problem+json", content);
    responses.insert("default".to_owned(), RefOr::T(problem.build()));
}

fn reason(status: &str) -> &'static str {
    let status = status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
    status.and_then(|status| status.canonical_reason()).unwrap_or("Answered")
}

static TEXT: LazyLock<Option<String>> = LazyLock::new(|| document().to_json().ok());

/// This document
///
/// The only operation that wants no token.
#[utoipa::path(get, path = "/openapi.json", operation_id = "get_openapi", tag = "openapi", security(()),
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
pub(super) async fn get() -> impl IntoResponse {
    let text = TEXT.as_deref().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok::<_, StatusCode>(([(header::CONTENT_TYPE, "application/json")], text))
}
