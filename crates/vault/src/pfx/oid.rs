//! Object identifiers of PKCS#12 files and of the keys in them.

use der::asn1::ObjectIdentifier;

macro_rules! oids {
    ($($name:ident = $text:literal;)*) => {
        $(pub(super) const $name: ObjectIdentifier = ObjectIdentifier::new_unwrap($text);)*
    };
}

oids! {
    DATA = "1.2.840.113549.1.7.1";
    SIGNED_DATA = "1.2.840.113549.1.7.2";
    ENVELOPED_DATA = "1.2.840.113549.1.7.3";
    ENCRYPTED_DATA = "1.2.840.113549.1.7.6";

    KEY_BAG = "1.2.840.113549.1.12.10.1.1";
    SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
    CERT_BAG = "1.2.840.113549.1.12.10.1.3";
    X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
    FRIENDLY_NAME = "1.2.840.113549.1.9.20";
    LOCAL_KEY_ID = "1.2.840.113549.1.9.21";

    COMMON_NAME = "2.5.4.3";
    KEY_USAGE = "2.5.29.15";
    SHA256_WITH_RSA = "1.2.840.113549.1.1.11";

    PBES2 = "1.2.840.113549.1.5.13";
    PBMAC1 = "1.2.840.113549.1.5.14";
    PBE_3DES_3KEY = "1.2.840.113549.1.12.1.3";
    PBE_3DES_2KEY = "1.2.840.113549.1.12.1.4";
    PBE_RC2_128 = "1.2.840.113549.1.12.1.5";
    PBE_RC2_40 = "1.2.840.113549.1.12.1.6";

    SHA1 = "1.3.14.3.2.26";
    SHA224 = "2.16.840.1.101.3.4.2.4";
    SHA256 = "2.16.840.1.101.3.4.2.1";
    SHA384 = "2.16.840.1.101.3.4.2.2";
    SHA512 = "2.16.840.1.101.3.4.2.3";
}

/// A short name of a key's algorithm, for [`super::PfxRefusal::Algorithm`]; the identifier itself when unknown.
pub(super) fn algorithm_name(algorithm: &str, curve: Option<&str>) -> String {
    match (algorithm, curve) {
        ("1.2.840.10045.2.1", Some("1.2.840.10045.3.1.7")) => "EC P-256".into(),
        ("1.2.840.10045.2.1", Some("1.3.132.0.34")) => "EC P-384".into(),
        ("1.2.840.10045.2.1", Some("1.3.132.0.35")) => "EC P-521".into(),
        ("1.2.840.10045.2.1", Some("1.3.132.0.10")) => "EC P-256K".into(),
        ("1.2.840.10045.2.1", _) => "EC".into(),
        ("1.2.840.113549.1.1.10", _) => "RSA-PSS".into(),
        ("1.2.840.10040.4.1", _) => "DSA".into(),
        ("1.3.101.112", _) => "Ed25519".into(),
        ("1.3.101.110", _) => "X25519".into(),
        (other, _) => format!("with the object identifier {other}"),
    }
}
