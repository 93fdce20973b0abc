//! Password-based decryption: PBES2, and the older PKCS#12 schemes that Windows and `openssl -legacy` write.

use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit, block_padding::Pkcs7};
use der::{AnyRef, ErrorKind};
use des::{TdesEde2, TdesEde3};
use pkcs5::pbes2::{Kdf, Parameters};
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use rc2::Rc2;
use sha1::Sha1;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::{
    PfxRefusal,
    asn1::{PbeParameters, damaged},
    budget::Budget,
    oid,
    passphrase::Passphrase,
};

type Plaintext = Zeroizing<Vec<u8>>;

/// Decrypts `ciphertext`. The MAC has matched before, so what does not decrypt was encrypted with another
/// password (OpenSSL's `-twopass`) or is made up.
pub(super) fn decrypt(
    algorithm: &AlgorithmIdentifierRef<'_>,
    ciphertext: &[u8],
    passphrase: &Passphrase<'_>,
    budget: &mut Budget,
) -> Result<Plaintext, PfxRefusal> {
    let parameters = algorithm.parameters.ok_or(PfxRefusal::NotPkcs12)?;
    let buffer = Zeroizing::new(ciphertext.to_vec());
    match algorithm.oid {
        oid::PBES2 => pbes2(parameters, buffer, passphrase, budget),
        oid::PBE_3DES_3KEY => pkcs12::<TdesEde3>(24, parameters, buffer, passphrase, budget),
        oid::PBE_3DES_2KEY => pkcs12::<TdesEde2>(16, parameters, buffer, passphrase, budget),
        oid::PBE_RC2_128 => pkcs12::<Rc2>(16, parameters, buffer, passphrase, budget),
        oid::PBE_RC2_40 => pkcs12::<Rc2>(5, parameters, buffer, passphrase, budget),
        other => Err(PfxRefusal::Scheme { found: format!("the encryption scheme {other}") }),
    }
}

fn pbes2(
    parameters: AnyRef<'_>,
    mut buffer: Plaintext,
    passphrase: &Passphrase<'_>,
    budget: &mut Budget,
) -> Result<Plaintext, PfxRefusal> {
    let parameters = Parameters::try_from(parameters).map_err(unknown_or_damaged)?;
    match &parameters.kdf {
        Kdf::Pbkdf2(kdf) => budget.charge(kdf.iteration_count.into())?,
        Kdf::Scrypt(kdf) => budget.charge_scrypt(kdf.cost_parameter, kdf.block_size, kdf.parallelization)?,
        _ => return Err(PfxRefusal::Scheme { found: "an unknown key derivation".into() }),
    }
    let length = parameters
        .decrypt_in_place(passphrase.utf8(), &mut buffer)
        .map_err(|error| match error {
            pkcs5::Error::UnsupportedAlgorithm { oid } => {
                PfxRefusal::Scheme { found: format!("the encryption scheme {oid}") }
            }
            pkcs5::Error::AlgorithmParametersInvalid { .. } => PfxRefusal::NotPkcs12,
            _ => PfxRefusal::BadPassword,
        })?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}

fn unknown_or_damaged(error: der::Error) -> PfxRefusal {
    match error.kind() {
        ErrorKind::OidUnknown { oid } => PfxRefusal::Scheme { found: format!("the encryption scheme {oid}") },
        _ => damaged(error),
    }
}

/// The schemes of RFC 7292, appendix C: SHA-1 derives the key and the 8-byte initialization vector.
fn pkcs12<C: KeyInit + BlockCipherDecrypt>(
    key_length: usize,
    parameters: AnyRef<'_>,
    mut buffer: Plaintext,
    passphrase: &Passphrase<'_>,
    budget: &mut Budget,
) -> Result<Plaintext, PfxRefusal> {
    let parameters: PbeParameters<'_> = parameters.decode_as().map_err(damaged)?;
    budget.charge(parameters.iterations)?;
    let rounds = i32::try_from(parameters.iterations).map_err(|_| PfxRefusal::WorkFactor)?;
    let derive = |id, length| {
        Zeroizing::new(derive_key::<Sha1>(passphrase.utf16(), parameters.salt.as_bytes(), id, rounds, length))
    };
    let key = derive(Pkcs12KeyType::EncryptionKey, key_length);
    let iv = derive(Pkcs12KeyType::Iv, 8);
    let length = cbc::Decryptor::<C>::new_from_slices(&key, &iv)
        .map_err(|_| PfxRefusal::NotPkcs12)?
        .decrypt_padded::<Pkcs7>(&mut buffer)
        .map_err(|_| PfxRefusal::BadPassword)?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}
