//! Signing in with address and password.
//!
//! What cannot be told from the answer, nor from how long it takes: whether an account exists, and
//! whether it is disabled.

use crate::{Caller, Portal, ServiceError, ServiceResult, Target, Via, throttle};
use domain::{Code, Refusal, Timestamp, UserId, actions::Action, names::Email};
use std::time::Duration;
use store::users::User;
use tokio::{sync::Semaphore, time::Instant};
use vault::Password;

pub(crate) use crate::throttle::account;
pub use crate::throttle::{BLOCK, FAILURES, WINDOW};

/// Argon2id takes 19 MiB and a core: this many run at once in a process.
static HASHING: Semaphore = Semaphore::const_new(2);
/// No refusal leaves sooner: what happens behind it (an audit row, or none) cannot be timed.
const REFUSAL_AFTER: Duration = Duration::from_millis(100);

/// Where a sign-in comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The client's IP address.
    pub address: Option<String>,
    pub request_id: String,
}

/// Checks address and password; the session is the caller's business. Refused as
/// [`Code::SignInFailed`], or as [`Code::TooManyAttempts`] after [`FAILURES`] failures of the account
/// or the address within [`WINDOW`], for [`BLOCK`].
pub async fn sign_in(
    portal: &Portal,
    email: &str,
    password: Password,
    origin: Origin,
) -> ServiceResult<UserId> {
    let refusal_at = Instant::now() + REFUSAL_AFTER;
    let outcome = attempt(portal, email, password, origin).await;
    if outcome.is_err() {
        tokio::time::sleep_until(refusal_at).await;
    }
    outcome
}

async fn attempt(portal: &Portal, email: &str, password: Password, origin: Origin) -> ServiceResult<UserId> {
    let canonical = Email::parse(email).map_or_else(|_| String::new(), |email| email.canonical());
    let user = store::users::by_email(portal.db().read(), &canonical).await?;
    let subjects = throttle::Subjects::new(&canonical, origin.address.as_deref());
    subjects.check(portal).await?;
    let permit = HASHING.acquire().await.map_err(|error| anyhow::anyhow!(error))?;
    // Again: whoever queued with a hundred guesses may be blocked by now.
    subjects.check(portal).await?;
    let hash = user.as_ref().filter(|user| user.disabled_at.is_none()).map(|user| user.password_hash.clone());
    let good = blocking(move || verify(&password, hash.as_deref())).await?;
    let outcome = if good {
        subjects.forget(portal).await?;
        Ok(())
    } else {
        Err(wrong(subjects.count(portal).await?))
    };
    drop(permit);
    record(portal, user, outcome, origin).await
}

/// An unknown user costs what a known one does.
fn verify(password: &Password, hash: Option<&str>) -> bool {
    match hash {
        Some(hash) => vault::password::verify(password, hash),
        None => {
            vault::password::dummy_verify(password);
            false
        }
    }
}

/// Leaves the audit row in the person's tenant; of an unknown account there is only the log.
async fn record(
    portal: &Portal,
    user: Option<User>,
    outcome: Result<(), Refusal>,
    origin: Origin,
) -> ServiceResult<UserId> {
    let Some(user) = user else {
        tracing::info!(
            request = origin.request_id,
            address = origin.address,
            "sign-in to an unknown account"
        );
        return Err(outcome.err().unwrap_or_else(|| wrong(None)).into());
    };
    let id = UserId(user.id);
    let roles = store::users::roles(portal.db().read(), id).await?;
    let caller = Caller::new(&user, roles, Via::Session([0; 32]), origin.address, origin.request_id);
    portal
        .act(&caller, Action::SignIn, Target::Tenant, move |_| {
            Box::pin(async move { outcome.map(|()| id).map_err(ServiceError::from) })
        })
        .await
}

/// The one answer to every wrong attempt; the one that blocks says until when.
fn wrong(blocked_until: Option<Timestamp>) -> Refusal {
    let refusal = match blocked_until {
        None => Refusal::new(Code::SignInFailed, "The address or the password is wrong."),
        Some(until) => {
            let detail = format!(
                "The address or the password is wrong. After {FAILURES} failures, attempts are refused until {}.",
                until.human()
            );
            Refusal::new(Code::SignInFailed, detail).from(until)
        }
    };
    refusal.remedy("Check both. An administrator can reset a forgotten password.")
}

/// Replaces the caller's own password and ends the caller's other sessions. Wrong guesses of the
/// current password count as failed sign-ins.
pub async fn change_password(
    portal: &Portal,
    caller: &Caller,
    current: Password,
    new: Password,
) -> ServiceResult<()> {
    let user = store::users::get(portal.db().read(), caller.user()).await?;
    let user = user.ok_or_else(|| Refusal::not_found("user"))?;
    let subjects = throttle::Subjects::new(&user.email_canonical, None);
    let allowed = subjects.check(portal).await;
    portal.witness(caller, Action::PasswordChange, Target::Tenant, allowed).await?;
    let good = hashing(move || verify(&current, Some(&user.password_hash))).await?;
    if !good {
        subjects.count(portal).await?;
    }
    let hash = match good {
        true => {
            let hashed = crate::setup::hash_password(new).await.map_err(at_new_password);
            Some(portal.witness(caller, Action::PasswordChange, Target::Tenant, hashed).await?)
        }
        false => None,
    };
    portal
        .act(caller, Action::PasswordChange, Target::Tenant, move |act| {
            Box::pin(async move {
                let text = "This is not your current password.";
                let hash =
                    hash.ok_or_else(|| Refusal::field(Code::PasswordMismatch, "current_password", text))?;
                let user = act.caller.user();
                store::users::set_password(&act.tx, user, hash).await?;
                if let Via::Session(keep) = act.caller.via() {
                    let ended = store::sessions::delete_others(&act.tx, user, keep).await?;
                    act.record("sessions_ended", ended);
                }
                Ok(())
            })
        })
        .await
}

fn at_new_password(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Refused(mut refusal) => {
            refusal.fields.iter_mut().for_each(|field| field.field = "new_password".to_owned());
            ServiceError::Refused(refusal)
        }
        other => other,
    }
}

/// Runs a password hash, at most two of them at once in this process.
pub(crate) async fn hashing<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> ServiceResult<T> {
    let _permit = HASHING.acquire().await.map_err(|error| anyhow::anyhow!(error))?;
    blocking(work).await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> ServiceResult<T> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(|error| anyhow::anyhow!(error))?)
}
