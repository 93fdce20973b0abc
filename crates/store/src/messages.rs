//! The outbox: one message per recipient, delivered at least once after its change has committed.

use crate::{Cursor, Page, StoreError, StoreResult};
use domain::{
    MessageId, TenantId, Timestamp, UserId,
    events::Event,
    messages::{MessageFacts, MessageState},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};

entity!("messages" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    tenant_id: Uuid,
    event: String,
    user_id: Uuid,
    address: String,
    subject: String,
    body_text: String,
    body_html: String,
    state: String,
    attempts: i64,
    next_attempt_at: i64,
    last_error: Option<String>,
    created_at: i64,
    sent_at: Option<i64>,
    lease_owner: Option<String>,
    lease_until: Option<i64>,
});

use entity::{Column, Entity, Model};

/// A message to one recipient.
#[derive(Clone, PartialEq, Debug)]
pub struct Message {
    pub id: MessageId,
    pub tenant_id: TenantId,
    pub event: Event,
    pub user_id: UserId,
    pub address: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub state: MessageState,
    pub attempts: u32,
    pub next_attempt_at: Timestamp,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
}

impl TryFrom<Model> for Message {
    type Error = StoreError;

    fn try_from(row: Model) -> StoreResult<Self> {
        let wrong = || StoreError::inconsistent("messages", row.id);
        Ok(Self {
            id: MessageId(row.id),
            tenant_id: TenantId(row.tenant_id),
            event: Event::parse(&row.event).ok_or_else(wrong)?,
            user_id: UserId(row.user_id),
            state: MessageState::parse(&row.state).ok_or_else(wrong)?,
            attempts: u32::try_from(row.attempts).map_err(|_| wrong())?,
            next_attempt_at: Timestamp(row.next_attempt_at),
            created_at: Timestamp(row.created_at),
            sent_at: row.sent_at.map(Timestamp),
            address: row.address,
            subject: row.subject,
            text: row.body_text,
            html: row.body_html,
            last_error: row.last_error,
        })
    }
}

/// Queues a message in the transaction of the change it tells of.
pub async fn insert(tx: &impl ConnectionTrait, message: Message) -> StoreResult<()> {
    let row = Model {
        id: message.id.0,
        tenant_id: message.tenant_id.0,
        event: message.event.as_str().to_owned(),
        user_id: message.user_id.0,
        address: message.address,
        subject: message.subject,
        body_text: message.text,
        body_html: message.html,
        state: message.state.as_str().to_owned(),
        attempts: 0,
        next_attempt_at: message.next_attempt_at.0,
        last_error: None,
        created_at: message.created_at.0,
        sent_at: None,
        lease_owner: None,
        lease_until: None,
    };
    Entity::insert(entity::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// Takes up to `limit` due messages for delivery by `owner` until `until`.
pub async fn claim(
    db: &impl ConnectionTrait,
    owner: &str,
    (now, until): (Timestamp, Timestamp),
    limit: u32,
) -> StoreResult<Vec<Message>> {
    let skip = if db.get_database_backend() == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE messages SET lease_owner = $1, lease_until = $3, attempts = attempts + 1 WHERE id IN \
         (SELECT id FROM messages WHERE state = 'queued' AND next_attempt_at <= $2 \
         AND (lease_until IS NULL OR lease_until <= $2) ORDER BY next_attempt_at LIMIT {limit} {skip}) RETURNING *"
    );
    let values = [owner.into(), now.0.into(), until.0.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = Entity::find().from_raw_sql(statement).all(db).await?;
    rows.into_iter().map(Message::try_from).collect()
}

/// Delivered.
pub async fn set_sent(db: &impl ConnectionTrait, id: MessageId, now: Timestamp) -> StoreResult<()> {
    let sql = "UPDATE messages SET state = 'sent', sent_at = $2, last_error = NULL, lease_owner = NULL, \
               lease_until = NULL WHERE id = $1 AND state <> 'sent'";
    let values = [id.0.into(), now.0.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Not delivered: why, and when to try again; `None` gives up. Where somebody has it [sent again](send_again) since it
/// was claimed, this was not the last attempt, and the next one is due.
pub async fn set_failed(
    db: &impl ConnectionTrait,
    message: &Message,
    error: &str,
    again: Option<Timestamp>,
) -> StoreResult<()> {
    let sql = "UPDATE messages SET state = CASE WHEN attempts = $5 THEN $2 ELSE state END, last_error = $3, \
               next_attempt_at = CASE WHEN attempts = $5 THEN COALESCE($4, next_attempt_at) ELSE next_attempt_at END, \
               lease_owner = NULL, lease_until = NULL WHERE id = $1 AND state = 'queued'";
    let state = if again.is_some() { "queued" } else { "failed" };
    let claimed = i64::from(message.attempts);
    let again = again.map(|at| at.0);
    let values = [message.id.0.into(), state.into(), error.into(), again.into(), claimed.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Due at `now`, as if it had never been tried; false when it was delivered meanwhile.
pub async fn send_again(tx: &impl ConnectionTrait, id: MessageId, now: Timestamp) -> StoreResult<bool> {
    let sql = "UPDATE messages SET state = 'queued', attempts = 0, next_attempt_at = $2 \
               WHERE id = $1 AND state <> 'sent'";
    let values = [id.0.into(), now.0.into()];
    let done = tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(done.rows_affected() > 0)
}

/// What the guard of sending it again looks at.
pub async fn facts(db: &impl ConnectionTrait, message: &Message) -> StoreResult<MessageFacts> {
    let administrators = crate::users::administrators(db, message.tenant_id).await?;
    Ok(MessageFacts {
        state: message.state,
        tried: message.last_error.is_some(),
        address: message.address.clone(),
        administrator: administrators.iter().any(|user| user.id == message.user_id.0),
    })
}

/// Whether the tenant was mailed about such an event since then.
pub async fn any_since(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    event: Event,
    since: Timestamp,
) -> StoreResult<bool> {
    let query = Entity::find()
        .filter(Column::TenantId.eq(tenant.0))
        .filter(Column::CreatedAt.gt(since.0))
        .filter(Column::Event.eq(event.as_str()));
    Ok(query.limit(1).one(db).await?.is_some())
}

/// A page of the tenant's messages, the newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    after: Option<&Cursor>,
    limit: usize,
) -> StoreResult<Page<Message>> {
    let mut query = Entity::find().filter(Column::TenantId.eq(tenant.0));
    if let Some(after) = after {
        let at: i64 = after.value.parse().unwrap_or(i64::MAX);
        query = query.filter(
            Condition::any()
                .add(Column::CreatedAt.lt(at))
                .add(Condition::all().add(Column::CreatedAt.eq(at)).add(Column::Id.lt(after.id))),
        );
    }
    let query = query.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    let rows = query.limit(limit as u64 + 1).all(db).await?;
    let rows: StoreResult<Vec<Message>> = rows.into_iter().map(Message::try_from).collect();
    Ok(Page::cut(rows?, limit, |row| Cursor { value: row.created_at.0.to_string(), id: row.id.0 }))
}

/// One message of the tenant.
pub async fn get(db: &impl ConnectionTrait, tenant: TenantId, id: MessageId) -> StoreResult<Option<Message>> {
    let query = Entity::find_by_id(id.0).filter(Column::TenantId.eq(tenant.0));
    query.one(db).await?.map(Message::try_from).transpose()
}
