//! `keystead admin region …`.

use super::admin::{operator, say};
use anyhow::Result;
use clap::{Args, Subcommand};
use service::{Portal, tenants};

#[derive(Args)]
pub(super) struct Region {
    /// Short name, as in europe
    region: String,
    /// Organisation, by name or id; needed when there are several
    #[arg(long)]
    tenant: Option<String>,
}

#[derive(Subcommand)]
pub(super) enum RegionCommand {
    /// Add a region; managing keys is off there
    Add(Region),
    /// Turn managing keys on; environments made before stay out (PP-014)
    Enable(Region),
    /// Turn managing keys off; environments that use a key keep it
    Disable(Region),
}

pub(super) async fn run(command: RegionCommand, portal: &Portal) -> Result<String> {
    let (RegionCommand::Add(named) | RegionCommand::Enable(named) | RegionCommand::Disable(named)) = &command;
    let caller = operator(portal, named.tenant.as_deref()).await?;
    let region = named.region.clone();
    let done = match command {
        RegionCommand::Add(_) => {
            tenants::add_region(portal, &caller, &region).await.map_err(say)?;
            "added"
        }
        RegionCommand::Enable(_) => {
            tenants::set_feature(portal, &caller, region.clone(), true).await.map_err(say)?;
            "enabled"
        }
        RegionCommand::Disable(_) => {
            tenants::set_feature(portal, &caller, region.clone(), false).await.map_err(say)?;
            "disabled"
        }
    };
    Ok(format!("The region {region} is {done}.\n"))
}
