//! `keystead admin token …`.

use super::admin::{operator, say};
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use service::{Caller, Portal, setup, tokens, users};

#[derive(Args)]
pub(super) struct Owner {
    /// Address of the person the token acts as
    #[arg(long)]
    email: String,
    /// Organisation, by name or id; needed when there are several
    #[arg(long)]
    tenant: Option<String>,
}

#[derive(Subcommand)]
pub(super) enum TokenCommand {
    /// Add a token and print it, this once
    Add {
        #[command(flatten)]
        owner: Owner,
        /// What it is for
        #[arg(long)]
        name: String,
        /// How long it is good, in days
        #[arg(long, default_value_t = 90)]
        days: u32,
    },
    /// A person's tokens
    List(Owner),
    /// End a token
    Revoke {
        #[command(flatten)]
        owner: Owner,
        /// The token's id, from the list
        id: String,
    },
}

pub(super) async fn run(command: TokenCommand, portal: &Portal) -> Result<String> {
    match command {
        TokenCommand::Add { owner, name, days } => {
            let caller = acting_as(&owner, portal).await?;
            let added = tokens::add(portal, &caller, tokens::NewToken { name, days }).await.map_err(say)?;
            Ok(format!("{}\n", added.secret.as_str()))
        }
        TokenCommand::List(owner) => {
            let caller = acting_as(&owner, portal).await?;
            let all = tokens::list(portal, &caller, caller.user()).await.map_err(say)?;
            Ok(all.iter().map(line).collect())
        }
        TokenCommand::Revoke { owner, id } => {
            let caller = acting_as(&owner, portal).await?;
            let id =
                id.parse().ok().context("this is no token's id; 'keystead admin token list' shows them")?;
            tokens::revoke(portal, &caller, id).await.map_err(say)?;
            Ok("The token is revoked.\n".to_owned())
        }
    }
}

async fn acting_as(owner: &Owner, portal: &Portal) -> Result<Caller> {
    let caller = operator(portal, owner.tenant.as_deref()).await?;
    let user = users::by_email(portal, &caller, &owner.email).await.map_err(say)?;
    setup::operator(portal, user).await.map_err(say)
}

fn line(token: &tokens::ListedToken) -> String {
    let state = match (token.usable, token.revoked_at) {
        (true, _) => "usable",
        (false, Some(_)) => "revoked",
        (false, None) => "expired",
    };
    format!("{}  {:8} until {}  {}\n", token.id, state, token.expires_at.rfc3339(), token.name)
}
