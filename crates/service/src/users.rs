//! People of a tenant and their roles.

use crate::{Act, Caller, Portal, ServiceResult, Target, act, setup};
use domain::{
    Code, EnvironmentId, Refusal, TenantId, Timestamp, UserId,
    actions::Action,
    names::{Email, PersonName},
    roles::Role,
};
use store::users::User;
use vault::Password;

/// What a new person's form says.
pub struct NewUser {
    pub name: String,
    pub email: String,
    pub password: Password,
    pub roles: Vec<Role>,
}

/// A person as lists show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedUser {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub roles: Vec<Role>,
    pub created_at: Timestamp,
    /// Since when the person may not sign in.
    pub disabled_at: Option<Timestamp>,
}

/// Everyone of the caller's tenant, by name.
pub async fn list(portal: &Portal, caller: &Caller) -> ServiceResult<Vec<ListedUser>> {
    act::permit(caller, Action::TenantRead, None)?;
    let db = portal.db().read();
    let mut people = Vec::new();
    for user in store::users::list(db, caller.tenant()).await? {
        people.push(ListedUser {
            id: UserId(user.id),
            roles: store::users::roles(db, UserId(user.id)).await?,
            name: user.name,
            email: user.email,
            created_at: Timestamp(user.created_at),
            disabled_at: user.disabled_at.map(Timestamp),
        });
    }
    Ok(people)
}

/// The person of the caller's tenant who signs in with this address.
pub async fn by_email(portal: &Portal, caller: &Caller, email: &str) -> ServiceResult<UserId> {
    let canonical = Email::parse(email).map(|email| email.canonical()).unwrap_or_default();
    let found = store::users::by_email(portal.db().read(), &canonical).await?;
    let found = found.filter(|user| user.tenant_id == caller.tenant().0);
    Ok(found.map(|user| UserId(user.id)).ok_or_else(|| Refusal::not_found("user"))?)
}

/// Adds a person, who can sign in at once.
pub async fn add(portal: &Portal, caller: &Caller, form: NewUser) -> ServiceResult<UserId> {
    let checked = check(caller, &form);
    let (name, email) = portal.witness(caller, Action::UserAdd, Target::Tenant, checked).await?;
    let hash = setup::hash_password(form.password).await;
    let hash = portal.witness(caller, Action::UserAdd, Target::Tenant, hash).await?;
    let roles = form.roles;
    portal
        .act(caller, Action::UserAdd, Target::Tenant, move |act| {
            Box::pin(async move { insert(act, (name, email), hash, roles).await })
        })
        .await
}

/// Before a password is hashed: whether the caller may, and whether name and address are some.
fn check(caller: &Caller, form: &NewUser) -> ServiceResult<(PersonName, Email)> {
    act::permit(caller, Action::UserAdd, None)?;
    let invalid = |field: &str, why: &str| Refusal::field(Code::Invalid, field, why);
    let name = PersonName::parse(&form.name).map_err(|why| invalid("name", why))?;
    let email = Email::parse(&form.email).map_err(|why| invalid("email", why))?;
    Ok((name, email))
}

async fn insert(
    act: &mut Act,
    (name, email): (PersonName, Email),
    password_hash: String,
    roles: Vec<Role>,
) -> ServiceResult<UserId> {
    act.record("user", email.as_str());
    act.record("roles", roles.iter().map(Role::name).collect::<Vec<_>>());
    let taken = store::users::by_email(&act.tx, &email.canonical()).await?;
    if taken.is_some() {
        let text = "There is already somebody with this address.";
        return Err(Refusal::field(Code::Conflict, "email", text).into());
    }
    let user = User {
        id: act.fresh_id(),
        tenant_id: act.caller.tenant().0,
        email: email.to_string(),
        email_canonical: email.canonical(),
        name: name.to_string(),
        password_hash,
        created_at: act.now.0,
        disabled_at: None,
    };
    let id = UserId(user.id);
    store::users::insert(&act.tx, user).await?;
    for role in roles {
        check_role(act, role).await?;
        store::users::add_role(&act.tx, id, role).await?;
    }
    Ok(id)
}

