//! Browser sessions: who is signed in, until when, and how sessions end.

use crate::{Caller, Portal, ServiceError, ServiceResult, Target, Via, keys::hex};
use domain::{Code, Refusal, Timestamp, actions::Action};
use std::time::Duration;

/// A session's use is written down at most this often: a page costs no write of its own.
const NOTED: Duration = Duration::from_secs(60);

/// How long a sign-in lasts, by the portal's clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionLimits {
    /// Without a request.
    pub idle: Duration,
    /// In any case.
    pub absolute: Duration,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { idle: Duration::from_secs(30 * 60), absolute: Duration::from_secs(12 * 3_600) }
    }
}

impl SessionLimits {
    /// Until when a session is good that began and was last used at these times.
    pub fn until(&self, began: Timestamp, used: Timestamp) -> Timestamp {
        (used + self.idle).min(began + self.absolute)
    }
}

/// Who is signed in with the session whose id has this SHA-256, if it is still good.
pub async fn identify(
    portal: &Portal,
    id_hash: [u8; 32],
    address: Option<String>,
    request_id: String,
) -> ServiceResult<Option<Caller>> {
    let now = portal.clock().now();
    let found = store::sessions::signed_in(portal.db().read(), &id_hash, now).await?;
    let Some(found) = found else { return Ok(None) };
    if now.since(found.seen_at) >= NOTED {
        let until = portal.settings().sessions.until(found.created_at, now);
        let noted = store::sessions::touch(portal.db().write(), &id_hash, now, until).await;
        match noted.map_err(ServiceError::from) {
            // A full disk does not keep from reading; the session only ends as if this had not been.
            Err(error) if error.is_outage() => {
                tracing::warn!(error = format!("{error:#}"), "the use of a session is not noted");
            }
            other => other?,
        }
    }
    Ok(Some(Caller::new(&found.user, found.roles, Via::Session(id_hash), address, request_id)))
}

/// A session as the account page lists it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedSession {
    /// Names it in forms; opens nothing.
    pub id: String,
    /// Whether it is the one that asks.
    pub current: bool,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
    /// Where it was signed in from.
    pub address: Option<String>,
}

/// The caller's own sessions, the latest first.
pub async fn list(portal: &Portal, caller: &Caller) -> ServiceResult<Vec<ListedSession>> {
    let rows = store::sessions::of_user(portal.db().read(), caller.user(), portal.clock().now()).await?;
    Ok(rows.into_iter().map(|row| listed(row, caller)).collect())
}

fn listed(row: store::sessions::Session, caller: &Caller) -> ListedSession {
    let data: serde_json::Value = serde_json::from_str(&row.data).unwrap_or_default();
    ListedSession {
        id: hex(&row.id_hash),
        current: matches!(caller.via(), Via::Session(hash) if hash.as_slice() == row.id_hash),
        created_at: Timestamp(row.created_at),
        seen_at: Timestamp(row.seen_at),
        expires_at: Timestamp(row.expires_at),
        address: data.get(ADDRESS).and_then(|value| value.as_str()).map(str::to_owned),
    }
}

/// The key of a session's data under which the address of the sign-in is kept.
pub const ADDRESS: &str = "address";

/// Ends the caller's own session.
pub async fn sign_out(portal: &Portal, caller: &Caller) -> ServiceResult<()> {
    portal
        .act(caller, Action::SignOut, Target::Tenant, |act| {
            Box::pin(async move {
                if let Via::Session(hash) = act.caller.via() {
                    store::sessions::delete(&act.tx, hash).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Ends one of the caller's sessions, named by [`ListedSession::id`].
pub async fn end(portal: &Portal, caller: &Caller, id: String) -> ServiceResult<()> {
    portal
        .act(caller, Action::SignOut, Target::Tenant, move |act| {
            Box::pin(async move {
                let own = store::sessions::of_user(&act.tx, act.caller.user(), act.now).await?;
                let found = own.into_iter().find(|row| hex(&row.id_hash) == id);
                let row = found.ok_or_else(|| Refusal::not_found("session"))?;
                act.record("session_from", Timestamp(row.created_at).rfc3339());
                Ok(store::sessions::delete(&act.tx, &row.id_hash).await?)
            })
        })
        .await
}

/// Signs the caller out everywhere; `keep_current` leaves the session that asks. Returns how many
/// sessions ended.
pub async fn end_all(portal: &Portal, caller: &Caller, keep_current: bool) -> ServiceResult<u64> {
    portal
        .act(caller, Action::SignOut, Target::Tenant, move |act| {
            Box::pin(async move {
                let user = act.caller.user();
                let ended = match act.caller.via() {
                    Via::Session(hash) if keep_current => {
                        store::sessions::delete_others(&act.tx, user, hash).await?
                    }
                    Via::Session(_) => store::sessions::delete_of_user(&act.tx, user).await?,
                    Via::Token(_) | Via::Operator | Via::Timer | Via::Job => {
                        let text = "Sessions are ended from a session, not with an API token.";
                        return Err(Refusal::new(Code::Forbidden, text).into());
                    }
                };
                act.record("sessions", ended);
                Ok(ended)
            })
        })
        .await
}

/// Removes expired sessions and forgotten failures to sign in; returns how many sessions went.
pub async fn clean_up(portal: &Portal) -> ServiceResult<u64> {
    let now = portal.clock().now();
    store::sign_ins::delete_before(portal.db().write(), now - crate::sign_in::WINDOW).await?;
    Ok(store::sessions::delete_expired(portal.db().write(), now).await?)
}
