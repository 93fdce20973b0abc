//! Backups of environments; restore, copy and reset.

use super::{
    answer::{self, Accepted, accepted, cursor, limit},
    extract::{Api, Json, Path, Query},
    problem::Answer,
    wire,
};
use api_types::{
    Backup, BackupSchedule, DataTarget, List, Operation, ReplaceData, ResetEnvironment, SetBackupSchedule,
};
use domain::{BackupId, EnvironmentId, Refusal, actions::Action};
use http::StatusCode;
use serde::Deserialize;
use service::{backups, backups::TargetFilter, environments};
use utoipa::IntoParams;

/// Which part of a list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 200, 50 unless asked for.
    limit: Option<usize>,
}

/// Which targets.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Targets {
    /// Part of the name, letter case aside.
    search: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 200, 50 unless asked for.
    limit: Option<usize>,
}

impl Targets {
    fn filter(self) -> Answer<TargetFilter> {
        let (after, limit) = (cursor(self.after.as_deref())?, limit(self.limit, 200)?);
        Ok(TargetFilter { search: self.search, after, limit, ..TargetFilter::default() })
    }
}

/// An environment's backups, the newest first
#[utoipa::path(get, path = "/environments/{id}/backups", operation_id = "list_backups", tag = "backups",
    params(("id" = Uuid, Path), Part), responses((status = 200, body = List<Backup>)))]
pub(super) async fn list(
    api: Api,
    Path(id): Path<EnvironmentId>,
    Query(part): Query<Part>,
) -> Answer<Json<List<Backup>>> {
    let (after, limit) = (cursor(part.after.as_deref())?, limit(part.limit, 200)?);
    let overview = backups::overview(&api.portal, &api.caller, id, after, limit).await?;
    Ok(answer::list(overview.backups, wire::backup))
}

/// Back an environment up
///
/// As it is when the job begins; it stays online. The backup needs the key that the environment has now.
#[utoipa::path(post, path = "/environments/{id}/backups", operation_id = "create_backup", tag = "backups",
    params(("id" = Uuid, Path)),
    responses((status = 202, body = Operation, headers(("Operation-Location" = String)))))]
pub(super) async fn create(api: Api, Path(id): Path<EnvironmentId>) -> Answer<Accepted> {
    let operation = backups::create(&api.portal, &api.caller, id).await?;
    accepted(&api, operation).await
}

/// One backup
#[utoipa::path(get, path = "/environments/{id}/backups/{backup}", operation_id = "get_backup", tag = "backups",
    params(("id" = Uuid, Path), ("backup" = Uuid, Path)), responses((status = 200, body = Backup)))]
pub(super) async fn get(
    api: Api,
    Path((id, backup)): Path<(EnvironmentId, BackupId)>,
) -> Answer<Json<Backup>> {
    Ok(Json(wire::backup(&backups::get(&api.portal, &api.caller, id, backup).await?)))
}

/// Delete a backup
///
/// Its key is destroyed at once; nothing brings it back.
#[utoipa::path(delete, path = "/environments/{id}/backups/{backup}", operation_id = "delete_backup", tag = "backups",
    params(("id" = Uuid, Path), ("backup" = Uuid, Path)),
    responses((status = 204, description = "Deleted")))]
pub(super) async fn delete(
    api: Api,
    Path((id, backup)): Path<(EnvironmentId, BackupId)>,
) -> Answer<StatusCode> {
    backups::delete(&api.portal, &api.caller, id, backup, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where a backup may be restored
///
/// Every environment you see, with the reason where it may not (PP-131).
#[utoipa::path(get, path = "/environments/{id}/backups/{backup}/targets", operation_id = "list_restore_targets",
    tag = "backups", params(("id" = Uuid, Path), ("backup" = Uuid, Path), Targets),
    responses((status = 200, body = List<DataTarget>)))]
pub(super) async fn restore_targets(
    api: Api,
    Path((id, backup)): Path<(EnvironmentId, BackupId)>,
    Query(which): Query<Targets>,
) -> Answer<Json<List<DataTarget>>> {
    let page = backups::restore_targets(&api.portal, &api.caller, id, backup, which.filter()?).await?;
    Ok(answer::list(page, |target| wire::target(target, Action::EnvironmentRestore)))
}

/// Restore a backup
///
/// What the target holds is replaced; its name must be typed. It can be read until the rows are there, and the job can be
/// cancelled until then. Tables get new ids, rows keep theirs. Every administrator is mailed.
#[utoipa::path(post, path = "/environments/{id}/backups/{backup}/restore", operation_id = "restore_backup",
    tag = "backups", params(("id" = Uuid, Path), ("backup" = Uuid, Path)), request_body = ReplaceData,
    responses((status = 202, body = Operation, headers(("Operation-Location" = String)))))]
