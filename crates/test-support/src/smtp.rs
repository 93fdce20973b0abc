//! A mail server on loopback that keeps what it gets and misbehaves when told to.

mod auth;
mod commands;
mod inbox;
mod listener;
mod message;
mod session;
mod tls;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::ports;
use inbox::Inbox;
pub use inbox::{Counts, Fault};
pub use message::Message;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Never: STARTTLS is not offered.
    Plain,
    /// By STARTTLS, without which nothing may be sent.
    StartTls,
    /// From the first byte ("SMTPS").
    Implicit,
}

/// What does not change while a sink runs.
struct Settings {
    security: Security,
    /// Without it any login is accepted and none is needed.
    login: Option<(String, String)>,
    tls: tokio_rustls::TlsAcceptor,
}

/// A running sink. It ends when dropped, and its connections with it.
pub struct Sink {
    address: SocketAddr,
    ca_pem: String,
    fault: watch::Sender<Fault>,
    inbox: watch::Sender<Inbox>,
    listening: watch::Receiver<bool>,
    listener: JoinHandle<Result<()>>,
}

impl Sink {
    /// A sink on 127.0.0.1 that needs no login (and accepts any).
    pub async fn start(security: Security) -> Result<Self> {
        Self::launch(security, None).await
    }

    /// A sink that takes mail only after this login (AUTH PLAIN or AUTH LOGIN).
    pub async fn start_with_login(security: Security, user: &str, password: &str) -> Result<Self> {
        Self::launch(security, Some((user.into(), password.into()))).await
    }

    async fn launch(security: Security, login: Option<(String, String)>) -> Result<Self> {
        let address = ports::free_address()?;
        let (tls, ca_pem) = tls::acceptor()?;
        let (fault, inbox) = (watch::Sender::new(Fault::Accept), watch::Sender::new(Inbox::default()));
        let (announce, listening) = watch::channel(false);
        let session =
            session::Shared::new(Settings { security, login, tls }, fault.subscribe(), inbox.clone());
        let listener = tokio::spawn(listener::run(address, session, announce));
        let mut sink = Self { address, ca_pem, fault, inbox, listening, listener };
        sink.until_listening(true).await?;
        Ok(sink)
    }

    /// Where it listens. Certificates name both `127.0.0.1` and `localhost`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate authority a client must trust, in PEM. A new one for every sink.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Changes the behaviour; in effect when this returns, for open connections too.
    pub async fn set_fault(&mut self, fault: Fault) -> Result<()> {
        self.fault.send_replace(fault);
        self.until_listening(fault != Fault::Refuse).await
    }

    /// Answers 550 to this recipient from now on, whatever the fault.
    pub fn refuse_recipient(&self, address: &str) {
        self.inbox.send_modify(|inbox| inbox.refused.push(address.to_owned()));
    }

    /// The messages whose receipt we confirmed, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.inbox.borrow().messages.clone()
    }

    /// The messages that came in whole, but whose sender was cut off before we confirmed.
    pub fn unconfirmed(&self) -> Vec<Message> {
        self.inbox.borrow().unconfirmed.clone()
    }

    /// What happened so far.
    pub fn counts(&self) -> Counts {
        self.inbox.borrow().counts
    }

    /// Waits until at least `count` messages are confirmed and returns all of them.
    pub async fn wait_for(&self, count: usize, timeout: Duration) -> Result<Vec<Message>> {
        let here = |inbox: &Inbox| inbox.messages.len() >= count;
        self.wait_until(here, timeout).await.with_context(|| format!("waited for {count} messages"))?;
        Ok(self.messages())
    }

    /// Waits until the counts satisfy `reached`: the way to see that a fault was met.
    pub async fn wait_for_counts(
        &self,
        reached: impl Fn(Counts) -> bool,
        timeout: Duration,
    ) -> Result<Counts> {
        self.wait_until(|inbox| reached(inbox.counts), timeout).await?;
        Ok(self.counts())
    }

    async fn wait_until(&self, reached: impl Fn(&Inbox) -> bool, timeout: Duration) -> Result<()> {
        let mut inbox = self.inbox.subscribe();
        match tokio::time::timeout(timeout, inbox.wait_for(|inbox| reached(inbox))).await {
            Ok(answer) => Ok(answer.map(drop)?),
            Err(_) => bail!("nothing more came in {timeout:?}; so far {:?}", self.counts()),
        }
    }

    async fn until_listening(&mut self, wanted: bool) -> Result<()> {
        if self.listening.wait_for(|listening| *listening == wanted).await.is_ok() {
            return Ok(());
        }
        (&mut self.listener).await?.with_context(|| format!("the mail sink at {} ended", self.address))
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.listener.abort();
    }
}
