//! The forms of environments.

use super::{Done, Posted, Route};
use axum::{response::Response, routing::post};
use domain::EnvironmentId;
use service::{ServiceResult, environments, environments::NewEnvironment};

pub(super) const FORMS: &[Route] = &[
    ("/environments/new", || post(create)),
    ("/environments/{id}/encryption/apply", || post(apply)),
    ("/environments/{id}/encryption/return", || post(give_back)),
    ("/environments/{id}/encryption/unlock", || post(unlock)),
    ("/environments/{id}/delete", || post(delete)),
];

async fn create(form: Posted) -> Response {
    let outcome = created(&form).await;
    form.answer(outcome).await
}

async fn created(form: &Posted) -> ServiceResult<String> {
    let fields = &form.fields;
    let new = NewEnvironment {
        name: fields.text("name"),
        kind: fields.text("type"),
        region: fields.text("region"),
    };
    let id = environments::create(form.portal(), form.caller()?, new).await?;
    Ok(Done::EnvironmentCreated.at(&format!("/environments/{id}")))
}

async fn apply(form: Posted) -> Response {
    let outcome = applied(&form).await;
    form.answer(outcome).await
}

/// The button on the dialog is the confirmation (PP-090).
async fn applied(form: &Posted) -> ServiceResult<String> {
    let id: EnvironmentId = form.id("id")?;
    environments::apply(form.portal(), form.caller()?, id, form.fields.ticked("confirmed"), false).await?;
    Ok(Done::ApplyStarted.at(&format!("/environments/{id}/encryption")))
}

async fn give_back(form: Posted) -> Response {
    let outcome = given_back(&form).await;
    form.answer(outcome).await
}

async fn given_back(form: &Posted) -> ServiceResult<String> {
    let id: EnvironmentId = form.id("id")?;
    let (typed, confirmed) = (form.fields.text("confirmation"), form.fields.ticked("confirmed"));
    environments::give_back(form.portal(), form.caller()?, id, typed, confirmed, false).await?;
    Ok(Done::ReturnStarted.at(&format!("/environments/{id}/encryption")))
}

async fn unlock(form: Posted) -> Response {
    let outcome = unlocked(&form).await;
    form.answer(outcome).await
}

/// The button on the dialog is the confirmation (PP-127).
async fn unlocked(form: &Posted) -> ServiceResult<String> {
    let id: EnvironmentId = form.id("id")?;
    environments::unlock(form.portal(), form.caller()?, id, form.fields.ticked("confirmed"), false).await?;
    Ok(Done::UnlockStarted.at(&format!("/environments/{id}/encryption")))
}

async fn delete(form: Posted) -> Response {
    let outcome = deleted(&form).await;
    form.answer(outcome).await
}

async fn deleted(form: &Posted) -> ServiceResult<String> {
    let id: EnvironmentId = form.id("id")?;
    environments::delete(form.portal(), form.caller()?, id, form.fields.text("confirmation"), false).await?;
    Ok(Done::EnvironmentDeleted.at("/environments"))
}
