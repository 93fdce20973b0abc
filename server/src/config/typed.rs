//! The settings as the program uses them.

use super::{PublicUrl, Resolved};
use anyhow::{Context, Result, bail};
use service::{
    LocalTime,
    outbox::{SmtpSettings, Tls},
    root_key::RootKeyFile,
    sessions::SessionLimits,
};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};
use vault::Password;

/// How log lines look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    Text,
    Json,
}

/// Every setting, checked. No `Debug`: it holds passwords.
pub struct Config {
    pub data_dir: PathBuf,
    pub listen: SocketAddr,
    pub ops_listen: Option<SocketAddr>,
    /// Whether somebody asked for this ops listener: the default may give way.
    pub ops_asked: bool,
    pub public_url: PublicUrl,
    pub database_url: String,
    /// The portal's own unless the setting names one: that belongs to who handed it in.
    pub root_key_file: RootKeyFile,
    pub trusted_proxies: Vec<IpAddr>,
    pub smtp: Option<SmtpSettings>,
    pub log_level: String,
    pub log_format: LogFormat,
    pub sessions: SessionLimits,
    pub local_time: LocalTime,
    pub dev_clock: bool,
}

/// The resolved texts, by key.
struct Texts<'a>(&'a [Resolved]);

impl<'a> Texts<'a> {
    fn one(&self, key: &str) -> Result<&'a Resolved> {
        self.0.iter().find(|one| one.setting.key == key).with_context(|| format!("no setting {key}"))
    }

    fn text(&self, key: &str) -> Result<Option<&'a str>> {
        Ok(self.one(key)?.value.as_deref().filter(|text| !text.is_empty()))
    }

    /// Reads a setting; the error names it, where it was set, and what is accepted.
    fn read<T>(&self, key: &str, read: impl FnOnce(&str) -> Result<T>) -> Result<Option<T>> {
        let one = self.one(key)?;
        let value = self.text(key)?.map(read).transpose();
        value.with_context(|| format!("the setting {key} ({}) cannot be used", one.origin))
    }

    fn required<T>(&self, key: &str, read: impl FnOnce(&str) -> Result<T>) -> Result<T> {
        let missing = || {
            format!(
                "the setting {key} is empty ({})",
                self.one(key).map_or(&super::Origin::Default, |one| &one.origin)
            )
        };
        self.read(key, read)?.with_context(missing)
    }
}

impl Config {
    /// Checks every setting.
    ///
    /// # Errors
    /// Names the setting, where it was set and what is accepted; never quotes a secret.
    pub fn new(resolved: &[Resolved]) -> Result<Self> {
        let texts = Texts(resolved);
        let data_dir = texts.required("data-dir", |text| Ok(PathBuf::from(text)))?;
        let listen = texts.required("listen", address)?;
        let public_url = texts.read("public-url", PublicUrl::parse)?;
        let public_url = public_url.unwrap_or_else(|| PublicUrl::of_listener(listen));
        let smtp = smtp(&texts)?;
        let dev_clock = texts.required("dev-clock", dev_clock)?;
        alone(dev_clock, &public_url, smtp.as_ref())?;
        Ok(Self {
            listen,
            ops_listen: texts.required("ops-listen", ops_address)?,
            ops_asked: texts.one("ops-listen")?.origin != super::Origin::Default,
            database_url: match texts.read("database-url", database_url)? {
                Some(url) => url,
                None => format!("sqlite://{}?mode=rwc", data_dir.join("keystead.db").display()),
            },
            root_key_file: match texts.text("root-key-file")? {
                Some(path) => RootKeyFile::handed_in(PathBuf::from(path)),
                None => RootKeyFile::own(data_dir.join("root.key")),
            },
            trusted_proxies: texts.read("trusted-proxies", addresses)?.unwrap_or_default(),
            smtp,
            log_level: texts.required("log-level", |text| Ok(text.to_owned()))?,
            log_format: texts.required("log-format", log_format)?,
            sessions: sessions(&texts)?,
            local_time: texts
                .required("time-zone", |text| LocalTime::parse(text).map_err(anyhow::Error::msg))?,
            data_dir,
            public_url,
            dev_clock: dev_clock != DevClock::Off,
        })
    }
}

fn address(text: &str) -> Result<SocketAddr> {
    SocketAddr::from_str(text)
        .ok()
        .with_context(|| format!("{text:?} is no address: give an IP and a port, as in 127.0.0.1:8080"))
}

