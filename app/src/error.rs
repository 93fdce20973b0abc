//! Why a page has no data: small, without secrets, the same on both sides of the wire.

use crate::ui::Why;
use serde::{Deserialize, Serialize};
use server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use std::fmt;

/// What kind of failure; pages tell them apart in words and in the HTTP status.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ErrorKind {
    /// 401: the page redirects to the sign-in.
    SignInRequired,
    /// 409: the page redirects to the risk dialog.
    RiskNotAcknowledged,
    /// 404: also for what belongs to another tenant.
    NotFound,
    /// 403: the roles do not allow it.
    Forbidden,
    /// The rules do not allow it now; `refusal` says why and from when.
    Refused,
    /// The portal could not be reached (in the browser only).
    Unreachable,
    /// 500: a defect or an outage; the log has it under the request's id.
    Internal,
}

/// What a server function answers instead of data. Goes to the browser: never holds a secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UiError {
    pub kind: ErrorKind,
    /// One or two sentences for the person who asked.
    pub message: String,
    /// The policy's answer, where there is one.
    pub refusal: Option<Box<Why>>,
}

impl UiError {
    /// An error and, on the server, its HTTP status.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        #[cfg(feature = "ssr")]
        answer::set_status(answer::status(kind));
        Self { kind, message: message.into(), refusal: None }
    }

    /// An answer that is none: the page is older or newer than the portal.
    pub(crate) fn not_understood() -> Self {
        Self::new(ErrorKind::Internal, "The portal's answer could not be understood. Load the page again.")
    }

    /// An address that names nothing, such as an id that is none.
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorKind::NotFound, format!("There is no such {what}, or it is not yours to see."))
    }
}

impl fmt::Display for UiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl FromServerFnError for UiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::new(ErrorKind::Unreachable, "The portal does not answer."),
            // Its text may quote what was sent; nobody needs it but a developer, who has the log.
            _ => Self::not_understood(),
        }
    }
}

#[cfg(feature = "ssr")]
pub use answer::set_status;

#[cfg(feature = "ssr")]
mod answer {
    use super::{ErrorKind, UiError};
    use crate::ui::Why;
    use domain::{Code, Refusal, Timestamp};
    use leptos::prelude::use_context;
    use service::{Caller, Portal, ServiceError};

    /// The status of the page that is being rendered, or of the server function's answer.
    pub fn set_status(status: u16) {
        let status = http::StatusCode::from_u16(status).ok();
        if let (Some(response), Some(status)) = (use_context::<leptos_axum::ResponseOptions>(), status) {
            response.set_status(status);
        }
    }

    pub(super) const fn status(kind: ErrorKind) -> u16 {
        match kind {
            ErrorKind::SignInRequired => 401,
            ErrorKind::RiskNotAcknowledged | ErrorKind::Refused => 409,
            ErrorKind::NotFound => 404,
            ErrorKind::Forbidden => 403,
            ErrorKind::Unreachable | ErrorKind::Internal => 500,
        }
    }

    const fn kind(code: Code) -> ErrorKind {
        match code {
            Code::NotFound => ErrorKind::NotFound,
            Code::Forbidden => ErrorKind::Forbidden,
            Code::SignInRequired => ErrorKind::SignInRequired,
            Code::RiskNotAcknowledged => ErrorKind::RiskNotAcknowledged,
            _ => ErrorKind::Refused,
        }
    }

    impl From<ServiceError> for UiError {
        fn from(error: ServiceError) -> Self {
            match error {
                ServiceError::Refused(refusal) => (*refusal).into(),
                error @ ServiceError::Internal(_) => {
                    let internal = Self::internal(&format!("{error:#}"));
                    error.outage().map_or(internal, Self::from)
                }
            }
        }
    }

    impl From<Refusal> for UiError {
        fn from(refusal: Refusal) -> Self {
            let now = use_context::<Portal>().map_or(Timestamp(0), |portal| portal.clock().now());
            let mut error = Self::new(kind(refusal.code), refusal.detail.clone());
            set_status(refusal.code.status());
            error.refusal = Some(Box::new(Why::new(&refusal, now)));
            error
        }
    }

    impl UiError {
        /// A defect or an outage: logged here, once; the page names the request.
        pub fn internal(error: &str) -> Self {
            let signed_in = use_context::<crate::request::SignedIn>().and_then(|who| who.0);
            let request = signed_in.as_ref().map_or("", Caller::request_id);
            tracing::error!(request, error, "a page could not be made");
            Self::new(ErrorKind::Internal, format!("Something went wrong on the server. Request {request}."))
        }
    }
}
