//! Why something was not done: one code per outcome a user can meet, with its words.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $status:literal),+ $(,)?) => {
        /// The stable code of a refusal: what automation branches on and tests name.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        pub enum Code { $($(#[$doc])* #[serde(rename = $text)] $variant),+ }

        impl Code {
            /// Every code, for tests and the API's documentation.
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];

            /// `ACTIVATION_COOLDOWN` and the like.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text),+ }
            }

            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 {
                match self { $(Code::$variant => $status),+ }
            }
        }
    };
}

codes! {
    /// PP-013: the operator has not turned the feature on.
    FeatureNotEnabled = "FEATURE_NOT_ENABLED", 403,
    /// PP-004, PP-005: too few seats, or no opt-in.
    NotEligible = "NOT_ELIGIBLE", 403,
    /// PP-052, PP-074, PP-088: the risk was not acknowledged in this session.
    RiskNotAcknowledged = "RISK_NOT_ACKNOWLEDGED", 409,
    /// unique per ring, deleted keys included.
    KeyNameTaken = "KEY_NAME_TAKEN", 422,
    KeyNameInvalid = "KEY_NAME_INVALID", 422,
    PasswordMismatch = "PASSWORD_MISMATCH", 422,
    PasswordWeak = "PASSWORD_WEAK", 422,
    /// PP-039: neither PFX nor BYOK.
    KeyFileFormat = "KEY_FILE_FORMAT", 422,
    /// PP-041: the file must be protected by a password.
    KeyFileNoPassword = "KEY_FILE_NO_PASSWORD", 422,
    KeyFileBadPassword = "KEY_FILE_BAD_PASSWORD", 422,
    /// PP-020: public and private key needed.
    KeyFileNoPrivate = "KEY_FILE_NO_PRIVATE", 422,
    /// More than one private key: which one is meant cannot be told.
    KeyFileSeveral = "KEY_FILE_SEVERAL", 422,
    /// PP-040: RSA of 2048 bits.
    KeyAlgorithm = "KEY_ALGORITHM", 422,
    /// The key's numbers do not make a sound RSA key.
    KeyWeak = "KEY_WEAK", 422,
    /// This very key is already on the ring.
    KeyAlreadyPresent = "KEY_ALREADY_PRESENT", 422,
    /// nobody has shown yet that the file of a generated key was kept.
    KeyNotProved = "KEY_NOT_PROVED", 409,
    /// PP-062: the file of a generated key was handed out, or has waited too long.
    KeyFileGone = "KEY_FILE_GONE", 410,
    /// The file holds another key than the one it should hold.
    KeyFileMismatch = "KEY_FILE_MISMATCH", 422,
    /// PP-080, PP-120.
    KeysBlockedByLock = "KEYS_BLOCKED_BY_LOCK", 409,
    /// PP-083, PP-138.
    ActivationCooldown = "ACTIVATION_COOLDOWN", 409,
    /// PP-046, PP-076.
    ActivationInProgress = "ACTIVATION_IN_PROGRESS", 409,
    /// PP-073: only an Available key can be activated.
    KeyNotAvailable = "KEY_NOT_AVAILABLE", 409,
    /// PP-109: only the Active key locks.
    KeyNotActive = "KEY_NOT_ACTIVE", 409,
    /// PP-121: only a Locked key is unlocked.
    KeyNotLocked = "KEY_NOT_LOCKED", 409,
    /// PP-032, PP-104.
    LockCooldown = "LOCK_COOLDOWN", 409,
    /// an administrator reported the latest key change; another one has to clear that.
    ChangeReported = "CHANGE_REPORTED", 409,
    /// who reported a change, or made it, does not clear the report.
    OwnReport = "OWN_REPORT", 409,
    /// no key change is under way or less than 72 hours old.
    NothingToReport = "NOTHING_TO_REPORT", 409,
    /// there is no key to roll back to.
    NothingToRollBack = "NOTHING_TO_ROLL_BACK", 409,
    /// Two-person rule: another administrator has to approve this exact change first.
    ApprovalNeeded = "APPROVAL_NEEDED", 409,
    /// Two-person rule: nobody approves the own question.
    OwnApproval = "OWN_APPROVAL", 409,
    /// Two-person rule: nothing is asked, or it counts no more.
    NothingToApprove = "NOTHING_TO_APPROVE", 409,
    /// PP-105: no environment uses the key.
    NothingToLock = "NOTHING_TO_LOCK", 409,
    /// PP-112: the typed text differs.
    LockTextMismatch = "LOCK_TEXT_MISMATCH", 422,
    /// PP-111: the file does not hold the Active key.
    LockKeyMismatch = "LOCK_KEY_MISMATCH", 422,
    /// PP-106, PP-108.
    UnlockTooEarly = "UNLOCK_TOO_EARLY", 409,
    /// PP-114: the file does not hold the locked key.
    UnlockKeyMismatch = "UNLOCK_KEY_MISMATCH", 422,
    /// PP-103: the 28 days are over.
    UnlockTooLate = "UNLOCK_TOO_LATE", 409,
    /// PP-085: no Active key in the region.
    NoActiveKey = "NO_ACTIVE_KEY", 409,
    /// PP-007…PP-017: the environment cannot use a customer key.
    EnvironmentNotEligible = "ENVIRONMENT_NOT_ELIGIBLE", 409,
    /// A job is running on the environment.
    EnvironmentBusy = "ENV_BUSY", 409,
    /// Offline while its data is re-encrypted (PP-090).
    EnvironmentOffline = "ENV_OFFLINE", 409,
    /// PP-098.
    EnvironmentLocked = "ENV_LOCKED", 409,
    /// Apply on a self-managed environment, return on a platform-managed one.
    EnvironmentState = "ENV_STATE", 409,
    /// PP-131, X-14: the target is not under the key that the backup needs.
    RestoreTargetKeyMismatch = "RESTORE_TARGET_KEY_MISMATCH", 409,
    /// PP-132: the target is not under the source's key.
    CopyTargetKeyMismatch = "COPY_TARGET_KEY_MISMATCH", 409,
    /// PP-133: a support investigation environment takes the customer's key before a copy.
    SupportEnvironmentNotCmk = "SUPPORT_ENV_NOT_CMK", 409,
    /// The job ended, or has come to where it cannot be undone.
    OperationNotCancellable = "OPERATION_NOT_CANCELLABLE", 409,
    /// File and Image data cannot enter a self-managed environment.
    FileImageNotSupported = "FILE_IMAGE_NOT_SUPPORTED", 409,
    /// What is stored of the row opens under no key.
    RowDamaged = "ROW_DAMAGED", 409,
    /// PP-094: the typed name differs.
    NameMismatch = "NAME_MISMATCH", 422,
    /// PP-075, PP-090, PP-095: the confirmation is missing.
    NotConfirmed = "NOT_CONFIRMED", 422,
    /// Input that cannot be taken; the fields say why.
    Invalid = "INVALID", 422,
    TooLarge = "TOO_LARGE", 413,
    NotFound = "NOT_FOUND", 404,
    Forbidden = "FORBIDDEN", 403,
    SignInRequired = "SIGN_IN_REQUIRED", 401,
    SignInFailed = "SIGN_IN_FAILED", 401,
    TooManyAttempts = "TOO_MANY_ATTEMPTS", 429,
    AlreadyInstalled = "ALREADY_INSTALLED", 409,
    Conflict = "CONFLICT", 409,
    /// The database cannot be reached, or its disk is full or broken: it passes when the operator mends it.
    StorageUnavailable = "STORAGE_UNAVAILABLE", 503,
    /// The data key cannot be opened: the customer's key is gone.
    KeyUnavailable = "KEY_UNAVAILABLE", 503,
}

