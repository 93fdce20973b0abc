//! Where people reach the portal: what cookies, origin checks and links in mails go by.

use anyhow::{Result, bail};
use http::Uri;
use std::net::{IpAddr, SocketAddr};

/// `https://keys.example.org` or with a port; no path, no slash at the end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicUrl {
    text: String,
    host: String,
    pub secure: bool,
}

impl PublicUrl {
    /// Reads it and brings it into the form that browsers send as `Origin`.
    ///
    /// # Errors
    /// Says what is accepted.
    pub fn parse(text: &str) -> Result<Self> {
        let accepted = "give http:// or https://, a host and perhaps a port, as in https://keys.example.org";
        let Ok(uri) = text.trim().parse::<Uri>() else { bail!("{text:?} is not an address: {accepted}") };
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            bail!("{text:?} is not a whole address: {accepted}");
        };
        if !matches!(scheme, "http" | "https") || authority.as_str().contains('@') {
            bail!("{text:?} is not accepted: {accepted}");
        }
        if uri.path() != "/" || uri.query().is_some() {
            bail!("{text:?} has a path: the portal needs a host of its own; {accepted}");
        }
        let secure = scheme == "https";
        let host = authority.host().to_ascii_lowercase();
        let usual = if secure { 443 } else { 80 };
        let port = authority.port_u16().filter(|port| *port != usual);
        let port = port.map_or_else(String::new, |port| format!(":{port}"));
        Ok(Self { text: format!("{scheme}://{host}{port}"), host, secure })
    }

    /// What it is when nobody sets it: this machine, for a browser on this machine.
    pub fn of_listener(listen: SocketAddr) -> Self {
        let host = match listen.ip() {
            ip if ip.is_loopback() || ip.is_unspecified() => "localhost".to_owned(),
            IpAddr::V6(ip) => format!("[{ip}]"),
            IpAddr::V4(ip) => ip.to_string(),
        };
        let port = if listen.port() == 80 { String::new() } else { format!(":{}", listen.port()) };
        Self { text: format!("http://{host}{port}"), host, secure: false }
    }

    /// As text, in the form of an `Origin`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether only this machine can reach it.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

/// Whether the host, a name or an address, is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || ip.is_ok_and(|ip| ip.is_loopback())
}
