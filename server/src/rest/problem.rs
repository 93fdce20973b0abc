//! Errors as RFC 9457 problems, rendered and logged in one place.

use crate::middleware::RequestId;
use api_types::{Problem, ProblemField};
use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{Code, Refusal};
use http::{HeaderValue, StatusCode, header};
use service::ServiceError;
use std::sync::Arc;

/// What handlers and extractors of the API return.
pub(super) type Answer<T> = Result<T, Failure>;

/// The codes that are no refusal's, each with its one status.
pub(super) const OF_REQUESTS: [(u16, &str); 4] =
    [(400, "MALFORMED"), (405, "METHOD_NOT_ALLOWED"), (415, "UNSUPPORTED_MEDIA_TYPE"), (500, "INTERNAL")];
/// The code of every other status that is no refusal's.
pub(super) const OTHER_REQUEST: &str = "REQUEST_REFUSED";

/// Why a request is not answered as asked. Travels as an extension of an empty response to
/// [`render`], which knows the request's id.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// A typed refusal: its words are for the caller.
    Refused(Arc<Refusal>),
    /// The request is not one the API understands; the code goes with the status.
    Request(StatusCode, String),
    /// The storage fails: its words are for the log, the operator mends it.
    Outage(Arc<ServiceError>),
    /// A defect: its words are for the log.
    Internal(Arc<anyhow::Error>),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Arc::new(refusal))
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Refused(refusal) => Self::Refused(Arc::from(refusal)),
            ServiceError::Internal(_) if error.is_outage() => Self::Outage(Arc::new(error)),
            ServiceError::Internal(error) => Self::Internal(Arc::new(error)),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Failure {
    /// Bad input at one field or query parameter.
    pub(super) fn field(field: &str, message: impl Into<String>) -> Self {
        Refusal::field(domain::Code::Invalid, field, message).into()
    }

    fn status(&self) -> StatusCode {
        let number = match self {
            Self::Refused(refusal) => refusal.code.status(),
            Self::Request(status, _) => return *status,
            Self::Outage(_) => Code::StorageUnavailable.status(),
            Self::Internal(_) => 500,
        };
        StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code.as_str(),
            Self::Outage(_) => Code::StorageUnavailable.as_str(),
            Self::Internal(_) | Self::Request(..) => {
                let status = self.status().as_u16();
                OF_REQUESTS.iter().find(|(of, _)| *of == status).map_or(OTHER_REQUEST, |(_, code)| code)
            }
        }
    }

    fn problem(self, request_id: String) -> Problem {
        let code = self.code();
        let mut problem = Problem {
            kind: format!("urn:keystead:problem:{code}"),
            title: title(code),
            status: self.status().as_u16(),
            code: code.to_owned(),
            request_id,
            detail: None,
            allowed_at: None,
            remedy: None,
            see: None,
            errors: Vec::new(),
        };
        match self {
            Self::Internal(_) => {}
            Self::Outage(error) => {
                let told = error.outage();
                problem.detail = told.as_ref().map(|refusal| refusal.detail.clone());
                problem.remedy = told.and_then(|refusal| refusal.remedy);
            }
            Self::Request(_, detail) => problem.detail = Some(detail),
            Self::Refused(refusal) => {
                let fields = refusal.fields.iter();
                problem.detail = Some(refusal.detail.clone());
                problem.allowed_at = refusal.allowed_at.map(super::wire::not_before);
                problem.remedy.clone_from(&refusal.remedy);
                problem.see = refusal.see.as_ref().map(|see| see.path.clone());
                problem.errors = fields
                    .map(|f| ProblemField { field: f.field.clone(), message: f.message.clone() })
                    .collect();
            }
        }
        problem
    }
}

/// `ENV_BUSY` → `Environment busy`: the same words for the same code.
fn title(code: &str) -> String {
    let words = code.replace("ENV_", "ENVIRONMENT_").replace('_', " ").to_ascii_lowercase();
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// The problem of a layer around the API, which refuses before any route is chosen.
pub(crate) fn of_layer(status: StatusCode, code: &str, detail: &str, request_id: String) -> Response {
    let problem = Problem {
        kind: format!("urn:keystead:problem:{code}"),
        title: title(code),
        status: status.as_u16(),
        code: code.to_owned(),
        request_id,
        detail: Some(detail.to_owned()),
        allowed_at: None,
        remedy: None,
        see: None,
        errors: Vec::new(),
    };
    (status, [(header::CONTENT_TYPE, "application/problem+json")], axum::Json(problem)).into_response()
}

/// For every address under `/api` that is none.
pub(super) async fn no_such_address() -> Failure {
    Refusal::not_found("address").remedy("The addresses are in /api/v1/openapi.json.").into()
}

/// Turns every error of the routes inside into a problem, and logs what is ours.
pub(super) async fn render(request: Request, next: Next) -> Response {
    let id = RequestId::of(request.extensions());
    let mut response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let failure = response.extensions_mut().remove::<Failure>();
    let failure = failure.unwrap_or_else(|| unexplained(status));
    match &failure {
        Failure::Internal(error) => {
            tracing::error!(request_id = id, error = format!("{error:#}"), "an API request failed");
        }
        Failure::Outage(error) => {
            tracing::error!(request_id = id, error = format!("{error:#}"), "the storage fails");
        }
        Failure::Refused(_) | Failure::Request(..) => {}
    }
    let status = failure.status();
    let mut rendered = (status, axum::Json(failure.problem(id))).into_response();
    // What the router said beside the status, such as `Allow`, stays said.
    for (name, value) in response.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            rendered.headers_mut().insert(name, value.clone());
        }
    }
    let media = HeaderValue::from_static("application/problem+json");
    rendered.headers_mut().insert(header::CONTENT_TYPE, media);
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer realm=\"keystead\"");
        rendered.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    rendered
}

/// An error that no handler made: the router's, or a layer's.
fn unexplained(status: StatusCode) -> Failure {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            Failure::Request(status, "This address does not answer this method; see 'Allow'.".to_owned())
        }
        status if status.is_server_error() => {
            Failure::Internal(Arc::new(anyhow::anyhow!("a layer answered {status}")))
        }
        status => Failure::Request(status, status.canonical_reason().unwrap_or_default().to_owned()),
    }
}
