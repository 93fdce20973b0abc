//! The forms of backups, and of where data goes.

use super::{Done, Posted, Route};
use axum::{response::Response, routing::post};
use domain::{BackupId, Code, EnvironmentId, OperationId, Refusal};
use service::{ServiceResult, backups, environments, operations};

pub(super) const FORMS: &[Route] = &[
    ("/environments/{id}/backups", || post(overview)),
    ("/environments/{id}/backups/{backup}/restore", || post(restore)),
    ("/environments/{id}/backups/{backup}/delete", || post(delete)),
    ("/environments/{id}/copy", || post(copy)),
    ("/environments/{id}/reset", || post(reset)),
    ("/operations/{id}", || post(cancel)),
];

async fn overview(form: Posted) -> Response {
    let outcome = changed(&form).await;
    form.answer(outcome).await
}

async fn changed(form: &Posted) -> ServiceResult<String> {
    let id: EnvironmentId = form.id("id")?;
    let (portal, caller) = (form.portal(), form.caller()?);
    let done = match form.fields.text("do").as_str() {
        "create" => {
            backups::create(portal, caller, id).await?;
            Done::BackupStarted
        }
        "schedule" => {
            let number = |name| number(form, name);
            backups::set_schedule(portal, caller, id, number("every_hours"), number("keep")).await?;
            Done::ScheduleSaved
        }
        "cancel_schedule" => {
            backups::cancel_schedule(portal, caller, id).await?;
            Done::ScheduleEnded
        }
        _ => return Err(Refusal::new(Code::Invalid, "Choose what to do.").into()),
    };
    Ok(done.at(&format!("/environments/{id}/backups")))
}

/// What is no whole number is none that is accepted.
fn number(form: &Posted, name: &str) -> i64 {
    form.fields.text(name).trim().parse().unwrap_or(-1)
}

async fn restore(form: Posted) -> Response {
    let outcome = restored(&form).await;
    form.answer(outcome).await
}

async fn restored(form: &Posted) -> ServiceResult<String> {
    let (id, backup): (EnvironmentId, BackupId) = (form.id("id")?, form.id("backup")?);
    let (target, typed) = (target(form)?, form.fields.text("confirmation"));
    environments::restore(form.portal(), form.caller()?, (id, backup), target, typed).await?;
    Ok(Done::RestoreStarted.at(&format!("/environments/{target}")))
}

fn target(form: &Posted) -> ServiceResult<EnvironmentId> {
    let chosen = form.fields.text("target").parse();
    Ok(chosen.map_err(|_| Refusal::new(Code::Invalid, "Choose an environment below."))?)
}

async fn delete(form: Posted) -> Response {
    let outcome = deleted(&form).await;
    form.answer(outcome).await
}

async fn deleted(form: &Posted) -> ServiceResult<String> {
    let (id, backup): (EnvironmentId, BackupId) = (form.id("id")?, form.id("backup")?);
    let confirmed = form.fields.ticked("confirmed");
    backups::delete(form.portal(), form.caller()?, id, backup, confirmed).await?;
    Ok(Done::BackupDeleted.at(&format!("/environments/{id}/backups")))
}

async fn copy(form: Posted) -> Response {
    let outcome = copied(&form).await;
    form.answer(outcome).await
}

async fn copied(form: &Posted) -> ServiceResult<String> {
    let id: EnvironmentId = form.id("id")?;
    let (target, typed) = (target(form)?, form.fields.text("confirmation"));
    environments::copy(form.portal(), form.caller()?, id, target, typed).await?;
    Ok(Done::CopyStarted.at(&format!("/environments/{target}")))
}

async fn reset(form: Posted) -> Response {
    let outcome = emptied(&form).await;
    form.answer(outcome).await
}

async fn emptied(form: &Posted) -> ServiceResult<String> {
    let id: EnvironmentId = form.id("id")?;
    environments::reset(form.portal(), form.caller()?, id, form.fields.text("confirmation"), false).await?;
    Ok(Done::EnvironmentReset.at(&format!("/environments/{id}")))
}

async fn cancel(form: Posted) -> Response {
    let outcome = cancelled(&form).await;
    form.answer(outcome).await
}

async fn cancelled(form: &Posted) -> ServiceResult<String> {
    let id: OperationId = form.id("id")?;
    operations::cancel(form.portal(), form.caller()?, id).await?;
    Ok(Done::OperationCancelled.at(&format!("/operations/{id}")))
}
