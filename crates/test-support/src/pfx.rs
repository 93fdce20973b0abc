//! Key files, made by the `openssl` program so that our own code is never checked against itself.
//!
//! Within one process the same name is the same key pair in every form, and the same arguments are
//! the same bytes; different names are different keys. Nothing touches the disk.

mod memo;
mod openssl;

use anyhow::Result;
use std::io::Write as _;

use memo::Memo;
use openssl::openssl;

/// A key pair to make.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Pair {
    Rsa { name: String, bits: u32, exponent: u32 },
    Ec { name: String },
}

/// What `openssl pkcs12 -export` is told beside the defaults of OpenSSL 3, which are [`modern`]'s.
type Options = &'static [&'static str];

static PAIRS: Memo<Pair, Vec<u8>> = Memo::new();
static FILES: Memo<(Pair, String, Options), Vec<u8>> = Memo::new();

/// RSA 2048, PBES2 with AES-256 and PBKDF2, MAC with SHA-256: what current programs write.
pub fn modern(name: &str, password: &str) -> Result<Vec<u8>> {
    file(rsa(name), password, &[])
}

/// What `openssl` finds in a file that we wrote: the key's public half and the certificate's, both as DER
/// SubjectPublicKeyInfo. The certificate's signature is checked on the way.
pub fn read_back(file: &[u8], password: &str) -> Result<(Vec<u8>, Vec<u8>)> {
    let password = Some(password);
    let key = openssl(&["pkcs12", "-nocerts", "-noenc", "-passin", "env:PASSWORD"], file, password)?;
    let key = openssl(&["pkey", "-pubout", "-outform", "DER"], &key, None)?;
    let certificate = openssl(&["pkcs12", "-nokeys", "-passin", "env:PASSWORD"], file, password)?;
    let mut trusted = tempfile::NamedTempFile::new()?;
    trusted.write_all(&certificate)?;
    let path = trusted.path().display().to_string();
    openssl(&["verify", "-check_ss_sig", "-CAfile", &path], &certificate, None)?;
    let public = openssl(&["x509", "-noout", "-pubkey"], &certificate, None)?;
    Ok((key, openssl(&["pkey", "-pubin", "-outform", "DER"], &public, None)?))
}

/// RC2-40 for the certificate, 3DES for the key, MAC with SHA-1: what Windows wrote for decades.
pub fn legacy(name: &str, password: &str) -> Result<Vec<u8>> {
    file(rsa(name), password, &["-legacy"])
}

/// 3DES for both, MAC with SHA-1.
pub fn triple_des(name: &str, password: &str) -> Result<Vec<u8>> {
    let options = &["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"];
    file(rsa(name), password, options)
}

/// An RSA key of another size.
pub fn rsa_bits(bits: u32, name: &str, password: &str) -> Result<Vec<u8>> {
    file(Pair::Rsa { name: name.into(), bits, exponent: 65_537 }, password, &[])
}

/// An RSA 2048 key with the public exponent 3.
pub fn rsa_exponent_3(name: &str, password: &str) -> Result<Vec<u8>> {
    file(Pair::Rsa { name: name.into(), bits: 2048, exponent: 3 }, password, &[])
}

/// An elliptic-curve key (P-256).
pub fn ec(name: &str, password: &str) -> Result<Vec<u8>> {
    file(Pair::Ec { name: name.into() }, password, &[])
}

/// The certificate without its private key.
pub fn cert_only(name: &str, password: &str) -> Result<Vec<u8>> {
    file(rsa(name), password, &["-nokeys"])
}

/// The private key without a certificate.
pub fn key_only(name: &str, password: &str) -> Result<Vec<u8>> {
    file(rsa(name), password, &["-nocerts"])
}

/// Encrypted, but without the MAC that protects the file as a whole.
pub fn no_mac(name: &str, password: &str) -> Result<Vec<u8>> {
    file(rsa(name), password, &["-nomac"])
}

/// A MAC over content that is not encrypted.
pub fn unencrypted(name: &str, password: &str) -> Result<Vec<u8>> {
    file(rsa(name), password, &["-keypbe", "NONE", "-certpbe", "NONE"])
}

/// The private key in the RSA files of `name` (but [`rsa_bits`] and [`rsa_exponent_3`]): RSAPrivateKey DER (PKCS#1).
pub fn private_key_der(name: &str) -> Result<Vec<u8>> {
    openssl(&["pkey", "-outform", "DER"], &pair(rsa(name))?, None)
}

/// Its public half: SubjectPublicKeyInfo DER.
pub fn public_key_der(name: &str) -> Result<Vec<u8>> {
    openssl(&["pkey", "-pubout", "-outform", "DER"], &pair(rsa(name))?, None)
}

/// What the private key opens that somebody wrapped for it with RSA-OAEP, SHA-256 twice.
pub fn rsa_oaep_decrypt(name: &str, wrapped: &[u8]) -> Result<Vec<u8>> {
    let mut key = tempfile::NamedTempFile::new()?;
    key.write_all(&pair(rsa(name))?)?;
    let path = key.path().display().to_string();
    let mut arguments = vec!["pkeyutl", "-decrypt", "-inkey", &path];
    for option in ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"] {
        arguments.extend(["-pkeyopt", option]);
    }
    openssl(&arguments, wrapped, None)
}

fn rsa(name: &str) -> Pair {
    Pair::Rsa { name: name.into(), bits: 2048, exponent: 65_537 }
}

/// The private key in PEM.
fn pair(pair: Pair) -> Result<Vec<u8>> {
    let make = |pair: &Pair| match pair {
        Pair::Rsa { bits, exponent, .. } => {
            let (bits, exponent) =
                (format!("rsa_keygen_bits:{bits}"), format!("rsa_keygen_pubexp:{exponent}"));
            openssl(
                &["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", &bits, "-pkeyopt", &exponent],
                b"",
                None,
            )
        }
        Pair::Ec { .. } => openssl(
            &["genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
            b"",
            None,
        ),
    };
    PAIRS.get(pair, make)
}

/// The PFX file.
fn file(key: Pair, password: &str, options: Options) -> Result<Vec<u8>> {
    let make = |(key, password, options): &(Pair, String, Options)| {
        let (Pair::Rsa { name, .. } | Pair::Ec { name }) = key;
        let mut pem = pair(key.clone())?;
        let subject =
            ["req", "-x509", "-new", "-key", "/dev/stdin", "-subj", "/CN=Keystead test", "-days", "365"];
        let certificate = openssl(&subject, &pem, None)?;
        pem.extend(certificate);
        let mut arguments = vec!["pkcs12", "-export", "-name", name, "-passout", "env:PASSWORD"];
        arguments.extend_from_slice(options);
        openssl(&arguments, &pem, Some(password))
    };
    FILES.get((key, password.into(), options), make)
}
