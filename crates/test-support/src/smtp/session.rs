//! One connection: its stream, its protection, its end.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::inbox::{Counts, Fault, Inbox};
use super::{Security, Settings};

/// What all connections of a sink have in common.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) settings: Arc<Settings>,
    pub(super) fault: watch::Receiver<Fault>,
    pub(super) inbox: watch::Sender<Inbox>,
}

/// Why a conversation ended.
pub(super) enum End {
    Quit,
    StartTls,
    Reset,
}

/// One conversation, over a plain or a protected stream.
pub(super) struct Session<S> {
    pub(super) shared: Shared,
    pub(super) stream: BufStream<S>,
    pub(super) protected: bool,
    pub(super) user: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Vec<String>,
}

impl Shared {
    pub(super) fn new(
        settings: Settings,
        fault: watch::Receiver<Fault>,
        inbox: watch::Sender<Inbox>,
    ) -> Self {
        Self { settings: Arc::new(settings), fault, inbox }
    }

    pub(super) fn count(&self, add: impl FnOnce(&mut Counts)) {
        self.inbox.send_modify(|inbox| add(&mut inbox.counts));
    }

    /// Serves one connection to its end. A client that breaks off is its own business: tests see what
    /// matters in the counts and messages.
    pub(super) async fn serve(self, stream: TcpStream) {
        let _broken_off = self.converse(stream).await;
    }

    async fn converse(self, stream: TcpStream) -> io::Result<()> {
        if self.settings.security == Security::Implicit {
            return self.protected(stream, true).await;
        }
        let mut session = Session::new(self.clone(), stream, false);
        session.greet().await?;
        let end = session.talk().await?;
        let stream = session.stream.into_inner();
        match end {
            End::StartTls => self.protected(stream, false).await,
            End::Reset => stream.set_zero_linger(),
            End::Quit => Ok(()),
        }
    }

    async fn protected(self, stream: TcpStream, greet: bool) -> io::Result<()> {
        let stream = self.settings.tls.accept(stream).await?;
        let mut session = Session::new(self, stream, true);
        if greet {
            session.greet().await?;
        }
        let end = session.talk().await?;
        let stream = session.stream.get_mut();
        match end {
            End::Reset => stream.get_ref().0.set_zero_linger(),
            // Tells the client that the end is meant, not an attacker's cut.
            _ => stream.shutdown().await,
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    fn new(shared: Shared, stream: S, protected: bool) -> Self {
        let stream = BufStream::new(stream);
        Self { shared, stream, protected, user: None, from: None, to: Vec::new() }
    }

    async fn greet(&mut self) -> io::Result<()> {
        self.reply("220 sink.test ESMTP").await
    }

    /// Every answer goes through here, so [`Fault::Hang`] holds back all of them.
    pub(super) async fn reply(&mut self, lines: &str) -> io::Result<()> {
        if *self.shared.fault.borrow() == Fault::Hang {
            self.shared.count(|counts| counts.hung += 1);
            let waited = self.shared.fault.wait_for(|fault| *fault != Fault::Hang).await;
            waited.map_err(io::Error::other)?;
        }
        self.stream.write_all(lines.as_bytes()).await?;
        self.stream.write_all(b"\r\n").await?;
        self.stream.flush().await
    }

    /// One line without its end; an error when the client is gone.
    pub(super) async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}
