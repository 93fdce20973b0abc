use anyhow::Result;
use test_support::smtp::{Security, Sink};

use crate::smtp_client::{Client, LIMIT};

const MAIL: &str = "Subject: =?utf-8?B?U2NobMO8c3NlbA==?=\r\n\
    Message-ID: <1@example.test>\r\n\
    X-Rule: PP-077\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: multipart/alternative; boundary=b\r\n\r\n\
    --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
    Schl=C3=BCssel\r\n..dot\r\n\
    --b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
    PGI+U2NobMO8c3NlbDwvYj4=\r\n\
    --b--";

#[tokio::test(flavor = "multi_thread")]
async fn starttls_delivers_and_decodes() -> Result<()> {
    let sink = Sink::start(Security::StartTls).await?;
    let mut client = Client::starttls(&sink)?;
    client.dialogue(&[("250", "EHLO test")]).await?;
    assert!(client.send("a@example.test", MAIL).await?.starts_with("250"));
    client.dialogue(&[("221", "quit")]).await?;

    let messages = sink.wait_for(1, LIMIT).await?;
    let [message] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!(
        (message.from.as_str(), message.to.as_slice()),
        ("keystead@example.test", &["a@example.test".into()][..])
    );
    assert_eq!(message.subject().as_deref(), Some("Schlüssel"));
    assert_eq!(message.message_id().as_deref(), Some("1@example.test"));
    assert_eq!(message.header("X-Rule").as_deref(), Some("PP-077"));
    // The doubled dot is single again.
    assert_eq!(message.text().as_deref().map(str::trim_end), Some("Schlüssel\r\n.dot"));
    assert_eq!(message.html().as_deref(), Some("<b>Schlüssel</b>"));
    assert!(message.protected && message.user.is_none());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_comes_before_everything() -> Result<()> {
    let sink = Sink::start(Security::StartTls).await?;
    let mut client = Client::plain(&sink).await?;
    client.dialogue(&[("250", "EHLO test"), ("502", "AUTH PLAIN AGEAYg=="), ("530", "MAIL FROM:<a@b>")]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_sink_offers_no_tls() -> Result<()> {
    let sink = Sink::start(Security::Plain).await?;
    let mut client = Client::plain(&sink).await?;
    assert_eq!(client.say("EHLO test").await?, "250 AUTH PLAIN LOGIN");
    client.dialogue(&[("502", "STARTTLS")]).await?;
    assert!(client.send("a@example.test", "Subject: x\r\n\r\ny").await?.starts_with("250"));
    let message = &sink.wait_for(1, LIMIT).await?[0];
    assert_eq!(message.raw, b"Subject: x\r\n\r\ny\r\n");
    assert_eq!((message.text().as_deref(), message.html()), (Some("y\r\n"), None));
    assert!(!message.protected);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn implicit_tls_needs_the_right_authority() -> Result<()> {
    let (sink, other) = (Sink::start(Security::Implicit).await?, Sink::start(Security::Implicit).await?);
    let mut client = Client::tls(&sink, sink.ca_pem()).await?;
    client.dialogue(&[("250", "EHLO test")]).await?;
    assert!(client.send("a@example.test", "Subject: x\r\n\r\ny").await?.starts_with("250"));

    let stranger = Client::tls(&sink, other.ca_pem()).await;
    assert!(stranger.is_err(), "a certificate of another authority was trusted");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_checked_both_ways() -> Result<()> {
    let sink = Sink::start_with_login(Security::Plain, "user", "secret").await?;
    let mut client = Client::plain(&sink).await?;
    client.dialogue(&[("530", "MAIL FROM:<a@b>"), ("535", "AUTH PLAIN AHVzZXIAd3Jvbmc=")]).await?;
    client.dialogue(&[("504", "AUTH CRAM-MD5"), ("535", "AUTH PLAIN !")]).await?;
    client.dialogue(&[("334", "AUTH LOGIN"), ("334", "dXNlcg=="), ("235", "c2VjcmV0")]).await?;
    client.dialogue(&[("334", "AUTH PLAIN"), ("235", "AHVzZXIAc2VjcmV0")]).await?;
    assert!(client.send("a@example.test", "Subject: x\r\n\r\ny").await?.starts_with("250"));

    assert_eq!(sink.wait_for(1, LIMIT).await?[0].user.as_deref(), Some("user"));
    assert_eq!((sink.counts().logins, sink.counts().failed_logins), (2, 2));
    Ok(())
}
