//! `keystead admin …`: what the operator does at the machine. Thin: each calls one use case.

use super::{bootstrap, print, regions, tenants, tokens, users};
use crate::{config::Config, open};
use anyhow::Result;
use clap::Subcommand;
use domain::TenantId;
use service::{Caller, Portal, ServiceError};

#[derive(Subcommand)]
pub(super) enum Admin {
    /// Set the portal up without the wizard: organisation, regions, first administrator
    Bootstrap(bootstrap::Bootstrap),
    /// Organisations: seats, threshold and opt-in
    #[command(subcommand)]
    Tenant(tenants::TenantCommand),
    /// Regions, and the feature in each
    #[command(subcommand)]
    Region(regions::RegionCommand),
    /// People and their roles
    #[command(subcommand)]
    User(users::UserCommand),
    /// API tokens
    #[command(subcommand)]
    Token(tokens::TokenCommand),
}

pub(super) async fn run(command: Admin, config: &Config) -> Result<()> {
    let portal = open::open(config).await?.portal;
    let text = match command {
        Admin::Bootstrap(command) => bootstrap::run(command, &portal, config).await?,
        Admin::Tenant(command) => tenants::run(command, &portal).await?,
        Admin::Region(command) => regions::run(command, &portal).await?,
        Admin::User(command) => users::run(command, &portal).await?,
        Admin::Token(command) => tokens::run(command, &portal).await?,
    };
    print(&text)
}

/// The operator's caller for the organisation that `--tenant` names, or the only one.
pub(super) async fn operator(portal: &Portal, tenant: Option<&str>) -> Result<Caller> {
    let tenant = service::tenants::find(portal, tenant).await.map_err(say)?;
    service::tenants::operator(portal, TenantId(tenant.id)).await.map_err(say)
}

/// A refusal as the command line says it: what was wrong, at which field, what to do.
pub(super) fn say(error: ServiceError) -> anyhow::Error {
    let refusal = match error {
        ServiceError::Refused(refusal) => refusal,
        ServiceError::Internal(error) => return error,
    };
    let mut text = refusal.detail.clone();
    for field in refusal.fields.iter().filter(|field| field.message != refusal.detail) {
        text = format!("{text} {}: {}", field.field, field.message);
    }
    if let Some(remedy) = &refusal.remedy {
        text = format!("{text} {remedy}");
    }
    anyhow::anyhow!("{text} ({})", refusal.code.as_str())
}
