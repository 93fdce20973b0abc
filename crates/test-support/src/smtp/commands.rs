//! The commands of RFC 5321 a client needs, and STARTTLS (RFC 3207).

use std::io;
use std::ops::ControlFlow;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite};

use super::inbox::Fault;
use super::session::{End, Session};
use super::{Message, Security};

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Answers commands until the conversation ends.
    pub(super) async fn talk(&mut self) -> io::Result<End> {
        loop {
            let line = self.line().await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => self.reply(&self.capabilities()).await?,
                "HELO" | "NOOP" => self.reply("250 OK").await?,
                "RSET" => self.reset_transaction().await?,
                "STARTTLS" if self.offers_starttls() => {
                    self.reply("220 go ahead").await?;
                    return Ok(End::StartTls);
                }
                "AUTH" if !self.offers_starttls() => self.authenticate(rest).await?,
                "MAIL" => self.mail(rest).await?,
                "RCPT" => self.recipient(rest).await?,
                "DATA" if self.to.is_empty() => self.reply("503 5.5.1 no recipient").await?,
                "DATA" if self.data().await?.is_break() => return Ok(End::Reset),
                "DATA" => {}
                "QUIT" => {
                    self.reply("221 bye").await?;
                    return Ok(End::Quit);
                }
                _ => self.reply("502 5.5.1 not here, not now").await?,
            }
        }
    }

    /// STARTTLS is still to come.
    fn offers_starttls(&self) -> bool {
        self.shared.settings.security == Security::StartTls && !self.protected
    }

    fn capabilities(&self) -> String {
        let next = if self.offers_starttls() { "STARTTLS" } else { "AUTH PLAIN LOGIN" };
        format!("250-sink.test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 {next}")
    }

    async fn reset_transaction(&mut self) -> io::Result<()> {
        (self.from, self.to) = (None, Vec::new());
        self.reply("250 OK").await
    }

    async fn mail(&mut self, rest: &str) -> io::Result<()> {
        if self.offers_starttls() {
            return self.reply("530 5.7.0 STARTTLS first").await;
        }
        if self.shared.settings.login.is_some() && self.user.is_none() {
            return self.reply("530 5.7.0 authentication required").await;
        }
        (self.from, self.to) = (Some(path(rest)), Vec::new());
        self.reply("250 OK").await
    }

    async fn recipient(&mut self, rest: &str) -> io::Result<()> {
        let address = path(rest);
        if self.from.is_none() {
            return self.reply("503 5.5.1 MAIL first").await;
        }
        let refused = self.shared.inbox.borrow().refused.contains(&address);
        let fault = *self.shared.fault.borrow();
        let answer = match fault {
            Fault::Reject5xx => "550 5.7.1 refused",
            _ if refused => "550 5.1.1 no such mailbox",
            Fault::Reject4xx => "451 4.3.0 try again later",
            _ => {
                self.to.push(address);
                return self.reply("250 OK").await;
            }
        };
        self.shared.count(|counts| counts.rejected += 1);
        self.reply(answer).await
    }

    /// Takes one message; breaks off when the fault wants the connection reset instead of an answer.
    async fn data(&mut self) -> io::Result<ControlFlow<()>> {
        self.reply("354 end with a dot").await?;
        let raw = self.dotted_lines().await?;
        let (user, protected) = (self.user.clone(), self.protected);
        let from = self.from.take().unwrap_or_default();
        let message = Message { from, to: std::mem::take(&mut self.to), raw, user, protected };
        if *self.shared.fault.borrow() == Fault::RejectData {
            self.shared.count(|counts| counts.rejected += 1);
            self.reply("554 5.3.0 no room").await?;
            return Ok(ControlFlow::Continue(()));
        }
        if *self.shared.fault.borrow() == Fault::ResetAfterData {
            self.shared.inbox.send_modify(|inbox| {
                inbox.unconfirmed.push(message);
                inbox.counts.reset += 1;
            });
            return Ok(ControlFlow::Break(()));
        }
        self.reply("250 2.0.0 taken").await?;
        self.shared.inbox.send_modify(|inbox| {
            inbox.messages.push(message);
            inbox.counts.accepted += 1;
        });
        Ok(ControlFlow::Continue(()))
    }

    /// RFC 5321 §4.5.2: a dot alone ends the data, a leading dot is doubled.
    async fn dotted_lines(&mut self) -> io::Result<Vec<u8>> {
        let mut raw = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match line.as_slice() {
                b".\r\n" | b".\n" => return Ok(raw),
                [b'.', rest @ ..] => raw.extend_from_slice(rest),
                whole => raw.extend_from_slice(whole),
            }
        }
    }
}

/// The address of `FROM:<a@b> SIZE=…`.
fn path(argument: &str) -> String {
    let address = argument.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    address.map_or_else(String::new, |(address, _)| address.to_owned())
}