fn ops_address(text: &str) -> Result<Option<SocketAddr>> {
    if text == "off" { Ok(None) } else { address(text).map(Some) }
}

fn addresses(text: &str) -> Result<Vec<IpAddr>> {
    let one = |text: &str| {
        let ip = IpAddr::from_str(text.trim()).ok();
        ip.with_context(|| format!("{text:?} is no IP address: give IP addresses parted by commas"))
    };
    text.split(',').map(one).collect()
}

fn database_url(text: &str) -> Result<String> {
    let known = ["postgres://", "postgresql://", "sqlite:"];
    if known.iter().any(|scheme| text.starts_with(scheme)) {
        return Ok(text.to_owned());
    }
    // Not quoted: it may hold a password.
    bail!("it must begin with postgres:// or sqlite://")
}

/// Whether the clock can be moved, and whether others may be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DevClock {
    Off,
    On,
    Forced,
}

fn dev_clock(text: &str) -> Result<DevClock> {
    match text {
        "false" => Ok(DevClock::Off),
        "true" => Ok(DevClock::On),
        "force" => Ok(DevClock::Forced),
        other => bail!("{other:?} is neither true nor false nor force"),
    }
}

/// A clock that ends every wait is for trying out: not where others reach the portal, nor where its mails reach
/// anybody.
fn alone(clock: DevClock, public_url: &PublicUrl, smtp: Option<&SmtpSettings>) -> Result<()> {
    let others = match smtp {
        _ if !public_url.is_loopback() => format!("the public address {}", public_url.as_str()),
        Some(smtp) if !super::public_url::is_loopback(&smtp.host) => format!("the mail server {}", smtp.host),
        _ => return Ok(()),
    };
    if clock == DevClock::On {
        bail!(
            "the setting dev-clock is for trying out on this machine; with {others} it is refused. The value force \
             allows it all the same"
        );
    }
    Ok(())
}

fn log_format(text: &str) -> Result<LogFormat> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => bail!("{other:?} is neither text nor json"),
    }
}

fn sessions(texts: &Texts<'_>) -> Result<SessionLimits> {
    let idle = texts.required("session-idle", span)?;
    let absolute = texts.required("session-absolute", span)?;
    if idle > absolute {
        bail!("the setting session-idle is longer than session-absolute, which ends every session");
    }
    Ok(SessionLimits { idle, absolute })
}

/// `90s`, `30m`, `12h`.
fn span(text: &str) -> Result<Duration> {
    let wrong = || format!("{text:?} is no span of time: give a number and s, m or h, as in 30m");
    let unit = text.chars().last().with_context(wrong)?;
    let number: u64 = text[..text.len() - unit.len_utf8()].parse().ok().with_context(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        _ => bail!(wrong()),
    };
    if number == 0 || number > 31_536_000 {
        bail!(wrong());
    }
    Ok(Duration::from_secs(number * seconds))
}

fn smtp(texts: &Texts<'_>) -> Result<Option<SmtpSettings>> {
    let tls = texts.required("smtp-tls", |text| match text {
        "none" => Ok((Tls::None, 25)),
        "starttls" => Ok((Tls::StartTls, 587)),
        "implicit" => Ok((Tls::Implicit, 465)),
        other => bail!("{other:?} is neither none, starttls nor implicit"),
    });
    let (tls, usual) = tls?;
    let Some(host) = texts.text("smtp-host")? else { return Ok(None) };
    let port =
        texts.read("smtp-port", |text| text.parse().ok().with_context(|| format!("{text:?} is no port")))?;
    let from = texts
        .text("smtp-from")?
        .context("the setting smtp-from is missing: with a mail server, mails need a sender")?;
    let login = match (texts.text("smtp-username")?, texts.text("smtp-password")?) {
        (Some(name), Some(password)) => Some((name.to_owned(), Password::new(password.to_owned()))),
        (None, None) => None,
        (Some(_), None) => bail!(
            "the setting smtp-password is missing: set KEYSTEAD_SMTP_PASSWORD or KEYSTEAD_SMTP_PASSWORD_FILE"
        ),
        (None, Some(_)) => {
            bail!("the setting smtp-username is missing: there is a password for the mail server")
        }
    };
    let ca_pem = texts
        .read("smtp-ca-file", |path| std::fs::read(path).with_context(|| format!("cannot read {path}")))?;
    let port = port.unwrap_or(usual);
    Ok(Some(SmtpSettings { host: host.to_owned(), port, tls, login, from: from.to_owned(), ca_pem }))
}
