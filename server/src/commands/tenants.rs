//! `keystead admin tenant …`.

use super::admin::{operator, say};
use anyhow::Result;
use clap::Subcommand;
use service::{Portal, tenants};
use std::fmt::Write as _;
use store::tenants::Tenant;

#[derive(Subcommand)]
pub(super) enum TenantCommand {
    /// Every organisation
    List,
    /// One organisation and its regions
    Show {
        /// Name or id; needed when there are several
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Set seats, threshold and opt-in; what is not given stays
    Set {
        /// Name or id; needed when there are several
        #[arg(long)]
        tenant: Option<String>,
        /// Licensed seats of both plans together
        #[arg(long, value_name = "N")]
        seats: Option<i64>,
        /// Seats must exceed this many
        #[arg(long, value_name = "N")]
        threshold: Option<i64>,
        /// Whether the organisation opted in
        #[arg(long, value_name = "true|false")]
        opt_in: Option<bool>,
        /// Whether locks, activations and roll-backs wait for another administrator's approval
        #[arg(long, value_name = "true|false")]
        two_person: Option<bool>,
    },
}

pub(super) async fn run(command: TenantCommand, portal: &Portal) -> Result<String> {
    match command {
        TenantCommand::List => {
            let all = tenants::list(portal).await.map_err(say)?;
            Ok(all.iter().map(line).collect())
        }
        TenantCommand::Show { tenant } => show(portal, tenant.as_deref()).await,
        TenantCommand::Set { tenant, seats, threshold, opt_in, two_person } => {
            let caller = operator(portal, tenant.as_deref()).await?;
            let change = tenants::Change { seats, threshold, opted_in: opt_in, two_person };
            tenants::set(portal, &caller, change).await.map_err(say)?;
            show(portal, tenant.as_deref()).await
        }
    }
}

fn line(tenant: &Tenant) -> String {
    let opted = if tenant.opted_in { "opted in" } else { "not opted in" };
    let rule = if tenant.two_person { ", two-person rule" } else { "" };
    format!(
        "{}  {}  {} seats, more than {} needed, {opted}{rule}\n",
        tenant.id, tenant.name, tenant.seats, tenant.seat_threshold
    )
}

async fn show(portal: &Portal, tenant: Option<&str>) -> Result<String> {
    let caller = operator(portal, tenant).await?;
    let (tenant, rings) = tenants::get(portal, &caller).await.map_err(say)?;
    let mut text = line(&tenant);
    for ring in rings {
        let since = ring.enabled_at.map(|at| domain::Timestamp(at).rfc3339());
        let feature = since.map_or_else(|| "off".to_owned(), |since| format!("on since {since}"));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  region {:24} {feature}", ring.region);
    }
    Ok(text)
}
