//! Passwords on the command line: from a file or standard input, never from an argument.

use anyhow::{Context, Result, bail};
use std::{io::Read, path::Path};
use vault::{Password, Zeroizing};

/// Reads the first line of `file`, or of standard input for `-`.
pub(super) fn read(file: &Path) -> Result<Password> {
    let mut text = Zeroizing::new(String::new());
    if file == Path::new("-") {
        std::io::stdin().take(4_096).read_to_string(&mut text).context("cannot read standard input")?;
    } else {
        let open = std::fs::File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
        open.take(4_096)
            .read_to_string(&mut text)
            .with_context(|| format!("cannot read {}", file.display()))?;
    }
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        bail!("there is no password in the first line of {}", file.display());
    }
    Ok(Password::new(line.to_owned()))
}
