//! The file of a generated key leaves once (PP-062, PP-063).

use crate::{Caller, Portal, ServiceResult, Target, act};
use domain::{Code, KeyId, Refusal, Timestamp, actions::Action};
use std::time::Duration;

/// How long the file of a new key waits for its one download.
pub const FILE_WAITS: Duration = Duration::from_secs(3_600);

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
                let root = act.portal.keyring().roots().hold(&act.tx).await?;
                let file = store::key_files::take(&act.tx, id).await?;
                let file = file.filter(|file| act.now < file.waits_until).ok_or_else(gone)?;
                let file = root.open_key_file(id, &file.sealed)?;
                Ok((format!("{}.pfx", key.name), file))
            })
        })
        .await
}

/// Until when the caller may download the key's file; none when it is gone or somebody else's.
///
/// # Errors
/// `NotFound` for another organisation's key.
pub async fn file_waits(portal: &Portal, caller: &Caller, id: KeyId) -> ServiceResult<Option<Timestamp>> {
    let scope = act::resolve(portal.db().read(), caller, Target::Key(id)).await?;
    let own = scope.key.is_some_and(|key| key.created_by == caller.user());
    if !own || !caller.may(Action::KeyDownload, None) {
        return Ok(None);
    }
    let until = store::key_files::waits_until(portal.db().read(), id).await?;
    Ok(until.filter(|until| portal.clock().now() < *until))
}

/// Removes the files that nobody downloaded in time, and links of mails whose time is over.
pub(crate) async fn clean_up(portal: &Portal) -> ServiceResult<()> {
    let now = portal.clock().now();
    store::key_files::delete_expired(portal.db().write(), now).await?;
    store::reports::delete_expired(portal.db().write(), now).await?;
    Ok(())
}

fn gone() -> Refusal {
    let detail = "The file of this key is not here: it is handed out once, within an hour (PP-062).";
    Refusal::new(Code::KeyFileGone, detail)
        .remedy("Look among your downloads. If it is lost, leave this key unused and make another one.")
}
