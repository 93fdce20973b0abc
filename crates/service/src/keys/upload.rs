//! K2: a key from a file (PP-039…PP-041, PP-066…PP-071).

use super::{
    key_file::{file_refusal, read_file},
    new::{check_new, lock_for_new, store_new},
};
use crate::{Act, Caller, Portal, ServiceResult, Target, jobs, risk};
use domain::{
    Code, KeyId, RingId,
    actions::Action,
    keys::{KeyState, Source},
    names::KeyName,
    operations::OperationKind,
};
use vault::{Kek, Password};

/// What a new key's form says. `file` and `password` are dropped when the key is made.
pub struct Upload {
    pub name: String,
    pub file: Vec<u8>,
    pub password: Password,
    /// For API tokens: the request itself acknowledges the risk.
    pub risk_acknowledged: bool,
}

/// What became of an upload.
pub struct Uploaded {
    pub id: KeyId,
    /// The first uploaded key activates itself (PP-070).
    pub activating: bool,
    /// The job that does it.
    pub operation: Option<domain::OperationId>,
}

/// K2: brings a key from a password-protected PFX (PP-039…PP-041, PP-066…PP-071).
pub async fn upload(portal: &Portal, caller: &Caller, ring: RingId, form: Upload) -> ServiceResult<Uploaded> {
    let Upload { name, file, password, risk_acknowledged } = form;
    // Before any work: a refused upload must not cost RSA checks, nor tell whether a password fits.
    let name = portal
        .check(caller, Action::KeyAdd, Target::Ring(ring), |act| {
            Box::pin(check_new(act, name, risk_acknowledged))
        })
        .await?;
    let kek = read_file(portal, caller, file, password).await;
    portal
        .act(caller, Action::KeyAdd, Target::Ring(ring), move |act| {
            Box::pin(async move {
                risk::require(act, risk_acknowledged).await?;
                store_upload(act, name, kek?).await
            })
        })
        .await
}

/// K2a, K2b: seals and stores, under the ring's lock; the first upload activates itself.
async fn store_upload(act: &mut Act, name: KeyName, kek: Kek) -> ServiceResult<Uploaded> {
    let (root, ring, facts) = lock_for_new(act, &name).await?;
    let ring_id = RingId(ring.id);
    if let Some(same) = store::keys::by_fingerprint(&act.tx, ring_id, kek.fingerprint().as_bytes()).await? {
        let text = format!("This key is already here, as {}.", same.name);
        return Err(file_refusal(Code::KeyAlreadyPresent, text).into());
    }
    // PP-070: the first uploaded key activates itself, unless another is just being installed.
    // Under the two-person rule no key does.
    let first = !facts.ever_activated && facts.installing.is_none() && !facts.two_person;
    let state = if first { KeyState::Available.activate(act.now)? } else { KeyState::Available };
    let id = store_new(act, (&root, &ring), &name, &kek, (Source::Uploaded, state)).await?;
    let operation = match first {
        true => Some(jobs::queue(act, OperationKind::KeyInstall, ring_id, jobs::On::Key(id), 1).await?),
        false => None,
    };
    Ok(Uploaded { id, activating: first, operation })
}
