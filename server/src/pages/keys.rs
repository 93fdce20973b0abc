//! The forms of protection keys.

use super::{Done, Posted, Route, downloads::attachment};
use axum::{extract::DefaultBodyLimit, response::Response, routing::post};
use domain::{ApprovalId, Code, KeyId, Refusal, RingId, approvals::Change};
use service::{
    ServiceResult, keys,
    keys::{Generate, Lock, Proof, Unlock, Upload},
};

/// A key file with its form around it, in bytes; the file itself is checked against its own limit.
const BODY: usize = 2 * keys::MAX_FILE;

pub(super) const FORMS: &[Route] = &[
    ("/encryption-keys/new", || post(create).layer(DefaultBodyLimit::max(BODY))),
    ("/encryption-keys/report", || post(report)),
    ("/encryption-keys/clear-report", || post(clear_report)),
    ("/encryption-keys/roll-back", || post(roll_back)),
    ("/encryption-keys/approval", || post(approval)),
    ("/encryption-keys/{id}/approval", || post(ask_approval)),
    ("/encryption-keys/{id}/activate", || post(activate)),
    ("/encryption-keys/{id}/lock", || post(lock).layer(DefaultBodyLimit::max(BODY))),
    ("/encryption-keys/{id}/unlock", || post(unlock).layer(DefaultBodyLimit::max(BODY))),
    ("/encryption-keys/{id}/file", || post(file).layer(DefaultBodyLimit::max(BODY))),
];

async fn create(mut form: Posted) -> Response {
    let outcome = match form.fields.get("how") {
        Some("generate") => generated(&mut form).await,
        _ => created(&mut form).await,
    };
    form.answer(outcome).await
}

/// To the page where the file is downloaded.
async fn generated(form: &mut Posted) -> ServiceResult<String> {
    let ring = ring(form).await?;
    let generate = Generate {
        name: form.fields.text("name"),
        password: form.fields.take_twice("password", "password_again")?,
        risk_acknowledged: false,
    };
    let id = keys::generate(form.portal(), form.caller()?, ring, generate).await?;
    Ok(Done::KeyGenerated.at(&format!("/encryption-keys/{id}/file")))
}

/// Out with the file, or back in with it.
async fn file(mut form: Posted) -> Response {
    if form.fields.get("do") != Some("download") {
        let outcome = proved(&mut form).await;
        return form.answer(outcome).await;
    }
    match downloaded(&form).await {
        Ok((name, file)) => attachment(&name, keys::FILE_TYPE, file),
        Err(error) => form.answer(Err(error)).await,
    }
}

async fn downloaded(form: &Posted) -> ServiceResult<(String, Vec<u8>)> {
    keys::download(form.portal(), form.caller()?, form.id("id")?).await
}

async fn proved(form: &mut Posted) -> ServiceResult<String> {
    let id: KeyId = form.id("id")?;
    let proof = Proof {
        file: form.fields.take_file("file").unwrap_or_default().content,
        password: form.fields.take_secret("password"),
    };
    keys::prove(form.portal(), form.caller()?, id, proof).await?;
    Ok(Done::KeyProved.at(&format!("/encryption-keys/{id}")))
}

/// Back to the list, with the new key selected.
async fn created(form: &mut Posted) -> ServiceResult<String> {
    let ring = ring(form).await?;
    let upload = Upload {
        name: form.fields.text("name"),
        file: form.fields.take_file("file").unwrap_or_default().content,
        password: form.fields.take_secret("password"),
        risk_acknowledged: false,
    };
    let uploaded = keys::upload(form.portal(), form.caller()?, ring, upload).await?;
    let done = if uploaded.activating { Done::KeyActivating } else { Done::KeyAdded };
    let list = [("region", form.fields.text("region")), ("key", uploaded.id.to_string())];
    let list = list.each_ref().map(|(name, value)| (*name, value.as_str()));
    Ok(done.at(&app::url::with_query("/encryption-keys", &list)))
}

/// The ring of the chosen region.
async fn ring(form: &Posted) -> ServiceResult<RingId> {
    let region = form.fields.text("region");
    let rings = keys::rings(form.portal(), form.caller()?).await?;
    let ring = rings.iter().find(|ring| ring.region == region);
    let missing = || Refusal::field(Code::Invalid, "region", "Choose one of your organisation's regions.");
    Ok(ring.map(|ring| RingId(ring.id)).ok_or_else(missing)?)
}

async fn activate(form: Posted) -> Response {
    let outcome = activated(&form).await;
    form.answer(outcome).await
}

/// The button on the dialog is the confirmation (PP-075).
async fn activated(form: &Posted) -> ServiceResult<String> {
    let id: KeyId = form.id("id")?;
    keys::activate(form.portal(), form.caller()?, id, form.fields.ticked("confirmed"), false).await?;
    Ok(Done::KeyActivating.at(&format!("/encryption-keys/{id}")))
}

