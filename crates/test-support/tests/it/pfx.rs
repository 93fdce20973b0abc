use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use test_support::pfx;

/// What `openssl pkcs12` says about a file: its structure and, decrypted, its PEM blocks.
fn describe(file: &[u8], password: &str) -> Result<String> {
    let mut child = Command::new("openssl")
        .args(["pkcs12", "-info", "-legacy", "-noenc", "-passin", "env:PASSWORD"])
        .env("PASSWORD", password)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    child.stdin.take().context("no input")?.write_all(file)?;
    let output = child.wait_with_output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(format!("{}{}", String::from_utf8(output.stderr)?, String::from_utf8(output.stdout)?))
}

#[test]
fn the_same_name_is_the_same_file_and_another_name_another_key() -> Result<()> {
    assert_eq!(pfx::modern("same", "pw")?, pfx::modern("same", "pw")?);
    assert_ne!(pfx::modern("same", "pw")?, pfx::modern("same", "other")?);
    assert_ne!(pfx::public_key_der("same")?, pfx::public_key_der("different")?);
    Ok(())
}

#[test]
fn each_form_is_what_it_says() -> Result<()> {
    let forms = [
        (pfx::modern("form", "pw")?, "MAC: sha256", "AES-256-CBC"),
        (pfx::legacy("form", "pw")?, "MAC: sha1", "pbeWithSHA1And40BitRC2-CBC"),
        (pfx::triple_des("form", "pw")?, "MAC: sha1", "pbeWithSHA1And3-KeyTripleDES-CBC"),
        (pfx::no_mac("form", "pw")?, "MAC: absent", "AES-256-CBC"),
        (pfx::unencrypted("form", "pw")?, "MAC: sha256", "Key bag"),
    ];
    for (file, mac, encryption) in forms {
        let text = describe(&file, "pw")?;
        assert!(text.contains(mac) || (mac == "MAC: absent" && !text.contains("MAC:")), "{mac} in {text}");
        assert!(text.contains(encryption), "{encryption} in {text}");
        assert!(text.contains("BEGIN PRIVATE KEY") && text.contains("BEGIN CERTIFICATE"), "{text}");
    }
    Ok(())
}

#[test]
fn parts_can_be_missing() -> Result<()> {
    let certificate = describe(&pfx::cert_only("parts", "pw")?, "pw")?;
    assert!(
        certificate.contains("BEGIN CERTIFICATE") && !certificate.contains("PRIVATE KEY"),
        "{certificate}"
    );
    let key = describe(&pfx::key_only("parts", "pw")?, "pw")?;
    assert!(key.contains("BEGIN PRIVATE KEY") && !key.contains("CERTIFICATE"), "{key}");
    Ok(())
}

#[test]
fn a_wrong_password_does_not_open() -> Result<()> {
    let error = describe(&pfx::modern("locked", "right")?, "wrong").expect_err("the password is wrong");
    assert!(error.to_string().contains("invalid password"), "{error}");
    Ok(())
}

#[test]
fn keys_have_the_size_and_kind_asked_for() -> Result<()> {
    // SubjectPublicKeyInfo of RSA 2048 with e = 65537 is always 294 bytes.
    assert_eq!(pfx::public_key_der("size")?.len(), 294);
    assert!(pfx::rsa_bits(3072, "size", "pw")?.len() > pfx::modern("size", "pw")?.len());
    assert!(pfx::rsa_bits(1024, "size", "pw")?.len() < pfx::modern("size", "pw")?.len());
    assert!(pfx::ec("size", "pw")?.len() < pfx::rsa_bits(1024, "size", "pw")?.len());
    assert_ne!(pfx::rsa_exponent_3("size", "pw")?, pfx::modern("size", "pw")?);
    assert_eq!(pfx::private_key_der("size")?, pfx::private_key_der("size")?);
    Ok(())
}
