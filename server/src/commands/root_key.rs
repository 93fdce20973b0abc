//! `keystead root-key rotate`.

use super::{admin::say, print};
use crate::{config::Config, open};
use anyhow::{Result, bail};
use clap::Subcommand;
use service::{
    Portal,
    root_key::{self, By, Rotation},
};

#[derive(Subcommand)]
pub(super) enum RootKey {
    /// Seal every key in the database with a new root key, so that the present one opens nothing any more. The
    /// portal may run meanwhile
    Rotate,
}

pub(super) async fn run(command: RootKey, config: &Config) -> Result<()> {
    let RootKey::Rotate = command;
    let portal = open::open(config).await?.portal;
    let rotation = root_key::rotate(&portal, By::Operator).await.map_err(say)?;
    print(&said(&portal, rotation)?)
}

fn said(portal: &Portal, rotation: Rotation) -> Result<String> {
    let file = portal.keyring().roots().file();
    let (path, next) = (file.path().display(), file.next_path(&[]));
    let next = next.display();
    match rotation {
        Rotation::Rotated { sealed_anew } if file.is_own() => Ok(format!(
            "The root key is rotated: {sealed_anew} sealed values were sealed anew. {path} is the new one: keep a safe \
             copy of it, and destroy the copies of the one before.\n"
        )),
        Rotation::Rotated { sealed_anew } => Ok(format!(
            "The root key is rotated: {sealed_anew} sealed values were sealed anew with {next}. Now put that key in the \
             place of {path}, where the portal looks for it, and destroy the one before with all its copies.\n"
        )),
        Rotation::HandedIn => bail!(
            "the root key is handed in from outside, so its successor is too: put 32 random bytes into {next} (mode \
             0600, as 'head -c 32 /dev/urandom' gives), and run this again"
        ),
        Rotation::NotSeen { processes } => bail!(
            "nothing was changed: {processes} running processes of the portal do not find the next root key. Give them \
             the same folder as {path}, or stop them first (they count as running for half a minute)"
        ),
    }
}
