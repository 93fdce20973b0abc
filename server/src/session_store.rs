//! Where tower-sessions keeps its sessions: in the portal's database, by the portal's clock.
//!
//! The cookie's id is kept only as its SHA-256, so that a copy of the database signs nobody in. The
//! expiry that tower-sessions proposes is the machine's clock's and is not looked at.

use async_trait::async_trait;
use domain::Timestamp;
use service::{Portal, keys::sha256};
use std::{collections::HashMap, fmt};
use store::sessions::Session as Row;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store::{Error, Result},
};
use uuid::Uuid;

/// The key of a session's data that names its user. The row repeats it in a column, so that all of a
/// person's sessions can be ended.
pub const USER: &str = "user";

/// What the database keeps instead of the id.
pub fn hash(id: &Id) -> [u8; 32] {
    sha256(&id.0.to_le_bytes())
}

/// The layer that reads and sets the cookie: `__Host-id` over https, for this host and path `/` only.
pub fn layer(portal: &Portal, secure: bool) -> tower_sessions::SessionManagerLayer<Sessions> {
    tower_sessions::SessionManagerLayer::new(Sessions::new(portal.clone()))
        .with_name(cookie_name(secure))
        .with_secure(secure)
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_path("/")
}

/// The cookie's name. Browsers accept `__Host-` only with `Secure`, hence only over https.
pub const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-id" } else { "id" }
}

/// The four methods over `store::sessions`.
#[derive(Clone)]
pub struct Sessions(Portal);

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

impl Sessions {
    /// The sessions of this portal's database.
    pub fn new(portal: Portal) -> Self {
        Self(portal)
    }

    fn row(&self, record: &Record) -> Result<Row> {
        let now = self.0.clock().now();
        let user = record.data.get(USER).and_then(|id| id.as_str()).map(Uuid::parse_str).transpose();
        Ok(Row {
            id_hash: hash(&record.id).to_vec(),
            user_id: user.map_err(|error| Error::Encode(error.to_string()))?,
            data: serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
            created_at: now.0,
            seen_at: now.0,
            expires_at: self.0.settings().sessions.until(now, now).0,
        })
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 random bits do not collide; if the generator were broken, nobody may get another's session.
        while !store::sessions::insert(self.0.db().write(), self.row(record)?).await.map_err(backend)? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let now = self.0.clock().now();
        let known =
            store::sessions::get(self.0.db().read(), &hash(&record.id), now).await.map_err(backend)?;
        let Some(known) = known else { return Ok(()) };
        let until = self.0.settings().sessions.until(Timestamp(known.created_at), now);
        let row = Row { created_at: known.created_at, expires_at: until.0, ..self.row(record)? };
        store::sessions::save(self.0.db().write(), row).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.0.clock().now();
        let row = store::sessions::get(self.0.db().read(), &hash(id), now).await.map_err(backend)?;
        row.map(|row| {
            let data: HashMap<_, _> =
                serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
            Ok(Record { id: *id, data, expiry_date: OffsetDateTime::UNIX_EPOCH })
        })
        .transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        store::sessions::delete(self.0.db().write(), &hash(id)).await.map_err(backend)
    }
}

fn backend(error: store::StoreError) -> Error {
    Error::Backend(error.to_string())
}
