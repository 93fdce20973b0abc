//! API tokens: added for oneself, shown once, kept only as their SHA-256.

use crate::{Act, Caller, Portal, ServiceResult, Target, Via, act};
use domain::{Code, Refusal, Timestamp, TokenId, UserId, actions::Action, names::TokenName};
use std::time::Duration;
use store::tokens::Token;
use vault::Zeroizing;

/// The longest life of a token, in days: a forgotten one ends by itself.
pub const MAX_DAYS: u32 = 366;

/// What a new token's form says.
pub struct NewToken {
    /// What it is for; people tell tokens apart by it.
    pub name: String,
    /// 1 to [`MAX_DAYS`].
    pub days: u32,
}

/// A token that was just added: the only time its secret is known.
pub struct AddedToken {
    pub id: TokenId,
    /// What goes behind `Authorization: Bearer`.
    pub secret: Zeroizing<String>,
    pub expires_at: Timestamp,
}

/// A token as lists show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedToken {
    pub id: TokenId,
    pub name: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    /// Whether it can be used at the time of the list.
    pub usable: bool,
}

/// Adds a token that acts as the caller, with the caller's roles at each use. Nobody adds one for
/// somebody else, so that the audit trail's names stay true; the operator acts as the user.
pub async fn add(portal: &Portal, caller: &Caller, form: NewToken) -> ServiceResult<AddedToken> {
    portal
        .act(caller, Action::TokenAdd, Target::Tenant, |act| Box::pin(async move { insert(act, form).await }))
        .await
}

async fn insert(act: &mut Act, form: NewToken) -> ServiceResult<AddedToken> {
    let name = TokenName::parse(&form.name).map_err(|why| Refusal::field(Code::Invalid, "name", why))?;
    if !(1..=MAX_DAYS).contains(&form.days) {
        return Err(Refusal::field(Code::Invalid, "days", "Give 1 to 366 days.").into());
    }
    let secret = vault::token::generate();
    let expires_at = act.now + Duration::from_secs(u64::from(form.days) * 86_400);
    let id = TokenId(act.fresh_id());
    let token = Token {
        id: id.0,
        user_id: act.caller.user().0,
        name: name.to_string(),
        secret_hash: secret.hash().to_vec(),
        created_at: act.now.0,
        expires_at: expires_at.0,
        revoked_at: None,
    };
    store::tokens::insert(&act.tx, token).await?;
    act.record("token", id.to_string());
    act.record("name", name.as_str());
    act.record("expires_at", expires_at.rfc3339());
    Ok(AddedToken { id, secret: secret.expose(), expires_at })
}

/// A person's tokens, the newest first: one's own, or those of a member of the organisation for
/// whoever may revoke them.
pub async fn list(portal: &Portal, caller: &Caller, user: UserId) -> ServiceResult<Vec<ListedToken>> {
    let db = portal.db().read();
    if user != caller.user() {
        act::permit(caller, Action::TokenRevoke, None)?;
        let owner = store::users::get(db, user).await?;
        owner.filter(|u| u.tenant_id == caller.tenant().0).ok_or_else(|| Refusal::not_found("user"))?;
    }
    let now = portal.clock().now();
    let tokens = store::tokens::of_user(db, user).await?;
    Ok(tokens.into_iter().map(|token| listed(token, now)).collect())
}

fn listed(token: Token, now: Timestamp) -> ListedToken {
    ListedToken {
        id: TokenId(token.id),
        usable: token.revoked_at.is_none() && token.expires_at > now.0,
        created_at: Timestamp(token.created_at),
        expires_at: Timestamp(token.expires_at),
        revoked_at: token.revoked_at.map(Timestamp),
        name: token.name,
    }
}

/// Ends a token of somebody in the organisation, from the next request on. Ending it again changes
/// nothing.
pub async fn revoke(portal: &Portal, caller: &Caller, id: TokenId) -> ServiceResult<()> {
    portal
        .act(caller, Action::TokenRevoke, Target::Tenant, move |act| {
            Box::pin(async move { end(act, id).await })
        })
        .await
}

async fn end(act: &mut Act, id: TokenId) -> ServiceResult<()> {
    let missing = || Refusal::not_found("token");
    let token = store::tokens::get(&act.tx, id).await?.ok_or_else(missing)?;
    let owner = store::users::get(&act.tx, UserId(token.user_id)).await?;
    let owner = owner.filter(|u| u.tenant_id == act.caller.tenant().0).ok_or_else(missing)?;
    act.record("token", id.to_string());
    act.record("name", token.name);
    act.record("user", owner.email);
    if token.revoked_at.is_none() {
        store::tokens::revoke(&act.tx, id, act.now).await?;
    }
    Ok(())
}

/// Who sends `secret`. Unknown, expired and revoked tokens and those of disabled users get the same
/// answer.
pub async fn authenticate(
    portal: &Portal,
    secret: &str,
    address: Option<String>,
    request_id: String,
) -> ServiceResult<Caller> {
    let db = portal.db().read();
    let hash = vault::token::hash(secret);
    let token = store::tokens::by_hash(db, &hash, portal.clock().now()).await?.ok_or_else(unusable)?;
    let user = store::users::get(db, UserId(token.user_id)).await?;
    let user = user.filter(|user| user.disabled_at.is_none()).ok_or_else(unusable)?;
    let roles = store::users::roles(db, UserId(user.id)).await?;
    Ok(Caller::new(&user, roles, Via::Token(TokenId(token.id)), address, request_id))
}

fn unusable() -> Refusal {
    Refusal::new(Code::SignInRequired, "This API token is not valid: unknown, expired or revoked.")
        .remedy("Send a valid token as 'Authorization: Bearer …'.")
}