/// A System administrator's environment must be the tenant's own.
async fn check_role(act: &Act, role: Role) -> ServiceResult<()> {
    let Role::SystemAdministrator(EnvironmentId(id)) = role else { return Ok(()) };
    act::resolve(&act.tx, &act.caller, Target::Environment(EnvironmentId(id))).await.map(drop)
}

/// Gives a role; giving it again changes nothing.
pub async fn add_role(portal: &Portal, caller: &Caller, user: UserId, role: Role) -> ServiceResult<()> {
    portal
        .act(caller, Action::UserChange, Target::Tenant, move |act| {
            Box::pin(async move {
                begin(act, user, "role added").await?;
                act.record("role", role.name());
                check_role(act, role).await?;
                Ok(store::users::add_role(&act.tx, user, role).await?)
            })
        })
        .await
}

/// Takes a role away, from the next request on; not from the last Global administrator.
pub async fn remove_role(portal: &Portal, caller: &Caller, user: UserId, role: Role) -> ServiceResult<()> {
    portal
        .act(caller, Action::UserChange, Target::Tenant, move |act| {
            Box::pin(async move {
                begin(act, user, "role removed").await?;
                act.record("role", role.name());
                store::users::remove_role(&act.tx, user, role).await?;
                somebody_left(act).await
            })
        })
        .await
}

/// Ends the right to sign in, and every session; API tokens stop working too.
pub async fn disable(portal: &Portal, caller: &Caller, user: UserId) -> ServiceResult<()> {
    portal
        .act(caller, Action::UserChange, Target::Tenant, move |act| {
            Box::pin(async move {
                begin(act, user, "disabled").await?;
                store::users::set_disabled(&act.tx, user, Some(act.now)).await?;
                end_sessions(act, user).await?;
                somebody_left(act).await
            })
        })
        .await
}

/// Restores the right to sign in.
pub async fn enable(portal: &Portal, caller: &Caller, user: UserId) -> ServiceResult<()> {
    portal
        .act(caller, Action::UserChange, Target::Tenant, move |act| {
            Box::pin(async move {
                begin(act, user, "enabled").await?;
                Ok(store::users::set_disabled(&act.tx, user, None).await?)
            })
        })
        .await
}

/// Replaces a forgotten password and ends every session.
pub async fn reset_password(
    portal: &Portal,
    caller: &Caller,
    user: UserId,
    password: Password,
) -> ServiceResult<()> {
    let allowed = act::permit(caller, Action::UserChange, None);
    portal.witness(caller, Action::UserChange, Target::Tenant, allowed).await?;
    let hash = setup::hash_password(password).await;
    let hash = portal.witness(caller, Action::UserChange, Target::Tenant, hash).await?;
    portal
        .act(caller, Action::UserChange, Target::Tenant, move |act| {
            Box::pin(async move {
                let changed = begin(act, user, "password reset").await?;
                store::users::set_password(&act.tx, user, hash).await?;
                store::sign_ins::clear(&act.tx, &crate::sign_in::account(&changed.email_canonical)).await?;
                end_sessions(act, user).await
            })
        })
        .await
}

/// Locks the tenant's people against other changes and finds the one to be changed.
async fn begin(act: &mut Act, user: UserId, change: &str) -> ServiceResult<User> {
    act.record("change", change);
    let tenant: TenantId = act.caller.tenant();
    store::tenants::lock(&act.tx, tenant).await?;
    let found = store::users::get(&act.tx, user).await?.filter(|user| user.tenant_id == tenant.0);
    let found = found.ok_or_else(|| Refusal::not_found("user"))?;
    act.record("user", found.email.as_str());
    Ok(found)
}

async fn end_sessions(act: &mut Act, user: UserId) -> ServiceResult<()> {
    let ended = store::sessions::delete_of_user(&act.tx, user).await?;
    act.record("sessions_ended", ended);
    Ok(())
}

/// Refuses a change after which nobody could manage the tenant.
async fn somebody_left(act: &Act) -> ServiceResult<()> {
    if store::users::count_global_administrators(&act.tx, act.caller.tenant()).await? > 0 {
        return Ok(());
    }
    let text = "This is the last Global administrator who can sign in; the organisation needs one.";
    Err(Refusal::new(Code::Conflict, text).remedy("Give the role to somebody else first.").into())
}
