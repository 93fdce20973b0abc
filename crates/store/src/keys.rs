//! Protection keys: administrators' own key-encryption keys.

use crate::{StoreError, StoreResult, db::TRANSITION};
use domain::{
    KeyId, RingId, Timestamp, UserId,
    keys::{KeyState, Source},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

entity!("protection_keys" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    ring_id: Uuid,
    name: String,
    source: String,
    bits: i64,
    fingerprint: Vec<u8>,
    public_key: Vec<u8>,
    material: Option<Vec<u8>>,
    state: String,
    state_since: Option<i64>,
    created_at: i64,
    created_by: Uuid,
    activated_at: Option<i64>,
    proved_at: Option<i64>,
    error: Option<String>,
});

use entity::{Column, Entity, Model};

/// A protection key as the use cases see it.
#[derive(Clone)]
pub struct Key {
    pub id: KeyId,
    pub ring_id: RingId,
    pub name: String,
    pub source: Source,
    /// Of the RSA modulus.
    pub bits: u32,
    /// SHA-256 of the SubjectPublicKeyInfo.
    pub fingerprint: [u8; 32],
    /// SubjectPublicKeyInfo, DER.
    pub public_key: Vec<u8>,
    /// PKCS#8 sealed by the root key; none when Locked or Deleted.
    pub material: Option<Vec<u8>>,
    pub state: KeyState,
    pub created_at: Timestamp,
    pub created_by: UserId,
    /// When it last became Active.
    pub activated_at: Option<Timestamp>,
    /// When somebody first showed to hold its file: for an uploaded key, when it was uploaded.
    pub proved_at: Option<Timestamp>,
    /// Why the last activation failed (K5).
    pub error: Option<String>,
}

impl TryFrom<Model> for Key {
    type Error = StoreError;

    fn try_from(row: Model) -> StoreResult<Self> {
        let wrong = || StoreError::inconsistent("protection_keys", row.id);
        Ok(Self {
            id: KeyId(row.id),
            ring_id: RingId(row.ring_id),
            source: Source::parse(&row.source).ok_or_else(wrong)?,
            bits: u32::try_from(row.bits).map_err(|_| wrong())?,
            fingerprint: row.fingerprint.as_slice().try_into().map_err(|_| wrong())?,
            state: KeyState::parse(&row.state, row.state_since.map(Timestamp)).ok_or_else(wrong)?,
            created_at: Timestamp(row.created_at),
            created_by: UserId(row.created_by),
            activated_at: row.activated_at.map(Timestamp),
            proved_at: row.proved_at.map(Timestamp),
            name: row.name,
            public_key: row.public_key,
            material: row.material,
            error: row.error,
        })
    }
}

