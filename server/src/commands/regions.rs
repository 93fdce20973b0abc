//! `keystead admin region …`.

use super::admin::{operator, say};
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use domain::RingId;
use service::{Portal, keys, tenants};

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
    /// Clear the report of a key change where no Global administrator is left who neither made nor reported it
    ClearReport(Region),
}

pub(super) async fn run(command: RegionCommand, portal: &Portal) -> Result<String> {
    let (RegionCommand::Add(named)
    | RegionCommand::Enable(named)
    | RegionCommand::Disable(named)
    | RegionCommand::ClearReport(named)) = &command;
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
        RegionCommand::ClearReport(_) => {
            let rings = keys::rings(portal, &caller).await.map_err(say)?;
            let ring = rings.iter().find(|ring| ring.region == region).map(|ring| RingId(ring.id));
            let ring = ring.with_context(|| format!("there is no region {region}"))?;
            keys::clear_report(portal, &caller, ring, true).await.map_err(say)?;
            "free again for key changes"
        }
    };
    Ok(format!("The region {region} is {done}.\n"))
}
