//! `keystead config show`: each value and where it came from, secrets masked.

use super::{Config, Resolved};
use anyhow::Result;
use std::fmt::Write as _;

/// One line per setting: key, value, origin. Settings without a value show what follows from others.
///
/// # Errors
/// As [`Config::new`]: what cannot be used is not shown as if it could.
pub fn show(resolved: &[Resolved]) -> Result<String> {
    let config = Config::new(resolved)?;
    let mut lines = String::new();
    for one in resolved {
        let value = match (&one.value, one.setting.secret) {
            (Some(_), true) => "********".to_owned(),
            (Some(value), false) => mask(value),
            (None, _) => implied(one.setting.key, &config),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(lines, "{:18} {:44} {}", one.setting.key, value, one.origin);
    }
    Ok(lines)
}

/// What a setting without a value comes out as.
fn implied(key: &str, config: &Config) -> String {
    match key {
        "public-url" => config.public_url.as_str().to_owned(),
        "database-url" => mask(&config.database_url),
        "root-key-file" => config.root_key_file.path().display().to_string(),
        "smtp-port" => config.smtp.as_ref().map_or_else(|| "-".to_owned(), |smtp| smtp.port.to_string()),
        _ => "-".to_owned(),
    }
}

/// Hides the password of an address: `postgres://user:********@host/name`.
fn mask(value: &str) -> String {
    let masked = || {
        let (scheme, rest) = value.split_once("://")?;
        let (user, host) = rest.rsplit_once('@')?;
        let (name, _) = user.split_once(':')?;
        Some(format!("{scheme}://{name}:********@{host}"))
    };
    mask_query(&masked().unwrap_or_else(|| value.to_owned()))
}

/// Hides it where it is a parameter: `?password=********`.
fn mask_query(value: &str) -> String {
    let Some((address, query)) = value.split_once('?') else { return value.to_owned() };
    let hide = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if name.eq_ignore_ascii_case("password") => format!("{name}=********"),
        _ => pair.to_owned(),
    };
    let pairs: Vec<String> = query.split('&').map(hide).collect();
    format!("{address}?{}", pairs.join("&"))
}
