//! A posted form, and the two ways to answer it.

use super::{Fields, SentFile, SignedIn, render, render::Elsewhere};
use crate::state::AppState;
use app::{forms::FormState, ui::Why, url};
use axum::{
    Form,
    extract::{
        FromRequest, FromRequestParts, Multipart, RawPathParams, Request,
        multipart::{Field, MultipartError},
    },
    response::{IntoResponse, Response},
};
use domain::{Code, FieldError, Refusal};
use http::{
    HeaderValue, StatusCode,
    header::{CONTENT_TYPE, LOCATION},
    request::Parts,
};
use service::{Caller, Portal, ServiceError, ServiceResult};
use std::str::FromStr;

/// A posted form with everything a handler needs. A field that cannot be read at all answers the
/// request at once.
pub struct Posted {
    pub state: AppState,
    pub fields: Fields,
    parts: Parts,
    captures: Vec<(String, String)>,
}

impl Posted {
    /// The portal.
    pub fn portal(&self) -> &Portal {
        &self.state.portal
    }

    /// The request's head: its extensions, headers and address.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Who sent it.
    ///
    /// # Errors
    /// `SignInRequired`, which [`Posted::answer`] turns into a redirect to the sign-in.
    pub fn caller(&self) -> ServiceResult<&Caller> {
        let signed_in = self.parts.extensions.get::<SignedIn>();
        let caller = signed_in.and_then(|SignedIn(caller)| caller.as_ref());
        Ok(caller.ok_or_else(|| Refusal::new(Code::SignInRequired, "Sign in first."))?)
    }

    /// The id in the path's capture `name`.
    ///
    /// # Errors
    /// `NotFound` when it is none: such a page does not exist.
    pub fn id<T: FromStr>(&self, name: &str) -> ServiceResult<T> {
        let text = self.captures.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        Ok(text.and_then(|text| text.parse().ok()).ok_or_else(|| Refusal::not_found("page"))?)
    }

    /// Answers with the page at `path` instead of the request's own, which has none: without script, which
    /// would look for the page of the address that the browser shows.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        self.parts.extensions.insert(Elsewhere);
        // What the router has taken apart is an address; where it were none, the request's own stays.
        self.parts.uri = path.parse().unwrap_or(self.parts.uri);
        self
    }

    /// `Ok(address)` is a 303 to it; a refusal is the page again with what was typed and what was wrong.
    pub async fn answer(self, outcome: ServiceResult<String>) -> Response {
        match outcome {
            Ok(address) => see_other(&address),
            Err(ServiceError::Refused(refusal)) => self.refuse(*refusal).await,
            Err(error @ ServiceError::Internal(_)) => match error.outage() {
                Some(told) => {
                    tracing::error!(
                        error = format!("{error:#}"),
                        path = self.parts.uri.path(),
                        "the storage fails"
                    );
                    self.refuse(told).await
                }
                None => self.fail(&error).await,
            },
        }
    }

    /// The page again with what was typed, nothing done and nothing wrong: "More columns".
    pub async fn show_again(self) -> Response {
        let form = FormState::refused(self.parts.uri.path(), self.fields.pairs().to_vec(), Vec::new(), None);
        render(&self.state, self.parts, StatusCode::OK, form).await
    }

    async fn refuse(self, refusal: Refusal) -> Response {
        let path = self.parts.uri.path_and_query().map_or("/", |address| address.as_str());
        match refusal.code {
            Code::SignInRequired => return see_other(&url::with_query("/sign-in", &[("next", path)])),
            Code::RiskNotAcknowledged => {
                return see_other(&url::with_query("/encryption-keys/risk", &[("next", path)]));
            }
            _ => {}
        }
        let why = Why::new(&refusal, self.portal().clock().now());
        self.again(refusal.code.status(), refusal.fields, why).await
    }

    async fn fail(self, error: &ServiceError) -> Response {
        let request = self.caller().map_or_else(|_| String::new(), |caller| caller.request_id().to_owned());
        tracing::error!(request, error = format!("{error:#}"), path = self.parts.uri.path(), "a form failed");
        let reason = format!("Something went wrong on the server. Request {request}.");
        let remedy = Some("Look at the current state before you try again.".to_owned());
        self.again(500, Vec::new(), Why { reason, remedy, see: None, from: None }).await
    }

    async fn again(self, status: u16, errors: Vec<FieldError>, why: Why) -> Response {
        let values = self.fields.pairs().to_vec();
        let form = FormState::refused(self.parts.uri.path(), values, errors, Some(why));
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        render(&self.state, self.parts, status, form).await
    }
}

