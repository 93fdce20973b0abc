//! The manage-key risk: what was acknowledged by whom and when (PP-027…PP-034, PP-052, PP-074, PP-088).

use crate::{Act, Caller, Portal, ServiceResult, Target, Via, act};
use domain::{Code, Refusal, TokenId, actions::Action};

/// The text that is acknowledged today. A changed text gets a new id, so that the record stays true.
pub const TEXT_ID: &str = "manage-key-risk-2026-11";

/// What the risk dialog says, one sentence a line.
pub const TEXT: &[&str] = &[
    "Whoever manages encryption keys can make all data of your organisation unreadable.",
    "A malicious administrator could activate a key that only they hold, lock every environment with it and keep the file.",
    "Locked environments are offline for everyone, and their backups cannot be restored without that key file.",
    "That is why every key change is mailed to all administrators, a second change waits 24 hours, and locking waits 72 hours.",
    "Keep each key file and its password in a safe place: the portal cannot recover them.",
];

/// Records that the caller read the risk and confirmed, for this session or this request's token.
pub async fn acknowledge(portal: &Portal, caller: &Caller) -> ServiceResult<()> {
    portal
        .act(caller, Action::RiskAcknowledge, Target::Tenant, |act| {
            Box::pin(async move {
                act.record("text", TEXT_ID);
                insert(act).await
            })
        })
        .await
}

async fn insert(act: &mut Act) -> ServiceResult<()> {
    let (session_hash, token_id) = match act.caller.via() {
        Via::Session(hash) => (Some(hash.to_vec()), None),
        Via::Token(TokenId(id)) => (None, Some(*id)),
        Via::Operator | Via::Timer | Via::Job => (None, None),
    };
    let row = store::risk::Acknowledgement {
        id: act.fresh_id(),
        user_id: act.caller.user().0,
        session_hash,
        token_id,
        text_id: TEXT_ID.to_owned(),
        at: act.now.0,
    };
    store::risk::insert(&act.tx, row).await?;
    Ok(())
}

/// Whether the caller's session has acknowledged the risk: what decides if the dialog is shown.
pub async fn acknowledged(portal: &Portal, caller: &Caller) -> ServiceResult<bool> {
    act::permit(caller, Action::RiskAcknowledge, None)?;
    check(portal.db().read(), caller).await
}

async fn check(db: &impl store::ConnectionTrait, caller: &Caller) -> ServiceResult<bool> {
    match caller.via() {
        Via::Session(hash) => Ok(store::risk::in_session(db, caller.user(), hash, TEXT_ID).await?),
        Via::Token(_) => Ok(false),
        Via::Operator | Via::Timer | Via::Job => Ok(true),
    }
}

/// The guard in front of key changes. A token's request carries the acknowledgement itself
/// (`acknowledged`), which is then recorded.
pub(crate) async fn require(act: &mut Act, acknowledged: bool) -> ServiceResult<()> {
    if check(&act.tx, &act.caller).await? {
        return Ok(());
    }
    if acknowledged && matches!(act.caller.via(), Via::Token(_)) {
        return insert(act).await;
    }
    Err(Refusal::new(
        Code::RiskNotAcknowledged,
        "The risk of managing encryption keys has not been acknowledged.",
    )
    .remedy("Read the risk and confirm it first.")
    .into())
}