/// An error at one field of a form: `field` is its `name` attribute or JSON pointer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

/// A refused event: what was wrong, from when it is possible, what to do.
///
/// Never holds a secret: it goes to pages, problems, the audit trail and logs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refusal {
    pub code: Code,
    /// One or two sentences for the person who asked.
    pub detail: String,
    /// When the same request becomes possible, where time alone decides.
    pub allowed_at: Option<Timestamp>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// The page where it can be mended. Boxed: a refusal is the error of everything.
    pub see: Option<Box<See>>,
    /// The fields at fault.
    pub fields: Vec<FieldError>,
}

/// A page of the portal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct See {
    /// Its address, from the first slash on.
    pub path: String,
    /// What the link to it says.
    pub label: String,
}

impl Refusal {
    /// A refusal with its words and nothing else.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), allowed_at: None, remedy: None, see: None, fields: Vec::new() }
    }

    /// Bad input at one field.
    pub fn field(code: Code, field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::new(code, message.clone()).at_field(field, message)
    }

    /// Adds when it becomes possible.
    #[must_use]
    pub fn from(mut self, at: Timestamp) -> Self {
        self.allowed_at = Some(at);
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn remedy(mut self, text: impl Into<String>) -> Self {
        self.remedy = Some(text.into());
        self
    }

    /// Adds the page where it can be mended.
    #[must_use]
    pub fn see(mut self, path: impl Into<String>, label: &str) -> Self {
        self.see = Some(Box::new(See { path: path.into(), label: label.to_owned() }));
        self
    }

    /// Adds an error at a field.
    #[must_use]
    pub fn at_field(mut self, field: &str, message: impl Into<String>) -> Self {
        self.fields.push(FieldError { field: field.to_owned(), message: message.into() });
        self
    }

    /// "There is no such thing": also the answer for another tenant's ids.
    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("There is no such {what}, or it is not yours to see."))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl std::error::Error for Refusal {}
