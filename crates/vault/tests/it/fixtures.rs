//! The key files of `tests/fixtures`; `make.sh` there shows how each was made.

use std::{fs, path::PathBuf};

use vault::{Fingerprint, ImportedKey, Password, PfxRefusal, pfx};

/// The password of every file but the two with a Unicode one.
pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const UNICODE_PASSWORD: &str = "pässwörd-日本-🔑";

pub(crate) fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

pub(crate) fn bytes(name: &str) -> Vec<u8> {
    fs::read(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The fingerprint OpenSSL computed: of `key.pem`, which most files hold, or of keytool's own key.
pub(crate) fn fingerprint(name: &str) -> Fingerprint {
    fs::read_to_string(path(name)).expect("the fingerprint is there").trim().parse().expect("64 digits")
}

pub(crate) fn read(name: &str) -> Result<ImportedKey, PfxRefusal> {
    read_with(name, PASSWORD)
}

pub(crate) fn read_with(name: &str, text: &str) -> Result<ImportedKey, PfxRefusal> {
    pfx::read(&bytes(name), &password(text))
}

/// The refusal of a file that must be refused. (`ImportedKey` has no `Debug`, so `unwrap_err` cannot be used.)
pub(crate) fn refusal(result: Result<ImportedKey, PfxRefusal>) -> PfxRefusal {
    result.err().expect("the file is refused")
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}
