//! The two encodings of a password in PKCS#12.

use zeroize::Zeroizing;

use crate::Password;

/// A password as bytes: UTF-8 for PBES2, UTF-16BE with a terminating zero for everything older (RFC 7292, B.1).
/// Characters beyond the Basic Multilingual Plane become surrogate pairs, as OpenSSL and Windows write them.
pub(super) struct Passphrase<'a> {
    utf8: &'a str,
    utf16: Zeroizing<Vec<u8>>,
}

impl<'a> Passphrase<'a> {
    pub(super) fn new(password: &'a Password) -> Self {
        let utf8 = password.expose();
        // Room for all of it: growing would leave copies behind.
        let mut utf16 = Zeroizing::new(Vec::with_capacity(2 * utf8.len() + 2));
        utf16.extend(utf8.encode_utf16().flat_map(u16::to_be_bytes));
        utf16.extend([0, 0]);
        Self { utf8, utf16 }
    }

    pub(super) fn utf8(&self) -> &[u8] {
        self.utf8.as_bytes()
    }

    pub(super) fn utf16(&self) -> &[u8] {
        &self.utf16
    }
}
