//! Key material: make, read, wrap, unwrap, seal. No database, no network, no clock.
//!
//! ```text
//! RootKey                          32 bytes, outside the database
//!  └ seals   Kek                   RSA: a protection key, a vault key's version, a platform key
//!     └ wraps   RingKey            AES-256: one per activation of a Kek       RSA-OAEP-256
//!        └ wraps   DataKey         AES-256: one per environment or service    AES-256-GCM, AAD = DataKeyPlace
//!           └ seals   bytes        rows, definitions, documents, backups      AES-256-GCM, AAD = Place
//! ```
//!
//! - Callers hold these types, never key bytes; the types have no `Debug`, `Clone` or `Serialize` and zeroize on
//!   drop.
//! - Every seal takes a fresh 96-bit nonce from the operating system and binds its place as additional
//!   authenticated data: what is moved elsewhere does not open.
//! - RSA operations run in `aws-lc-rs`; [`pfx`] reads and checks imported keys. There is no PKCS#1 v1.5
//!   decryption. `docs/adr/0001-key-hierarchy.md` and `docs/adr/0002-rsa-and-aws-lc-rs.md` give the reasons.

pub mod archive;
pub mod counters;
mod data_key;
mod error;
mod fingerprint;
mod kek;
mod kek_public;
pub mod password;
pub mod pfx;
pub mod random;
mod ring_key;
mod root_key;
mod seal;
mod stack;
pub mod token;

pub use data_key::{DataKey, Place, SEAL_OVERHEAD, Sealer};
pub use error::{CannotOpen, KeyError, WrongLength};
pub use fingerprint::{Fingerprint, NotAFingerprint};
pub use kek::{Kek, KekSize};
pub use kek_public::KekPublic;
pub use password::Password;
pub use pfx::{ImportedKey, PfxRefusal};
pub use ring_key::{DataKeyPlace, RingKey, WRAPPED_DATA_KEY};
pub use root_key::RootKey;
pub use zeroize::Zeroizing;
