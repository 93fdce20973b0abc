//! Backups that are made by themselves.

use crate::{StoreError, StoreResult};
use domain::{EnvironmentId, Timestamp, UserId, backups::Schedule};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::OnConflict,
};

entity!("backup_schedules" {
    #[sea_orm(primary_key, auto_increment = false)] environment_id: Uuid,
    every_hours: i64,
    keep: i64,
    next_at: i64,
    set_by: Uuid,
});

use entity::{Column, Entity, Model};

/// An environment's schedule and its next turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Planned {
    pub environment_id: EnvironmentId,
    pub schedule: Schedule,
    pub next_at: Timestamp,
}

impl TryFrom<Model> for Planned {
    type Error = StoreError;

    fn try_from(row: Model) -> StoreResult<Self> {
        let schedule = Schedule::new(row.every_hours, row.keep)
            .map_err(|_| StoreError::inconsistent("backup_schedules", row.environment_id))?;
        Ok(Self {
            environment_id: EnvironmentId(row.environment_id),
            schedule,
            next_at: Timestamp(row.next_at),
        })
    }
}

/// The environment's schedule, if it has one.
pub async fn get(db: &impl ConnectionTrait, environment: EnvironmentId) -> StoreResult<Option<Planned>> {
    Entity::find_by_id(environment.0).one(db).await?.map(Planned::try_from).transpose()
}

/// Sets or replaces it.
pub async fn set(tx: &impl ConnectionTrait, planned: Planned, by: UserId) -> StoreResult<()> {
    let row = Model {
        environment_id: planned.environment_id.0,
        every_hours: i64::from(planned.schedule.every_hours()),
        keep: i64::from(planned.schedule.keep()),
        next_at: planned.next_at.0,
        set_by: by.0,
    };
    let replace = OnConflict::column(Column::EnvironmentId)
        .update_columns([Column::EveryHours, Column::Keep, Column::NextAt, Column::SetBy])
        .to_owned();
    Entity::insert(entity::ActiveModel::from(row)).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}

/// The next turn.
pub async fn set_next(
    tx: &impl ConnectionTrait,
    environment: EnvironmentId,
    next: Timestamp,
) -> StoreResult<()> {
    let row = entity::ActiveModel {
        environment_id: Set(environment.0),
        next_at: Set(next.0),
        ..Default::default()
    };
    Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Ends it; whether there was one.
pub async fn delete(tx: &impl ConnectionTrait, environment: EnvironmentId) -> StoreResult<bool> {
    Ok(Entity::delete_by_id(environment.0).exec(tx).await?.rows_affected > 0)
}

/// A page of those whose turn has come, of whatever tenant; who waits longest is first.
pub async fn due(
    db: &impl ConnectionTrait,
    now: Timestamp,
    after: Option<&Planned>,
    limit: u64,
) -> StoreResult<Vec<Planned>> {
    let mut query = Entity::find().filter(Column::NextAt.lte(now.0)).limit(limit);
    if let Some(Planned { environment_id, next_at, .. }) = after {
        let same = Condition::all()
            .add(Column::NextAt.eq(next_at.0))
            .add(Column::EnvironmentId.gt(environment_id.0));
        query = query.filter(Condition::any().add(Column::NextAt.gt(next_at.0)).add(same));
    }
    let query = query.order_by_asc(Column::NextAt).order_by_asc(Column::EnvironmentId);
    query.all(db).await?.into_iter().map(Planned::try_from).collect()
}
