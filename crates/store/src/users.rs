//! People and their roles.

use crate::{StoreError, StoreResult};
use domain::{EnvironmentId, TenantId, Timestamp, UserId, roles::Role};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    Statement,
};

entity!("users" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    tenant_id: Uuid,
    email: String,
    email_canonical: String,
    name: String,
    password_hash: String,
    created_at: i64,
    disabled_at: Option<i64>,
});

pub use entity::Model as User;

/// A new person.
pub async fn insert(db: &impl ConnectionTrait, user: User) -> StoreResult<()> {
    entity::Entity::insert(entity::ActiveModel::from(user)).exec_without_returning(db).await?;
    Ok(())
}

/// One person.
pub async fn get(db: &impl ConnectionTrait, id: UserId) -> StoreResult<Option<User>> {
    Ok(entity::Entity::find_by_id(id.0).one(db).await?)
}

/// The person who signs in with this address (lower case).
pub async fn by_email(db: &impl ConnectionTrait, canonical: &str) -> StoreResult<Option<User>> {
    Ok(entity::Entity::find().filter(entity::Column::EmailCanonical.eq(canonical)).one(db).await?)
}

/// Everyone of a tenant, by name.
pub async fn list(db: &impl ConnectionTrait, tenant: TenantId) -> StoreResult<Vec<User>> {
    let query = entity::Entity::find().filter(entity::Column::TenantId.eq(tenant.0));
    Ok(query.order_by_asc(entity::Column::Name).all(db).await?)
}

/// Replaces the password.
pub async fn set_password(db: &impl ConnectionTrait, id: UserId, hash: String) -> StoreResult<()> {
    let row = entity::ActiveModel { id: Set(id.0), password_hash: Set(hash), ..Default::default() };
    entity::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Ends or restores the right to sign in.
pub async fn set_disabled(db: &impl ConnectionTrait, id: UserId, at: Option<Timestamp>) -> StoreResult<()> {
    let row = entity::ActiveModel { id: Set(id.0), disabled_at: Set(at.map(|t| t.0)), ..Default::default() };
    entity::Entity::update(row).exec(db).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct RoleRow {
    role: String,
    environment_id: Option<sea_orm::prelude::Uuid>,
}

/// The roles of a person.
pub async fn roles(db: &impl ConnectionTrait, id: UserId) -> StoreResult<Vec<Role>> {
    let sql = "SELECT role, environment_id FROM role_assignments WHERE user_id = $1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.0.into()]);
    let rows = RoleRow::find_by_statement(statement).all(db).await?;
    rows.into_iter()
        .map(|row| {
            Role::parse(&row.role, row.environment_id.map(EnvironmentId))
                .ok_or_else(|| StoreError::inconsistent("role_assignments", id))
        })
        .collect()
}

/// Gives a role; giving it again changes nothing.
pub async fn add_role(db: &impl ConnectionTrait, id: UserId, role: Role) -> StoreResult<()> {
    let environment = environment_of(role);
    let sql = "INSERT INTO role_assignments (user_id, role, environment_id) VALUES ($1, $2, $3) \
               ON CONFLICT DO NOTHING";
    let values = [id.0.into(), role.name().into(), environment.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Takes a role away.
pub async fn remove_role(db: &impl ConnectionTrait, id: UserId, role: Role) -> StoreResult<()> {
    let (condition, mut values) = ("environment_id IS NULL", vec![id.0.into(), role.name().into()]);
    let condition = match environment_of(role) {
        Some(environment) => {
            values.push(environment.into());
            "environment_id = $3"
        }
        None => condition,
    };
    let sql = format!("DELETE FROM role_assignments WHERE user_id = $1 AND role = $2 AND {condition}");
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Everyone to be mailed about a key change: each enabled administrator of the tenant, once (PP-033).
pub async fn administrators(db: &impl ConnectionTrait, tenant: TenantId) -> StoreResult<Vec<User>> {
    let sql = "SELECT u.* FROM users u WHERE u.tenant_id = $1 AND u.disabled_at IS NULL AND EXISTS \
               (SELECT 1 FROM role_assignments r WHERE r.user_id = u.id AND r.role <> 'auditor') \
               ORDER BY u.email_canonical";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [tenant.0.into()]);
    Ok(entity::Entity::find().from_raw_sql(statement).all(db).await?)
}

/// The condition that the row `user` of `users` may answer under the two-person rule: enabled, and a Global or Service
/// administrator.
pub(crate) fn may_approve(user: &str) -> String {
    format!(
        "{user}.disabled_at IS NULL AND EXISTS (SELECT 1 FROM role_assignments m WHERE m.user_id = {user}.id \
         AND m.role IN ('global_administrator', 'service_administrator'))"
    )
}

/// The condition that the tenant of the row `r` of `rings` has an enabled Global administrator besides who reported a
/// change, made it, and approved it; the latter two may be NULL.
pub(crate) fn another_global_administrator([reported, made, approved]: [&str; 3]) -> String {
    format!(
        "EXISTS (SELECT 1 FROM users gu JOIN role_assignments ga ON ga.user_id = gu.id \
         WHERE gu.tenant_id = r.tenant_id AND gu.disabled_at IS NULL AND ga.role = 'global_administrator' \
         AND gu.id <> {reported} AND gu.id <> COALESCE({made}, {reported}) \
         AND gu.id <> COALESCE({approved}, {reported}))"
    )
}

/// How many of the tenant may answer each other under the two-person rule.
pub async fn count_approvers(db: &impl ConnectionTrait, tenant: TenantId) -> StoreResult<i64> {
    let sql = format!("SELECT COUNT(*) AS n FROM users u WHERE u.tenant_id = $1 AND {}", may_approve("u"));
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [tenant.0.into()]);
    let row = db.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}

/// How many Global administrators of the tenant can sign in.
pub async fn count_global_administrators(db: &impl ConnectionTrait, tenant: TenantId) -> StoreResult<i64> {
    let sql = "SELECT COUNT(*) AS n FROM users u JOIN role_assignments r ON r.user_id = u.id \
               WHERE u.tenant_id = $1 AND u.disabled_at IS NULL AND r.role = 'global_administrator'";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [tenant.0.into()]);
    let row = db.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}

fn environment_of(role: Role) -> Option<sea_orm::prelude::Uuid> {
    match role {
        Role::SystemAdministrator(id) => Some(id.0),
        _ => None,
    }
}
