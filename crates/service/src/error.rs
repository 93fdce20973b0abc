//! The outcomes of a use case that are not success.

use domain::Refusal;
use store::StoreError;

/// Refused for a reason the caller can act on, or failed for one that only the log tells.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// A typed refusal: its words are for the caller.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// A defect or an outage: logged once at the edge, the caller sees the request id.
    #[error("internal: {0:#}")]
    Internal(#[from] anyhow::Error),
}

/// The result of every use case.
pub type ServiceResult<T> = Result<T, ServiceError>;

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        Self::Internal(anyhow::Error::new(error))
    }
}

impl From<sea_orm::DbErr> for ServiceError {
    fn from(error: sea_orm::DbErr) -> Self {
        StoreError::from(error).into()
    }
}

impl From<vault::CannotOpen> for ServiceError {
    fn from(error: vault::CannotOpen) -> Self {
        Self::Internal(anyhow::Error::new(error))
    }
}

impl From<vault::KeyError> for ServiceError {
    fn from(error: vault::KeyError) -> Self {
        Self::Internal(anyhow::Error::new(error))
    }
}

impl From<serde_json::Error> for ServiceError {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(anyhow::Error::new(error))
    }
}

impl ServiceError {
    /// The refusal, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Internal(_) => None,
        }
    }
}
