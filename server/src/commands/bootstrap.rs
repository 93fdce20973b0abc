//! `keystead admin bootstrap`: the wizard without a browser.

use super::{admin::say, password};
use crate::{config::Config, serve};
use anyhow::Result;
use clap::Args;
use service::{
    Portal,
    setup::{self, Eligibility, Install},
};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Bootstrap {
    /// Name of the organisation
    #[arg(long, value_name = "NAME")]
    tenant: String,
    /// Its regions, parted by commas, as in europe,us-east
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', required = true)]
    regions: Vec<String>,
    /// Name of the first Global administrator
    #[arg(long)]
    name: String,
    /// Address the administrator signs in with
    #[arg(long)]
    email: String,
    /// File with the password in its first line; - for standard input
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
    /// Turn managing keys on in every region at once, with this many licensed seats
    #[arg(long, value_name = "N")]
    seats: Option<i64>,
    /// Seats must exceed this many
    #[arg(long, value_name = "N", default_value_t = domain::rings::SEAT_THRESHOLD, requires = "seats")]
    threshold: i64,
}

pub(super) async fn run(command: Bootstrap, portal: &Portal, config: &Config) -> Result<String> {
    let email = command.email.clone();
    let form = Install {
        tenant: command.tenant,
        regions: command.regions,
        name: command.name,
        email: command.email,
        password: password::read(&command.password_file)?,
        enable: command.seats.map(|seats| Eligibility { seats, threshold: command.threshold }),
    };
    setup::install(portal, form).await.map_err(say)?;
    serve::forget_setup_code(&config.data_dir.join("setup-code")).await?;
    Ok(format!("The portal is set up; {email} can sign in.\n"))
}