pub(super) async fn restore(
    api: Api,
    Path((id, backup)): Path<(EnvironmentId, BackupId)>,
    Json(form): Json<ReplaceData>,
) -> Answer<Accepted> {
    let (target, typed) = (EnvironmentId(form.target_id), form.typed_name);
    let operation = environments::restore(&api.portal, &api.caller, (id, backup), target, typed).await?;
    accepted(&api, operation).await
}

/// An environment's backup schedule
#[utoipa::path(get, path = "/environments/{id}/backup-schedule", operation_id = "get_backup_schedule",
    tag = "backups", params(("id" = Uuid, Path)), responses((status = 200, body = BackupSchedule)))]
pub(super) async fn get_schedule(api: Api, Path(id): Path<EnvironmentId>) -> Answer<Json<BackupSchedule>> {
    let overview = backups::overview(&api.portal, &api.caller, id, None, 1).await?;
    let planned = overview.planned.ok_or_else(|| Refusal::not_found("schedule"))?;
    Ok(Json(wire::schedule(&planned)))
}

/// Set a backup schedule
#[utoipa::path(put, path = "/environments/{id}/backup-schedule", operation_id = "set_backup_schedule",
    tag = "backups", params(("id" = Uuid, Path)), request_body = SetBackupSchedule,
    responses((status = 200, body = BackupSchedule)))]
pub(super) async fn set_schedule(
    api: Api,
    Path(id): Path<EnvironmentId>,
    Json(form): Json<SetBackupSchedule>,
) -> Answer<Json<BackupSchedule>> {
    backups::set_schedule(&api.portal, &api.caller, id, form.every_hours, form.keep).await?;
    get_schedule(api, Path(id)).await
}

/// End a backup schedule
///
/// Its backups stay.
#[utoipa::path(delete, path = "/environments/{id}/backup-schedule", operation_id = "cancel_backup_schedule",
    tag = "backups", params(("id" = Uuid, Path)), responses((status = 204, description = "Ended")))]
pub(super) async fn cancel_schedule(api: Api, Path(id): Path<EnvironmentId>) -> Answer<StatusCode> {
    backups::cancel_schedule(&api.portal, &api.caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where an environment may be copied
///
/// Every environment you see, with the reason where it may not (PP-132, PP-133).
#[utoipa::path(get, path = "/environments/{id}/copy-targets", operation_id = "list_copy_targets", tag = "backups",
    params(("id" = Uuid, Path), Targets), responses((status = 200, body = List<DataTarget>)))]
pub(super) async fn copy_targets(
    api: Api,
    Path(id): Path<EnvironmentId>,
    Query(which): Query<Targets>,
) -> Answer<Json<List<DataTarget>>> {
    let page = backups::copy_targets(&api.portal, &api.caller, id, which.filter()?).await?;
    Ok(answer::list(page, |target| wire::target(target, Action::EnvironmentCopy)))
}

/// Copy an environment
///
/// What the target holds is replaced by what this one holds; the target's name must be typed. Both can be read meanwhile,
/// and the job can be cancelled until the rows are there. Every administrator is mailed.
#[utoipa::path(post, path = "/environments/{id}/copy", operation_id = "copy_environment", tag = "backups",
    params(("id" = Uuid, Path)), request_body = ReplaceData,
    responses((status = 202, body = Operation, headers(("Operation-Location" = String)))))]
pub(super) async fn copy(
    api: Api,
    Path(id): Path<EnvironmentId>,
    Json(form): Json<ReplaceData>,
) -> Answer<Accepted> {
    let (target, typed) = (EnvironmentId(form.target_id), form.typed_name);
    let operation = environments::copy(&api.portal, &api.caller, id, target, typed).await?;
    accepted(&api, operation).await
}

/// Reset a sandbox
///
/// Its data and its backups are gone at once, and the platform's key encrypts what comes (PP-134, PP-135). Its name must
/// be typed. Every administrator is mailed.
#[utoipa::path(post, path = "/environments/{id}/reset", operation_id = "reset_environment", tag = "backups",
    params(("id" = Uuid, Path)), request_body = ResetEnvironment,
    responses((status = 202, body = Operation, headers(("Operation-Location" = String)))))]
pub(super) async fn reset(
    api: Api,
    Path(id): Path<EnvironmentId>,
    Json(form): Json<ResetEnvironment>,
) -> Answer<Accepted> {
    let ResetEnvironment { typed_name, risk_acknowledged } = form;
    let operation = environments::reset(&api.portal, &api.caller, id, typed_name, risk_acknowledged).await?;
    accepted(&api, operation).await
}