async fn lock(mut form: Posted) -> Response {
    let outcome = locked(&mut form).await;
    form.answer(outcome).await
}

/// To the operation, which shows how far it is.
async fn locked(form: &mut Posted) -> ServiceResult<String> {
    let id: KeyId = form.id("id")?;
    let lock = Lock {
        file: form.fields.take_file("file").unwrap_or_default().content,
        password: form.fields.take_secret("password"),
        typed_text: form.fields.text("confirmation"),
        confirmed: form.fields.ticked("confirmed"),
        risk_acknowledged: false,
    };
    let operation = keys::lock(form.portal(), form.caller()?, id, lock).await?;
    Ok(Done::LockStarted.at(&format!("/operations/{operation}")))
}

async fn unlock(mut form: Posted) -> Response {
    let outcome = unlocked(&mut form).await;
    form.answer(outcome).await
}

async fn unlocked(form: &mut Posted) -> ServiceResult<String> {
    let id: KeyId = form.id("id")?;
    let unlock = Unlock {
        file: form.fields.take_file("file").unwrap_or_default().content,
        password: form.fields.take_secret("password"),
        risk_acknowledged: false,
    };
    keys::unlock(form.portal(), form.caller()?, id, unlock).await?;
    Ok(Done::KeyUnlocking.at(&format!("/encryption-keys/{id}")))
}

async fn report(form: Posted) -> Response {
    let outcome = reported(&form).await;
    form.answer(outcome).await
}

async fn reported(form: &Posted) -> ServiceResult<String> {
    let (ring, confirmed) = (ring(form).await?, form.fields.ticked("confirmed"));
    let link = Some(form.fields.text("link")).filter(|link| !link.is_empty());
    keys::report(form.portal(), form.caller()?, ring, confirmed, link).await?;
    Ok(Done::ChangeReported.at(&list(form)))
}

async fn clear_report(form: Posted) -> Response {
    let outcome = cleared(&form).await;
    form.answer(outcome).await
}

async fn cleared(form: &Posted) -> ServiceResult<String> {
    let (ring, confirmed) = (ring(form).await?, form.fields.ticked("confirmed"));
    keys::clear_report(form.portal(), form.caller()?, ring, confirmed).await?;
    Ok(Done::ReportCleared.at(&list(form)))
}

async fn roll_back(form: Posted) -> Response {
    let outcome = rolled_back(&form).await;
    form.answer(outcome).await
}

/// Scheduled, or called off.
async fn rolled_back(form: &Posted) -> ServiceResult<String> {
    let ring = ring(form).await?;
    if form.fields.get("do") == Some("cancel") {
        keys::cancel_roll_back(form.portal(), form.caller()?, ring).await?;
        return Ok(Done::RollBackCancelled.at(&list(form)));
    }
    keys::schedule_roll_back(form.portal(), form.caller()?, ring, form.fields.ticked("confirmed")).await?;
    Ok(Done::RollBackScheduled.at(&list(form)))
}

async fn ask_approval(form: Posted) -> Response {
    let outcome = approval_asked(&form).await;
    form.answer(outcome).await
}

async fn approval_asked(form: &Posted) -> ServiceResult<String> {
    let id: KeyId = form.id("id")?;
    let unknown = || Refusal::new(Code::Invalid, "Choose what approval is asked for.");
    let change = Change::parse(&form.fields.text("for")).ok_or_else(unknown)?;
    keys::ask_approval(form.portal(), form.caller()?, id, change, form.fields.ticked("confirmed")).await?;
    Ok(Done::ApprovalAsked.at(&list(form)))
}

async fn approval(form: Posted) -> Response {
    let outcome = answered(&form).await;
    form.answer(outcome).await
}

/// Approved, refused or withdrawn.
async fn answered(form: &Posted) -> ServiceResult<String> {
    let ring = ring(form).await?;
    let unknown = |_| Refusal::new(Code::Invalid, "The form does not say which question it answers.");
    let id: ApprovalId = form.fields.text("question").parse().map_err(unknown)?;
    if form.fields.get("do") == Some("withdraw") {
        keys::withdraw_approval(form.portal(), form.caller()?, ring, id).await?;
        return Ok(Done::ApprovalWithdrawn.at(&list(form)));
    }
    keys::give_approval(form.portal(), form.caller()?, ring, id, form.fields.ticked("confirmed")).await?;
    Ok(Done::ApprovalGiven.at(&list(form)))
}

/// The keys of the region that the form is about.
fn list(form: &Posted) -> String {
    app::url::with_query("/encryption-keys", &[("region", &form.fields.text("region"))])
}
