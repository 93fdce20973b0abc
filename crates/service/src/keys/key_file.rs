//! A key file: read, as often as its password may be guessed, or refused with the reason.

use crate::{Caller, Portal, ServiceError, ServiceResult, throttle};
use domain::{Code, Refusal};
use tokio::sync::Semaphore;
use vault::{Kek, Password, pfx, pfx::PfxRefusal};

/// The largest key file that is read, in bytes.
pub const MAX_FILE: usize = 256 * 1024;

/// Deriving a file's keys and checking or making its RSA numbers takes a core for a second: this many
/// are worked on at once in a process.
pub(super) static READING: Semaphore = Semaphore::const_new(2);

/// Opens the file, as often as its password may be guessed (`KEY_FILE_BAD_PASSWORD`: rate limited).
pub(super) async fn read_file(
    portal: &Portal,
    caller: &Caller,
    file: Vec<u8>,
    password: Password,
) -> ServiceResult<Kek> {
    let guesses = throttle::Subjects::key_files_of(caller.user());
    guesses.check(portal).await?;
    let permit = READING.acquire().await.map_err(|error| anyhow::anyhow!(error))?;
    // Again: whoever queued with a hundred guesses may be blocked by now.
    guesses.check(portal).await?;
    let read = tokio::task::spawn_blocking(move || parse_file(&file, &password)).await;
    let read = read.map_err(|error| anyhow::anyhow!(error))?;
    match read.as_ref().err().and_then(ServiceError::refusal) {
        Some(refusal) if refusal.code == Code::KeyFileBadPassword => {
            guesses.count(portal).await?;
        }
        Some(_) => {}
        None => guesses.forget(portal).await?,
    }
    drop(permit);
    read
}

/// Reads the file and says exactly what is wrong with it.
fn parse_file(file: &[u8], password: &Password) -> ServiceResult<Kek> {
    if file.len() > MAX_FILE {
        return Err(file_refusal(Code::TooLarge, "Key files are at most 256 KiB.").into());
    }
    if file.is_empty() {
        return Err(file_refusal(Code::KeyFileFormat, "Select a key file (.pfx).").into());
    }
    pfx::read(file, password).map(|imported| imported.kek).map_err(|refusal| explain(refusal).into())
}

pub(super) fn file_refusal(code: Code, text: impl Into<String>) -> Refusal {
    Refusal::field(code, "file", text)
}

/// The refusal's own words, at the field they are about.
fn explain(refusal: PfxRefusal) -> Refusal {
    let (code, field) = match &refusal {
        PfxRefusal::NotPkcs12 | PfxRefusal::Scheme { .. } | PfxRefusal::WorkFactor => {
            (Code::KeyFileFormat, "file")
        }
        PfxRefusal::NoPassword => (Code::KeyFileNoPassword, "file"),
        PfxRefusal::BadPassword => (Code::KeyFileBadPassword, "password"),
        PfxRefusal::NoPrivateKey => (Code::KeyFileNoPrivate, "file"),
        PfxRefusal::SeveralPrivateKeys => (Code::KeyFileSeveral, "file"),
        PfxRefusal::Algorithm { .. } => (Code::KeyAlgorithm, "file"),
        PfxRefusal::WeakKey { .. } => (Code::KeyWeak, "file"),
        PfxRefusal::TooLarge => (Code::TooLarge, "file"),
    };
    Refusal::field(code, field, refusal.to_string())
}
