//! Acknowledging the risk of managing keys (PP-052, PP-074, PP-088).

use super::{Posted, Route};
use app::url;
use axum::{response::Response, routing::post};
use service::{ServiceResult, risk};

pub(super) const FORMS: &[Route] = &[("/encryption-keys/risk", || post(acknowledge))];

async fn acknowledge(form: Posted) -> Response {
    let outcome = acknowledged(&form).await;
    form.answer(outcome).await
}

async fn acknowledged(form: &Posted) -> ServiceResult<String> {
    risk::acknowledge(form.portal(), form.caller()?).await?;
    Ok(url::safe_next(&form.fields.text("next")).to_owned())
}
