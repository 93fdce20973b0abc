//! Typed identifiers: one newtype per noun, so that an environment's id never stands in for a key's.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// An organisation that keeps its data here.
    TenantId,
    /// The key ring of one tenant in one region.
    RingId,
    /// A protection key: an administrator's own RSA key.
    KeyId,
    /// The AES key between a key-encryption key and the data keys, one per activation.
    RingKeyId,
    /// The platform-managed key-encryption key of one ring.
    PlatformKeyId,
    /// An environment: a named set of tables under one data key.
    EnvironmentId,
    /// A sealed copy of what an environment held.
    BackupId,
    /// A table of an environment.
    TableId,
    /// A row of a table.
    RowId,
    /// A CSV file being taken in.
    ImportId,
    /// A long-running job.
    OperationId,
    /// A question to the other administrators (two-person rule).
    ApprovalId,
    /// A person who signs in.
    UserId,
    /// An API token.
    TokenId,
    /// A message to one recipient.
    MessageId,
}
