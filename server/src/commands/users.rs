//! `keystead admin user …`.

use super::{
    admin::{operator, say},
    password,
};
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use domain::{EnvironmentId, roles::Role};
use service::{
    Caller, Portal,
    users::{self, ListedUser, NewUser},
};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Add a person, who can sign in at once
    Add(AddUser),
    /// Everyone, with roles
    List {
        /// Organisation, by name or id; needed when there are several
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Give or take a role
    #[command(subcommand)]
    Role(RoleCommand),
    /// End the right to sign in, and every session
    Disable(Person),
    /// Restore the right to sign in
    Enable(Person),
    /// Replace a forgotten password and end every session
    ResetPassword {
        #[command(flatten)]
        person: Person,
        /// File with the password in its first line; - for standard input
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
    },
}

#[derive(Args)]
pub(super) struct AddUser {
    /// Name as mails and the audit trail show it
    #[arg(long)]
    name: String,
    #[command(flatten)]
    person: Person,
    #[command(flatten)]
    role: Option<RoleOf>,
    /// File with the password in its first line; - for standard input
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
}

#[derive(Args)]
pub(super) struct Person {
    /// Address the person signs in with
    #[arg(long)]
    email: String,
    /// Organisation, by name or id; needed when there are several
    #[arg(long)]
    tenant: Option<String>,
}

#[derive(Subcommand)]
pub(super) enum RoleCommand {
    /// Give a role
    Add {
        #[command(flatten)]
        person: Person,
        #[command(flatten)]
        role: RoleOf,
    },
    /// Take a role away; not from the last Global administrator
    Remove {
        #[command(flatten)]
        person: Person,
        #[command(flatten)]
        role: RoleOf,
    },
}

#[derive(Args)]
pub(super) struct RoleOf {
    /// Which role
    #[arg(long)]
    role: RoleName,
    /// A System administrator's environment, by name or id
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    GlobalAdministrator,
    ServiceAdministrator,
    SystemAdministrator,
    Auditor,
}

pub(super) async fn run(command: UserCommand, portal: &Portal) -> Result<String> {
    match command {
        UserCommand::Add(form) => add(form, portal).await,
        UserCommand::List { tenant } => {
            let caller = operator(portal, tenant.as_deref()).await?;
            Ok(users::list(portal, &caller).await.map_err(say)?.iter().map(line).collect())
        }
        UserCommand::Role(RoleCommand::Add { person, role }) => {
            let (caller, user) = find(&person, portal).await?;
            let role = role_of(&role, portal, &caller).await?;
            users::add_role(portal, &caller, user, role).await.map_err(say)?;
            Ok(format!("{} is {} now.\n", person.email, role.label()))
        }
        UserCommand::Role(RoleCommand::Remove { person, role }) => {
            let (caller, user) = find(&person, portal).await?;
            let role = role_of(&role, portal, &caller).await?;
            users::remove_role(portal, &caller, user, role).await.map_err(say)?;
            Ok(format!("{} is no longer {}.\n", person.email, role.label()))
        }
        UserCommand::Disable(person) => {
            let (caller, user) = find(&person, portal).await?;
            users::disable(portal, &caller, user).await.map_err(say)?;
            Ok(format!("{} cannot sign in any more; all sessions ended.\n", person.email))
        }
        UserCommand::Enable(person) => {
            let (caller, user) = find(&person, portal).await?;
            users::enable(portal, &caller, user).await.map_err(say)?;
            Ok(format!("{} can sign in again.\n", person.email))
        }
        UserCommand::ResetPassword { person, password_file } => {
            let (caller, user) = find(&person, portal).await?;
            let password = password::read(&password_file)?;
            users::reset_password(portal, &caller, user, password).await.map_err(say)?;
            Ok(format!("{} has a new password; all sessions ended.\n", person.email))
        }
    }
}

async fn add(form: AddUser, portal: &Portal) -> Result<String> {
    let caller = operator(portal, form.person.tenant.as_deref()).await?;
    let mut roles = Vec::new();
    if let Some(role) = &form.role {
        roles.push(role_of(role, portal, &caller).await?);
    }
    let email = form.person.email.clone();
    let password = password::read(&form.password_file)?;
    let new = NewUser { name: form.name, email: form.person.email, password, roles };
    users::add(portal, &caller, new).await.map_err(say)?;
    Ok(format!("{email} can sign in.\n"))
}

async fn find(person: &Person, portal: &Portal) -> Result<(Caller, domain::UserId)> {
    let caller = operator(portal, person.tenant.as_deref()).await?;
    let user = users::by_email(portal, &caller, &person.email).await.map_err(say)?;
    Ok((caller, user))
}

async fn role_of(given: &RoleOf, portal: &Portal, caller: &Caller) -> Result<Role> {
    let environment = match (given.role, &given.environment) {
        (RoleName::SystemAdministrator, Some(text)) => Some(environment(text, portal, caller).await?),
        (RoleName::SystemAdministrator, None) => bail!("a System administrator needs --environment"),
        (_, Some(_)) => bail!("only a System administrator has an --environment"),
        (_, None) => None,
    };
    let name = match given.role {
        RoleName::GlobalAdministrator => "global_administrator",
        RoleName::ServiceAdministrator => "service_administrator",
        RoleName::SystemAdministrator => "system_administrator",
        RoleName::Auditor => "auditor",
    };
    Role::parse(name, environment).context("there is no such role")
}

async fn environment(text: &str, portal: &Portal, caller: &Caller) -> Result<EnvironmentId> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let filter = store::environments::Filter { search: Some(text.to_owned()), ..Default::default() };
    let found = service::environments::list(portal, caller, filter, Default::default(), None, 200).await;
    let found = found.map_err(say)?.items.into_iter().find(|listed| listed.environment.name == text);
    Ok(found.with_context(|| format!("there is no environment called {text:?}"))?.environment.id)
}

fn line(user: &ListedUser) -> String {
    let roles: Vec<&str> = user.roles.iter().map(Role::label).collect();
    let roles = if roles.is_empty() { "no role".to_owned() } else { roles.join(", ") };
    let disabled = if user.disabled_at.is_some() { "  (disabled)" } else { "" };
    format!("{:32} {:24} {roles}{disabled}\n", user.email, user.name)
}
