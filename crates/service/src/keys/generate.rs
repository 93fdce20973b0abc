//! K1: a key made here, and its file (PP-057, PP-061). It leaves by [`super::download`] and comes back by
//! [`super::prove`].

use super::{
    FILE_WAITS,
    key_file::READING,
    new::{check_new, lock_for_new, store_new},
};
use crate::{Act, Caller, Portal, ServiceResult, Target, risk};
use domain::{
    Code, KeyId, Refusal, RingId, Timestamp,
    actions::Action,
    keys::{KeyState, Source},
    names::KeyName,
    password::is_long_enough,
};
use store::key_files::KeyFile;
use vault::{Kek, Password, pfx};

/// What the form of a key to be generated says; the password was typed twice the same (PP-061).
pub struct Generate {
    pub name: String,
    pub password: Password,
    /// For API tokens: the request itself acknowledges the risk.
    pub risk_acknowledged: bool,
}

/// K1: makes an RSA-2048 key. It stays Available, and not to be activated before [`super::prove`].
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
    let (root, ring, _) = lock_for_new(act, name).await?;
    let id = store_new(act, (&root, &ring), name, kek, (Source::Generated, KeyState::Available)).await?;
    let sealed = root.seal_key_file(id, file);
    let file = KeyFile { sealed, waits_until: act.now + FILE_WAITS };
    store::key_files::insert(&act.tx, id, file).await?;
    Ok(id)
}
