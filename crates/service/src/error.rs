//! The outcomes of a use case that are not success.

use crate::{jobs::LeaseLost, rows::DamagedRow};
use domain::{Code, Refusal};
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
    /// Whether something that is sealed or wrapped did not open.
    pub fn cannot_open(&self) -> bool {
        matches!(self, Self::Internal(error) if error.downcast_ref::<vault::CannotOpen>().is_some())
    }

    /// Which row it is that did not open, if it was one.
    pub(crate) fn damaged_row(&self) -> Option<&DamagedRow> {
        match self {
            Self::Internal(error) => error.downcast_ref::<DamagedRow>(),
            Self::Refused(_) => None,
        }
    }

    /// Why a key cannot be used, if that is what failed: trying again does not help, only an
    /// administrator with the key file, or the operator, does.
    pub fn key_trouble(&self) -> Option<String> {
        match self {
            Self::Refused(refusal) => (refusal.code == Code::KeyUnavailable).then(|| refusal.detail.clone()),
            Self::Internal(error) if error.downcast_ref::<vault::KeyError>().is_some() => {
                Some("The stored key cannot be read; bring the file again.".to_owned())
            }
            Self::Internal(_) if self.cannot_open() => {
                Some("The stored key does not open what it wraps; bring the file again.".to_owned())
            }
            Self::Internal(_) => None,
        }
    }

    /// Whether another worker holds the job by now.
    pub(crate) fn lease_lost(&self) -> bool {
        matches!(self, Self::Internal(error) if error.downcast_ref::<LeaseLost>().is_some())
    }

    /// Whether the database cannot be reached or has no room: it passes, and blames nobody's work.
    pub fn is_outage(&self) -> bool {
        let Self::Internal(error) = self else { return false };
        error.downcast_ref::<StoreError>().is_some_and(StoreError::is_outage)
    }

    /// What people are told of an outage; the log has the rest.
    pub fn outage(&self) -> Option<Refusal> {
        let told = || {
            // A connection that breaks while a commit is answered leaves that open.
            let detail = "The portal's storage is full, broken or does not answer. What you asked for was probably \
                          not done.";
            Refusal::new(Code::StorageUnavailable, detail).remedy(
                "Look at the current state before you try again; the operator finds the reason in the log.",
            )
        };
        self.is_outage().then(told)
    }

    /// The refusal, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Internal(_) => None,
        }
    }
}
