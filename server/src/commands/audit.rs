//! `keystead audit verify`.

use super::{admin::say, print};
use crate::{config::Config, open};
use anyhow::Result;
use clap::Subcommand;
use domain::TenantId;
use service::{audit, audit::Verdict, keys::hex};
use std::process::ExitCode;

#[derive(Subcommand)]
pub(super) enum Audit {
    /// Walk every organisation's chain and compare every link; ends with 1 when one is broken
    Verify,
}

pub(super) async fn run(command: Audit, config: &Config) -> Result<ExitCode> {
    let Audit::Verify = command;
    let portal = open::open(config).await?.portal;
    let mut code = ExitCode::SUCCESS;
    for tenant in service::tenants::list(&portal).await.map_err(say)? {
        let verdict = audit::verify(portal.db(), TenantId(tenant.id)).await.map_err(say)?;
        let text = match verdict {
            Verdict::Intact { entries, head } => {
                format!("{}: intact, {entries} entries, the last hash is {}\n", tenant.name, hex(&head))
            }
            Verdict::Broken { seq, why } => {
                code = ExitCode::FAILURE;
                format!("{}: BROKEN at entry {seq}: {why}\n", tenant.name)
            }
        };
        print(&text)?;
    }
    Ok(code)
}
