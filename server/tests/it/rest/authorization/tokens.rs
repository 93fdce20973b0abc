//! One token a caller.

use crate::{cast::Cast, harness::House};
use service::{
    setup,
    tokens::{self, NewToken},
};

/// The callers of the API: the cast, and two whose tokens are no good any more.
pub(super) const CALLERS: [&str; 9] = {
    let [a, b, c, d, e, f, g] = crate::cast::ACTORS;
    [a, b, c, d, e, f, g, "a Global administrator's revoked token", "a Global administrator's expired token"]
};

/// In the order of [`CALLERS`]; strangers have none.
pub(super) struct Tokens([Option<String>; 9]);

impl Tokens {
    pub(super) async fn new(house: &House, cast: &Cast) -> Self {
        let mut tokens = std::array::from_fn(|_| None);
        tokens[8] = Some(house.token(house.admin.user()).await);
        house.wait(86_400);
        tokens[7] = Some(revoked(house).await);
        for (actor, token) in tokens.iter_mut().enumerate().take(7) {
            if let Some((user, _)) = cast.person(actor) {
                *token = Some(house.token(user).await);
            }
        }
        Self(tokens)
    }

    pub(super) fn of(&self, caller: usize) -> Option<&str> {
        self.0[caller].as_deref()
    }
}

async fn revoked(house: &House) -> String {
    let operator = setup::operator(&house.portal, house.admin.user()).await.unwrap();
    let form = NewToken { name: "revoked".to_owned(), days: 1 };
    let token = tokens::add(&house.portal, &operator, form).await.unwrap();
    tokens::revoke(&house.portal, &operator, token.id).await.unwrap();
    token.secret.to_string()
}
