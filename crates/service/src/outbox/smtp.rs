//! SMTP through lettre: plain, STARTTLS or TLS from the first byte, with or without a login.

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message as Mail, Tokio1Executor,
    message::{Mailbox, MultiPart, header::HeaderName, header::HeaderValue},
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls as LettreTls, TlsParameters},
    },
};
use std::time::Duration;
use store::messages::Message;
use vault::Password;

/// The longest one command of the mail server may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(20);

/// How the connection is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tls {
    /// Not at all: only for a server on the same machine.
    None,
    /// STARTTLS, required.
    StartTls,
    /// TLS from the first byte.
    Implicit,
}

/// Where mails leave.
pub struct SmtpSettings {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    /// User name and password.
    pub login: Option<(String, Password)>,
    /// `Keystead <keys@example.org>`.
    pub from: String,
    /// A certificate authority to trust beside the system's, PEM.
    pub ca_pem: Option<Vec<u8>>,
}

/// A failed attempt. `refused`: the server will not have this recipient, whoever asks.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct SendError {
    text: String,
    pub refused: bool,
}

/// A pool of connections to the mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// Prepares connections; nothing is sent yet. The error says which setting is wrong.
    pub fn new(settings: SmtpSettings) -> anyhow::Result<Self> {
        let from = settings.from.parse().map_err(|_| {
            anyhow::anyhow!(
                "the sender {:?} is not an address such as 'Keystead <keys@example.org>'",
                settings.from
            )
        })?;
        let mut tls = TlsParameters::builder(settings.host.clone());
        if let Some(pem) = &settings.ca_pem {
            let certificate = Certificate::from_pem(pem)
                .map_err(|_| anyhow::anyhow!("the mail server's CA file is not a PEM certificate"))?;
            tls = tls.add_root_certificate(certificate);
        }
        let tls = match settings.tls {
            Tls::None => LettreTls::None,
            Tls::StartTls => LettreTls::Required(tls.build()?),
            Tls::Implicit => LettreTls::Wrapper(tls.build()?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(TIMEOUT));
        if let Some((user, password)) = settings.login {
            builder = builder.credentials(Credentials::new(user, password.expose().to_owned()));
        }
        Ok(Self { transport: builder.build(), from })
    }

    /// Sends one message; its id makes the Message-ID, the same at every attempt.
    pub(crate) async fn send(&self, message: &Message) -> Result<(), SendError> {
        let mail =
            self.build(message).map_err(|error| SendError { text: error.to_string(), refused: true })?;
        match tokio::time::timeout(TIMEOUT, self.transport.send(mail)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(SendError { refused: refuses_recipient(&error), text: describe(&error) }),
            Err(_) => {
                Err(SendError { text: "the mail server did not answer in time".to_owned(), refused: false })
            }
        }
    }

    fn build(&self, message: &Message) -> anyhow::Result<Mail> {
        let domain = self.from.email.domain();
        // Out-of-office replies to a machine help nobody.
        let auto =
            HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        let mail = Mail::builder()
            .message_id(Some(format!("<{}@{domain}>", message.id)))
            .from(self.from.clone())
            .to(message.address.parse()?)
            .subject(&message.subject)
            .raw_header(auto)
            .multipart(MultiPart::alternative_plain_html(message.text.clone(), message.html.clone()))?;
        Ok(mail)
    }
}

/// 550, 551 and 553 are about the mailbox (RFC 5321 §4.2.3); 535 is a wrong password, 552 a full
/// disk, 554 a server that refuses everybody: all of those an operator mends, and then it goes out.
fn refuses_recipient(error: &lettre::transport::smtp::Error) -> bool {
    let code = error.status().map(u16::from);
    matches!(code, Some(550 | 551 | 553))
}

/// The error with its cause, in one line.
fn describe(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