/// 303 to an address of this portal.
fn see_other(address: &str) -> Response {
    let Ok(location) = HeaderValue::try_from(address) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

impl FromRequest<AppState> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let (mut posted, request) = Self::unread(request, state).await?;
        let read = if is_multipart(&posted.parts) {
            posted.read_multipart(request).await
        } else {
            Form::from_request(request, state)
                .await
                .map(|form| posted.fields = Fields::new(form.0, Vec::new()))
                .map_err(|error| not_a_form(error.status()))
        };
        match read {
            Ok(()) => Ok(posted),
            Err(refusal) => Err(posted.answer(Err(refusal.into())).await),
        }
    }
}

impl Posted {
    /// A form whose body the handler reads itself, as a stream.
    ///
    /// # Errors
    /// The answer, when it is no form with files.
    pub async fn streamed(request: Request, state: &AppState) -> Result<(Self, Multipart), Response> {
        let (posted, request) = Self::unread(request, state).await?;
        let form = Multipart::from_request(request, state).await;
        Ok((posted, form.map_err(IntoResponse::into_response)?))
    }

    /// Everything but the fields, and the request with its body.
    async fn unread(request: Request, state: &AppState) -> Result<(Self, Request), Response> {
        let (mut parts, body) = request.into_parts();
        let captures = RawPathParams::from_request_parts(&mut parts, state).await;
        let captures = captures.map_err(IntoResponse::into_response)?;
        let captures =
            captures.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let request = Request::from_parts(parts.clone(), body);
        Ok((Self { state: state.clone(), fields: Fields::default(), parts, captures }, request))
    }

    /// Small forms with a file, whole in memory: the route's body limit bounds them.
    async fn read_multipart(&mut self, request: Request) -> Result<(), Refusal> {
        let form = Multipart::from_request(request, &self.state).await;
        let mut form = form.map_err(|_| Refusal::new(Code::Invalid, "This is no form with a file."))?;
        let (mut pairs, mut files) = (Vec::new(), Vec::new());
        let read = loop {
            let field = match form.next_field().await {
                Ok(Some(field)) => field,
                Ok(None) => break Ok(()),
                Err(error) => break Err(unreadable(&error, "")),
            };
            if let Err(refusal) = read_field(field, &mut pairs, &mut files).await {
                break Err(refusal);
            }
        };
        self.fields = Fields::new(pairs, files);
        read
    }
}

async fn read_field(
    field: Field<'_>,
    pairs: &mut Vec<(String, String)>,
    files: &mut Vec<(String, SentFile)>,
) -> Result<(), Refusal> {
    let name = field.name().unwrap_or_default().to_owned();
    let Some(path) = field.file_name() else {
        let text = field.text().await.map_err(|error| unreadable(&error, &name))?;
        pairs.push((name, text));
        return Ok(());
    };
    // Some browsers send a path.
    let file_name = path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let media_type = field.content_type().unwrap_or_default().to_owned();
    let content = field.bytes().await.map_err(|error| unreadable(&error, &name))?.to_vec();
    files.push((name, SentFile { name: file_name, media_type, content }));
    Ok(())
}

/// Why fields could not be read.
fn not_a_form(status: StatusCode) -> Refusal {
    refused(status, "", "This is no form that a browser sends. Send the form on this page.")
}

/// Why a form with files could not be read to its end, at the field that was being read.
pub(super) fn unreadable(error: &MultipartError, field: &str) -> Refusal {
    refused(error.status(), field, "The form did not arrive whole. Send it again.")
}

/// Of a form that is not too large, `wrong` says what is the matter.
fn refused(status: StatusCode, field: &str, wrong: &str) -> Refusal {
    let (code, text) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => (Code::TooLarge, "This is larger than the form can take."),
        _ => (Code::Invalid, wrong),
    };
    if field.is_empty() { Refusal::new(code, text) } else { Refusal::field(code, field, text) }
}

fn is_multipart(parts: &Parts) -> bool {
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}
