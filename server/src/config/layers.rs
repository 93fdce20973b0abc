//! The layers, joined: for each setting the text that counts and where it was found.

use super::{Flags, SETTINGS, Setting, file};
use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

/// Where a value was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    Flag,
    Environment(String),
    /// The file that an environment variable names.
    File {
        variable: String,
        path: PathBuf,
    },
    Toml {
        path: PathBuf,
        line: usize,
    },
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag => f.write_str("flag"),
            Origin::Environment(variable) => write!(f, "environment {variable}"),
            Origin::File { variable, path } => write!(f, "file {} (named by {variable})", path.display()),
            Origin::Toml { path, line } => write!(f, "{} line {line}", path.display()),
            Origin::Default => f.write_str("default"),
        }
    }
}

/// A setting with its text, if any layer has one. No `Debug`: it may be a secret.
pub struct Resolved {
    pub setting: &'static Setting,
    pub value: Option<String>,
    pub origin: Origin,
}

/// What the layers are read from; tests hand in their own environment.
pub struct Sources<'a> {
    pub flags: &'a Flags,
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// The TOML file, from `--config` or `KEYSTEAD_CONFIG`.
    pub file: Option<&'a Path>,
}

impl Sources<'_> {
    /// Every setting, in the order of [`SETTINGS`].
    ///
    /// # Errors
    /// Names the file, line or variable that cannot be read, and unknown keys.
    pub fn resolve(&self) -> Result<Vec<Resolved>> {
        let toml = self.file.map(file::read).transpose()?.unwrap_or_default();
        SETTINGS.iter().map(|setting| self.one(setting, &toml)).collect()
    }

    fn one(&self, setting: &'static Setting, toml: &BTreeMap<&str, (String, usize)>) -> Result<Resolved> {
        let resolved = |value: String, origin| Ok(Resolved { setting, value: Some(value), origin });
        if let Some(value) = self.flags.get(setting.key) {
            return resolved(value.to_owned(), Origin::Flag);
        }
        for variable in variables(setting) {
            if let Some(value) = (self.environment)(&variable) {
                return resolved(value, Origin::Environment(variable));
            }
        }
        for variable in variables(setting).map(|variable| format!("{variable}_FILE")) {
            if let Some(path) = (self.environment)(&variable) {
                let path = PathBuf::from(path);
                let value = content(&path, &variable)?;
                return resolved(value, Origin::File { variable, path });
            }
        }
        if let (Some((value, line)), Some(path)) = (toml.get(setting.key), self.file) {
            return resolved(value.clone(), Origin::Toml { path: path.to_owned(), line: *line });
        }
        let value = setting.default.map(str::to_owned);
        Ok(Resolved { setting, value, origin: Origin::Default })
    }
}

/// The setting's variables, the more specific one first.
fn variables(setting: &Setting) -> impl Iterator<Item = String> + use<> {
    let common = (setting.key == "database-url").then(|| "DATABASE_URL".to_owned());
    std::iter::once(setting.variable()).chain(common)
}

/// A file's text without the newline that editors put at its end.
fn content(path: &Path, variable: &str) -> Result<String> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read {}, which {variable} names", path.display()))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.contains('\n') {
        bail!("{}, which {variable} names, has more than one line", path.display());
    }
    Ok(text.to_owned())
}