/// A new key.
pub async fn insert(tx: &impl ConnectionTrait, key: Key) -> StoreResult<()> {
    let row = Model {
        id: key.id.0,
        ring_id: key.ring_id.0,
        name: key.name,
        source: key.source.as_str().to_owned(),
        bits: i64::from(key.bits),
        fingerprint: key.fingerprint.to_vec(),
        public_key: key.public_key,
        material: key.material,
        state: key.state.as_str().to_owned(),
        state_since: key.state.since().map(|t| t.0),
        created_at: key.created_at.0,
        created_by: key.created_by.0,
        activated_at: key.activated_at.map(|t| t.0),
        proved_at: key.proved_at.map(|t| t.0),
        error: key.error,
    };
    Entity::insert(entity::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// One key.
pub async fn get(db: &impl ConnectionTrait, id: KeyId) -> StoreResult<Option<Key>> {
    Entity::find_by_id(id.0).one(db).await?.map(Key::try_from).transpose()
}

/// One key, its row locked until the transaction ends.
pub async fn lock(tx: &impl ConnectionTrait, id: KeyId) -> StoreResult<Option<Key>> {
    Entity::find_by_id(id.0).lock(TRANSITION).one(tx).await?.map(Key::try_from).transpose()
}

/// The keys of a ring, tombstones aside, by name.
pub async fn list(db: &impl ConnectionTrait, ring: RingId) -> StoreResult<Vec<Key>> {
    let query = Entity::find().filter(Column::RingId.eq(ring.0)).filter(Column::State.ne("deleted"));
    query.order_by_asc(Column::Name).all(db).await?.into_iter().map(Key::try_from).collect()
}

/// The ring's Active key (PP-046).
pub async fn active(db: &impl ConnectionTrait, ring: RingId) -> StoreResult<Option<Key>> {
    let query = Entity::find().filter(Column::RingId.eq(ring.0)).filter(Column::State.eq("active"));
    query.one(db).await?.map(Key::try_from).transpose()
}

/// The ring's key that is Active or locked, on its way between the two included; there is at most one.
pub async fn locked_or_active(db: &impl ConnectionTrait, ring: RingId) -> StoreResult<Option<Key>> {
    let states = ["active", "locking", "locked", "unlocking"];
    let query = Entity::find().filter(Column::RingId.eq(ring.0)).filter(Column::State.is_in(states));
    query.one(db).await?.map(Key::try_from).transpose()
}

/// Whether the ring ever had a key of this name, tombstones included.
pub async fn name_taken(db: &impl ConnectionTrait, ring: RingId, name: &str) -> StoreResult<bool> {
    let query = Entity::find().filter(Column::RingId.eq(ring.0)).filter(Column::Name.eq(name));
    Ok(query.count(db).await? > 0)
}

/// The ring's key with this fingerprint, tombstones aside.
pub async fn by_fingerprint(
    db: &impl ConnectionTrait,
    ring: RingId,
    fingerprint: &[u8; 32],
) -> StoreResult<Option<Key>> {
    let query = Entity::find()
        .filter(Column::RingId.eq(ring.0))
        .filter(Column::Fingerprint.eq(fingerprint.to_vec()))
        .filter(Column::State.ne("deleted"));
    query.one(db).await?.map(Key::try_from).transpose()
}

/// somebody has shown to hold the key's file.
pub async fn set_proved(tx: &impl ConnectionTrait, id: KeyId, at: Timestamp) -> StoreResult<()> {
    let row = entity::ActiveModel { id: Set(id.0), proved_at: Set(Some(at.0)), ..Default::default() };
    Entity::update(row).exec(tx).await?;
    Ok(())
}

/// The ring's Available keys, locked: a lock takes them along (PP-107).
pub async fn available(tx: &impl ConnectionTrait, ring: RingId) -> StoreResult<Vec<Key>> {
    let query = Entity::find().filter(Column::RingId.eq(ring.0)).filter(Column::State.eq("available"));
    query.order_by_asc(Column::Id).lock(TRANSITION).all(tx).await?.into_iter().map(Key::try_from).collect()
}

/// A transition that destroys the key's material (K6, K10, K11).
pub async fn destroy(
    tx: &impl ConnectionTrait,
    id: KeyId,
    state: KeyState,
    error: Option<String>,
) -> StoreResult<()> {
    set_material(tx, id, state, None, error).await
}

/// K8: the file is back; its material is kept again.
pub async fn restore(
    tx: &impl ConnectionTrait,
    id: KeyId,
    state: KeyState,
    material: Vec<u8>,
) -> StoreResult<()> {
    set_material(tx, id, state, Some(material), None).await
}

async fn set_material(
    tx: &impl ConnectionTrait,
    id: KeyId,
    state: KeyState,
    material: Option<Vec<u8>>,
    error: Option<String>,
) -> StoreResult<()> {
    let row = entity::ActiveModel {
        id: Set(id.0),
        material: Set(material),
        state: Set(state.as_str().to_owned()),
        state_since: Set(state.since().map(|t| t.0)),
        error: Set(error),
        ..Default::default()
    };
    Entity::update(row).exec(tx).await?;
    Ok(())
}

/// A transition: the state, and why the last activation failed, if it did.
pub async fn set_state(
    tx: &impl ConnectionTrait,
    id: KeyId,
    state: KeyState,
    error: Option<String>,
) -> StoreResult<()> {
    let mut row = entity::ActiveModel {
        id: Set(id.0),
        state: Set(state.as_str().to_owned()),
        state_since: Set(state.since().map(|t| t.0)),
        error: Set(error),
        ..Default::default()
    };
    if let KeyState::Active { since } = state {
        row.activated_at = Set(Some(since.0));
    }
    Entity::update(row).exec(tx).await?;
    Ok(())
}
