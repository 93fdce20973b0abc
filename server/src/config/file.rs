//! The TOML file: flat keys, or tables for their common beginnings (`[smtp]` `host` is `smtp-host`).

use super::SETTINGS;
use anyhow::{Context, Result, bail};
use std::{collections::BTreeMap, path::Path};
use toml::de::{DeTable, DeValue};

/// The settings in the file with their text and line.
///
/// # Errors
/// Names the line that is no TOML, of an unknown key, or of a value that is no setting's. Never
/// quotes a line: it may hold a password.
pub(super) fn read(path: &Path) -> Result<BTreeMap<&'static str, (String, usize)>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the configuration file {}", path.display()))?;
    let mut found = BTreeMap::new();
    let table = DeTable::parse(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(&text, span.start));
        anyhow::anyhow!("{} line {line}: {}", path.display(), error.message())
    })?;
    collect(table.get_ref(), "", &mut |key, start, value| {
        let line = line_of(&text, start);
        let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
            let known: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
            bail!(
                "{} line {line}: there is no setting {key:?}; known are {}",
                path.display(),
                known.join(", ")
            );
        };
        let Some(value) = value else {
            bail!(
                "{} line {line}: {key} must be text, a number, true or false, or a list of texts",
                path.display()
            );
        };
        if found.insert(setting.key, (value, line)).is_some() {
            bail!("{} line {line}: {key} is set twice", path.display());
        }
        Ok(())
    })?;
    Ok(found)
}

/// Gets a leaf's joined key, its offset and its text.
type TakeLeaf<'a> = dyn FnMut(&str, usize, Option<String>) -> Result<()> + 'a;

/// Walks the table; `take` gets each leaf.
fn collect(table: &DeTable<'_>, prefix: &str, take: &mut TakeLeaf<'_>) -> Result<()> {
    for (name, value) in table {
        let key = format!("{prefix}{}", name.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => collect(inner, &format!("{key}-"), take)?,
            leaf => take(&key, name.span().start, text(leaf))?,
        }
    }
    Ok(())
}

fn text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(value) => Some(value.to_string()),
        DeValue::Array(items) => {
            let texts: Option<Vec<String>> = items.iter().map(|item| text(item.get_ref())).collect();
            Some(texts?.join(","))
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

/// The line, from 1, of a byte offset.
fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
