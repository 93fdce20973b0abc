//! What every new key passes, brought or made.

use super::hex;
use crate::{Act, Caller, Portal, ServiceError, ServiceResult, act, mails::Notice, risk, root_key::Root};
use domain::{
    Code, KeyId, Refusal, RingId,
    actions::Action,
    events::Event,
    keys::{KeyState, Source},
    names::KeyName,
    policy,
    rings::RingFacts,
};
use std::sync::Arc;
use store::{ConnectionTrait, keys::Key, ring_keys::WrappedBy, rings::Ring};
use vault::Kek;

/// Why no new key of the region can have this name; asked before a file or a password is (PP-054, X-39).
pub async fn unusable_name(
    portal: &Portal,
    caller: &Caller,
    region: &str,
    name: &str,
) -> ServiceResult<Option<Refusal>> {
    act::permit(caller, Action::KeyRead, None)?;
    let db = portal.db().read();
    let ring = store::rings::by_region(db, caller.tenant(), region).await?;
    let ring = RingId(ring.ok_or_else(|| Refusal::not_found("region"))?.id);
    let name = match KeyName::parse(name) {
        Ok(name) => name,
        Err(why) => return Ok(Some(Refusal::field(Code::KeyNameInvalid, "name", why))),
    };
    match free(db, ring, &name).await {
        Ok(()) => Ok(None),
        Err(ServiceError::Refused(refusal)) => Ok(Some(*refusal)),
        Err(error) => Err(error),
    }
}

async fn free(db: &impl ConnectionTrait, ring: RingId, name: &KeyName) -> ServiceResult<()> {
    if !store::keys::name_taken(db, ring, name.as_str()).await? {
        return Ok(());
    }
    let text = format!("There is or was a key called {name} in this region; choose another name (X-39).");
    Err(Refusal::field(Code::KeyNameTaken, "name", text).into())
}

/// The cheap checks of a new key; nothing is stored yet.
pub(super) async fn check_new(
    act: &mut Act,
    name: String,
    risk_acknowledged: bool,
) -> ServiceResult<KeyName> {
    risk::require(act, risk_acknowledged).await?;
    let ring = RingId(act.ring()?.id);
    let name = KeyName::parse(&name).map_err(|why| Refusal::field(Code::KeyNameInvalid, "name", why))?;
    policy::add_key(&store::rings::facts(&act.tx, ring).await?)?;
    free(&act.tx, ring, &name).await?;
    Ok(name)
}

/// The root key to seal with and the ring, locked, while a key of that name may be added to it.
pub(super) async fn lock_for_new(act: &Act, name: &KeyName) -> ServiceResult<(Arc<Root>, Ring, RingFacts)> {
    let root = act.portal.keyring().roots().hold(&act.tx).await?;
    let ring = store::rings::lock(&act.tx, RingId(act.ring()?.id)).await?;
    let facts = store::rings::facts(&act.tx, RingId(ring.id)).await?;
    policy::add_key(&facts)?;
    free(&act.tx, RingId(ring.id), name).await?;
    Ok((root, ring, facts))
}

/// Seals and stores a key, and tells every administrator (PP-060).
pub(super) async fn store_new(
    act: &mut Act,
    (root, ring): (&Root, &Ring),
    name: &KeyName,
    kek: &Kek,
    (source, state): (Source, KeyState),
) -> ServiceResult<KeyId> {
    let (id, ring_id) = (KeyId(act.fresh_id()), RingId(ring.id));
    let fingerprint = *kek.fingerprint().as_bytes();
    let key = Key {
        id,
        ring_id,
        name: name.to_string(),
        source,
        bits: kek.bits(),
        fingerprint,
        public_key: kek.public().spki_der().to_vec(),
        material: Some(root.seal_protection_key(kek, ring_id, id)),
        state,
        created_at: act.now,
        created_by: act.caller.user(),
        activated_at: None,
        // An upload is the proof that the file is there.
        proved_at: (source == Source::Uploaded).then_some(act.now),
        error: None,
    };
    act.record("key", name.as_str());
    act.record("source", source.as_str());
    act.record("fingerprint", hex(&fingerprint));
    act.record("state", state.as_str());
    act.notify(Notice::of_key(Event::KeyAdded, ring, &key, None)).await?;
    store::keys::insert(&act.tx, key).await?;
    adopt(act, root, ring_id, (id, &fingerprint)).await?;
    Ok(id)
}

/// backups under a key that a lock destroyed open again with its file.
async fn adopt(
    act: &mut Act,
    root: &Root,
    ring: RingId,
    (id, fingerprint): (KeyId, &[u8; 32]),
) -> ServiceResult<()> {
    let bereft = store::ring_keys::bereft(&act.tx, ring, fingerprint).await?;
    if !bereft.is_empty() {
        act.record("ring_keys_opened_again", bereft.len());
    }
    for mut row in bereft {
        row.wrapped = root.open_ring_key(&row)?;
        row.wrapped_by = WrappedBy::Protection(id);
        store::ring_keys::adopt(&act.tx, root.seal_ring_key(row), id).await?;
    }
    Ok(())
}
