//! Environments whose rows an operation is about to replace: nobody writes them meanwhile.

use super::{Entity, entity};
use crate::StoreResult;
use domain::{EnvironmentId, OperationId, RingId};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, Statement, Value};

/// The rows are about to be replaced by this operation, or by none any more.
pub async fn set_replaced_by(
    tx: &impl ConnectionTrait,
    id: EnvironmentId,
    operation: Option<OperationId>,
) -> StoreResult<()> {
    let row = entity::ActiveModel {
        id: Set(id.0),
        replaced_by: Set(operation.map(|id| id.0)),
        ..Default::default()
    };
    Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Of environments whose replacement is over.
const REPLACED_IN_VAIN: &str = "replaced_by IS NOT NULL AND replaced_by IN \
                                (SELECT id FROM operations WHERE state NOT IN ('queued', 'running'))";

/// Whether [`release_replaced`] has something to do: a look takes no lock.
pub async fn any_replaced_in_vain(db: &impl ConnectionTrait) -> StoreResult<bool> {
    let sql = format!("SELECT id FROM environments WHERE {REPLACED_IN_VAIN} LIMIT 1");
    Ok(db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?.is_some())
}

/// Lets rows be written again where the operation that was to replace them is over: in the ring whose gate is held, or
/// everywhere by a transaction that holds nothing.
pub async fn release_replaced(tx: &impl ConnectionTrait, ring: Option<RingId>) -> StoreResult<u64> {
    let of_ring = if ring.is_some() { "AND ring_id = $1" } else { "" };
    let sql = format!("UPDATE environments SET replaced_by = NULL WHERE {REPLACED_IN_VAIN} {of_ring}");
    let values: Vec<Value> = ring.map(|ring| ring.0.into()).into_iter().collect();
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}
