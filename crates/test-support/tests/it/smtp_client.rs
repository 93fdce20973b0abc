//! A client that speaks SMTP line by line, over TCP or through `openssl s_client`.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::NamedTempFile;
use test_support::smtp::Sink;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

pub(crate) const LIMIT: Duration = Duration::from_secs(60);

pub(crate) struct Client {
    from: BufReader<Box<dyn AsyncRead + Unpin + Send>>,
    to: Box<dyn AsyncWrite + Unpin + Send>,
    /// The program, and the file it reads the authority from.
    _openssl: Option<(Child, NamedTempFile)>,
}

impl Client {
    /// Connects without TLS and reads the greeting.
    pub(crate) async fn plain(sink: &Sink) -> Result<Self> {
        let (from, to) = TcpStream::connect(sink.address()).await?.into_split();
        let mut client = Self { from: BufReader::new(Box::new(from)), to: Box::new(to), _openssl: None };
        client.expect("220").await?;
        Ok(client)
    }

    /// Connects to a sink with implicit TLS and reads the greeting.
    pub(crate) async fn tls(sink: &Sink, authority: &str) -> Result<Self> {
        let mut client = Self::openssl(sink, authority, &[])?;
        client.expect("220").await?;
        Ok(client)
    }

    /// Connects and upgrades; `s_client` keeps the greeting to itself.
    pub(crate) fn starttls(sink: &Sink) -> Result<Self> {
        Self::openssl(sink, sink.ca_pem(), &["-starttls", "smtp"])
    }

    /// Through `openssl s_client`, which checks the certificate against `authority`.
    fn openssl(sink: &Sink, authority: &str, arguments: &[&str]) -> Result<Self> {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(authority.as_bytes())?;
        let mut openssl = Command::new("openssl")
            .args(["s_client", "-quiet", "-verify_return_error", "-verify_hostname", "localhost"])
            .args(["-connect", &sink.address().to_string()])
            .arg("-CAfile")
            .arg(file.path())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let from = openssl.stdout.take().context("no output")?;
        let to = openssl.stdin.take().context("no input")?;
        let from = BufReader::new(Box::new(from) as _);
        Ok(Self { from, to: Box::new(to), _openssl: Some((openssl, file)) })
    }

    /// Sends a line and returns the last line of the answer.
    pub(crate) async fn say(&mut self, line: &str) -> Result<String> {
        self.to.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.to.flush().await?;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<String> {
        loop {
            let mut line = String::new();
            let read = self.from.read_line(&mut line);
            match tokio::time::timeout(LIMIT, read).await.context("no answer")?? {
                0 => bail!("the connection ended"),
                _ if line.as_bytes().get(3) == Some(&b'-') => {}
                _ => return Ok(line.trim_end().to_owned()),
            }
        }
    }

    async fn expect(&mut self, code: &str) -> Result<()> {
        let answer = self.answer().await?;
        anyhow::ensure!(answer.starts_with(code), "{code} expected, got {answer}");
        Ok(())
    }

    /// Sends lines, all of which must be answered with the code before the colon.
    pub(crate) async fn dialogue(&mut self, lines: &[(&str, &str)]) -> Result<()> {
        for (code, line) in lines {
            let answer = self.say(line).await.with_context(|| format!("after {line}"))?;
            anyhow::ensure!(answer.starts_with(code), "{line}: {code} expected, got {answer}");
        }
        Ok(())
    }

    /// A whole transaction; returns the answer to the final dot.
    pub(crate) async fn send(&mut self, to: &str, content: &str) -> Result<String> {
        self.dialogue(&[("250", "MAIL FROM:<keystead@example.test>")]).await?;
        self.dialogue(&[("250", &format!("RCPT TO:<{to}>")), ("354", "DATA")]).await?;
        self.say(&format!("{content}\r\n.")).await
    }
}
