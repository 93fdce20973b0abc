//! A key made here: its file is handed out once, and nobody uses it before it is shown that the file was
//! kept (PP-057, PP-061…PP-064, X-06).

use super::{READING, check_new, hex, lock_for_new, provable, read_file, store_new};
use crate::{Act, Caller, Portal, ServiceResult, Target, risk};
use domain::{
    Code, KeyId, Refusal, RingId, Timestamp,
    actions::Action,
    keys::{KeyState, Source},
    names::KeyName,
    password::is_long_enough,
};
use std::time::Duration;
use store::key_files::KeyFile;
use vault::{Kek, Password, pfx};

/// How long the file of a new key waits for its one download.
pub const FILE_WAITS: Duration = Duration::from_secs(3_600);

/// What the form of a key to be generated says; the password was typed twice the same (PP-061).
pub struct Generate {
    pub name: String,
    pub password: Password,
    /// For API tokens: the request itself acknowledges the risk.
    pub risk_acknowledged: bool,
}

/// A file that is to hold a certain key.
pub struct Proof {
    pub file: Vec<u8>,
    pub password: Password,
}

/// K1: makes an RSA-2048 key. It stays Available, and not to be activated before [`prove`].
///
/// # Errors
/// The refusals of [`super::upload`] that are not about a file, and `PASSWORD_WEAK`.
pub async fn generate(
    portal: &Portal,
    caller: &Caller,
    ring: RingId,
    form: Generate,
) -> ServiceResult<KeyId> {
    let Generate { name, password, risk_acknowledged } = form;
    let (name, password) = portal
        .check(caller, Action::KeyAdd, Target::Ring(ring), |act| {
            Box::pin(async move {
                let name = check_new(act, name, risk_acknowledged).await?;
                Ok((name, strong(password)?))
            })
        })
        .await?;
    let (kek, file) = make(name.clone(), password, portal.clock().now()).await?;
    portal
        .act(caller, Action::KeyAdd, Target::Ring(ring), move |act| {
            Box::pin(async move {
                risk::require(act, risk_acknowledged).await?;
                store_generated(act, &name, &kek, &file).await
            })
        })
        .await
}

fn strong(password: Password) -> Result<Password, Refusal> {
    if is_long_enough(password.expose()) {
        return Ok(password);
    }
    let text = "Use 12 to 256 characters. The file is only as safe as this password.";
    Err(Refusal::field(Code::PasswordWeak, "password", text))
}

/// The key and its file, which only the password opens.
async fn make(name: KeyName, password: Password, now: Timestamp) -> ServiceResult<(Kek, Vec<u8>)> {
    let _permit = READING.acquire().await.map_err(|error| anyhow::anyhow!(error))?;
    let made = tokio::task::spawn_blocking(move || {
        let kek = Kek::generate()?;
        let file = pfx::write(&kek, name.as_str(), &password, now.since_epoch());
        Ok((kek, file))
    });
    made.await.map_err(|error| anyhow::anyhow!(error))?
}

async fn store_generated(act: &mut Act, name: &KeyName, kek: &Kek, file: &[u8]) -> ServiceResult<KeyId> {
    let (ring, _) = lock_for_new(act, name).await?;
    let id = store_new(act, &ring, name, kek, (Source::Generated, KeyState::Available)).await?;
    let sealed = act.portal.keyring().seal_key_file(id, file);
    let file = KeyFile { sealed, waits_until: act.now + FILE_WAITS };
    store::key_files::insert(&act.tx, id, file).await?;
    Ok(id)
}

/// Hands out the file of a generated key, once, to who had it made (PP-062, PP-063): its name and its bytes.
/// It is gone from the portal, and on record, before the first byte is sent.
///
/// # Errors
/// `KEY_FILE_GONE` from the second time on and after [`FILE_WAITS`]; `FORBIDDEN` for others.
pub async fn download(portal: &Portal, caller: &Caller, id: KeyId) -> ServiceResult<(String, Vec<u8>)> {
    portal
        .act(caller, Action::KeyDownload, Target::Key(id), move |act| {
            Box::pin(async move {
                let key = act.key()?;
                act.record("key", key.name.as_str());
                if key.created_by != act.caller.user() {
                    let detail = "Only the administrator who had the key made downloads its file.";
                    return Err(Refusal::new(Code::Forbidden, detail).into());
                }
                let file = store::key_files::take(&act.tx, id).await?;
                let file = file.filter(|file| act.now < file.waits_until).ok_or_else(gone)?;
                let file = act.portal.keyring().open_key_file(id, &file.sealed)?;
                Ok((format!("{}.pfx", key.name), file))
            })
        })
        .await
}

/// Until when the caller may download the key's file; none when it is gone or somebody else's.
///
/// # Errors
/// As [`super::get`].
pub async fn file_waits(portal: &Portal, caller: &Caller, id: KeyId) -> ServiceResult<Option<Timestamp>> {
    let (listed, overview) = super::get(portal, caller, id).await?;
    if listed.key.created_by != caller.user() || !caller.may(Action::KeyDownload, None) {
        return Ok(None);
    }
    let until = store::key_files::waits_until(portal.db().read(), id).await?;
    Ok(until.filter(|until| overview.now < *until))
}

/// Removes the files that nobody downloaded in time.
pub(crate) async fn clean_up(portal: &Portal) -> ServiceResult<()> {
    store::key_files::delete_expired(portal.db().write(), portal.clock().now()).await?;
    Ok(())
}

fn gone() -> Refusal {
    let detail = "The file of this key is not here: it is handed out once, within an hour (PP-062).";
    Refusal::new(Code::KeyFileGone, detail)
        .remedy("Look among your downloads. If it is lost, leave this key unused and make another one.")
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
