//! The forms of the wizard, the sign-in and the own account.

use super::{Done, Posted, Route};
use crate::{
    middleware::{RequestId, client_address},
    serve::forget_setup_code,
    session_store::{USER, cookie_name},
};
use app::url;
use axum::{response::Response, routing::post};
use domain::{Code, Refusal, UserId, rings::SEAT_THRESHOLD};
use http::{HeaderValue, header::SET_COOKIE};
use service::{
    ServiceResult,
    sessions::{self, ADDRESS},
    setup::{self, Eligibility, Install},
    sign_in::{self, Origin},
};
use tower_sessions::Session;

pub(super) const FORMS: &[Route] = &[
    ("/sign-in", || post(sign_in)),
    ("/sign-out", || post(sign_out)),
    ("/setup", || post(set_up)),
    ("/account", || post(account)),
];

async fn sign_in(mut form: Posted) -> Response {
    let outcome = signed_in(&mut form).await;
    form.answer(outcome).await
}

async fn signed_in(form: &mut Posted) -> ServiceResult<String> {
    let password = form.fields.take_secret("password");
    let extensions = &form.parts().extensions;
    let origin = Origin { address: client_address(extensions), request_id: RequestId::of(extensions) };
    let user = sign_in::sign_in(form.portal(), &form.fields.text("email"), password, origin).await?;
    begin(form, user).await?;
    Ok(url::safe_next(&form.fields.text("next")).to_owned())
}

/// A session under a fresh id: one that was planted in the browser before is of no use afterwards.
async fn begin(form: &Posted, user: UserId) -> ServiceResult<()> {
    let session = session(form)?;
    session.clear().await;
    let stored = async {
        session.insert(USER, user.0).await?;
        session.insert(ADDRESS, client_address(&form.parts().extensions)).await?;
        session.cycle_id().await
    };
    Ok(stored.await.map_err(|error| anyhow::anyhow!(error))?)
}

fn session(form: &Posted) -> ServiceResult<&Session> {
    let session = form.parts().extensions.get::<Session>();
    Ok(session.ok_or_else(|| anyhow::anyhow!("there is no session layer around the pages"))?)
}

async fn sign_out(form: Posted) -> Response {
    let secure = form.state.site.secure;
    let outcome = signed_out(&form).await;
    let mut response = form.answer(outcome).await;
    // The layer's own removal lacks `Secure`, without which browsers ignore a `__Host-` cookie.
    if secure {
        let removal = format!("{}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax", cookie_name(secure));
        if let Ok(removal) = HeaderValue::try_from(removal) {
            response.headers_mut().append(SET_COOKIE, removal);
        }
    }
    response
}

async fn signed_out(form: &Posted) -> ServiceResult<String> {
    // Whoever is not signed in any more may still press the button.
    if let Ok(caller) = form.caller() {
        sessions::sign_out(form.portal(), caller).await?;
    }
    session(form)?.flush().await.map_err(|error| anyhow::anyhow!(error))?;
    Ok(Done::SignedOut.at("/sign-in"))
}

async fn set_up(mut form: Posted) -> Response {
    let outcome = installed(&mut form).await;
    form.answer(outcome).await
}

async fn installed(form: &mut Posted) -> ServiceResult<String> {
    let code = form.fields.take_secret("code");
    let password = form.fields.take_twice("password", "password_again")?;
    let fields = &form.fields;
    let install = Install {
        tenant: fields.text("tenant"),
        regions: regions(&fields.text("regions")),
        name: fields.text("name"),
        email: fields.text("email"),
        password,
        enable: eligibility(form)?,
    };
    setup::install_with_code(form.portal(), code.expose(), install).await?;
    if let Some(file) = &form.state.site.setup_code_file {
        forget_setup_code(file).await?;
    }
    Ok(Done::Installed.at("/sign-in"))
}

fn regions(text: &str) -> Vec<String> {
    let parts = text.split([',', ';', ' ', '\n']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// PP-004: turned on at once only with enough seats.
fn eligibility(form: &Posted) -> Result<Option<Eligibility>, Refusal> {
    if !form.fields.ticked("enable") {
        return Ok(None);
    }
    let seats = form.fields.text("seats").trim().parse::<i64>().ok().filter(|seats| *seats > SEAT_THRESHOLD);
    let text =
        format!("Give a number of more than {SEAT_THRESHOLD} seats (PP-004), or leave the feature off.");
    let seats = seats.ok_or_else(|| Refusal::field(Code::Invalid, "seats", text))?;
    Ok(Some(Eligibility { seats, threshold: SEAT_THRESHOLD }))
}

async fn account(mut form: Posted) -> Response {
    let outcome = changed(&mut form).await;
    form.answer(outcome).await
}

async fn changed(form: &mut Posted) -> ServiceResult<String> {
    let done = match form.fields.text("do").as_str() {
        "password" => {
            let current = form.fields.take_secret("current_password");
            let new = form.fields.take_twice("new_password", "new_password_again")?;
            sign_in::change_password(form.portal(), form.caller()?, current, new).await?;
            Done::PasswordChanged
        }
        "end_session" => {
            sessions::end(form.portal(), form.caller()?, form.fields.text("session")).await?;
            Done::SessionEnded
        }
        "end_others" => {
            sessions::end_all(form.portal(), form.caller()?, true).await?;
            Done::SessionsEnded
        }
        _ => return Err(Refusal::new(Code::Invalid, "Press one of the buttons on this page.").into()),
    };
    Ok(done.at("/account"))
}
