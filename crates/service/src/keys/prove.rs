//! The file of a generated key comes back, to show that it was kept.

use super::{hex, key_file::read_file};
use crate::{Caller, Portal, ServiceResult, Target};
use domain::{
    Code, KeyId, Refusal,
    actions::Action,
    policy::{self, Decision},
};
use store::keys::Key;
use vault::Password;

/// A file that is to hold a certain key.
pub struct Proof {
    pub file: Vec<u8>,
    pub password: Password,
}

/// shows that the file was kept, by bringing it back with its password.
///
/// # Errors
/// The refusals of a key file; `KEY_FILE_MISMATCH` when it holds another key; `CONFLICT` when it was shown already.
pub async fn prove(portal: &Portal, caller: &Caller, id: KeyId, proof: Proof) -> ServiceResult<()> {
    portal
        .check(caller, Action::KeyProve, Target::Key(id), |act| {
            Box::pin(async move { Ok(provable(&act.key()?)?) })
        })
        .await?;
    let kek = read_file(portal, caller, proof.file, proof.password).await;
    portal
        .act(caller, Action::KeyProve, Target::Key(id), move |act| {
            Box::pin(async move {
                let key = store::keys::lock(&act.tx, id).await?.ok_or_else(|| Refusal::not_found("key"))?;
                act.record("key", key.name.as_str());
                provable(&key)?;
                same_key(&key.fingerprint, kek?.fingerprint().as_bytes())?;
                Ok(store::keys::set_proved(&act.tx, id, act.now).await?)
            })
        })
        .await
}

/// Fingerprints are public: both are told, so that the right file can be looked for.
fn same_key(expected: &[u8; 32], found: &[u8; 32]) -> Result<(), Refusal> {
    if expected == found {
        return Ok(());
    }
    let text = format!(
        "This file holds another key. Expected the fingerprint {}, found {}.",
        hex(expected),
        hex(found)
    );
    Err(Refusal::field(Code::KeyFileMismatch, "file", text))
}

/// Whether it may be shown now that the key's file is kept.
pub(super) fn provable(key: &Key) -> Decision {
    policy::prove_key(key.state, key.proved_at.is_some())
}
