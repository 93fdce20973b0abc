//! What comes after a lock: the way back, and the copy of the new root key.

use crate::{ui::*, view, view::ViewDecision};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page of an ended lock says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewAfterLock {
    /// The key's address; none for those who may not see keys.
    pub key: Option<String>,
    /// T1: from when its file may come back (PP-106).
    pub unlock_from: Moment,
    /// Whether it may now; none when the key is back.
    pub unlock: Option<ViewDecision>,
    /// What is to be done about the root key, if anything is.
    pub root_key: Option<String>,
    /// Whether it is the one of before the lock.
    pub root_key_same: bool,
}

/// The card of an ended lock.
pub(super) fn card(after: ViewAfterLock) -> AnyView {
    let ViewAfterLock { key, unlock_from, unlock, root_key, .. } = after;
    let back = unlock.clone().map(|decision| {
        let why = decision.why.map(|why| view! { <p class="field-hint">{view::why(why)}</p> });
        view! {
            <p>
                "The file of the locked key brings it back, from " <Time at=unlock_from />
                " on; then each environment is unlocked."
            </p>
            {why}
        }
    });
    let ready = unlock.is_some_and(|decision| decision.allowed());
    let link = key.map(|key| match ready {
        true => view! { <ButtonLink label="Unlock the key" href=format!("{key}/unlock") /> },
        false => view! { <ButtonLink label="Show the key" href=key /> },
    });
    view! {
        <Card title="What comes next">
            {back} {root_key.map(|todo| view! { <p>{todo}</p> })}
            {link.map(|link| view! { <div class="actions">{link}</div> })}
        </Card>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
mod build {
    use super::ViewAfterLock;
    use crate::{error::UiError, view::ViewDecision};
    use domain::actions::Action;
    use service::{
        Caller, Portal,
        operations::{AfterLock, AfterLockRootKey, after_lock},
        store::operations::Operation,
    };

    impl ViewAfterLock {
        pub(in super::super) async fn load(
            portal: &Portal,
            caller: &Caller,
            operation: &Operation,
        ) -> Result<Option<Self>, UiError> {
            let Some(after) = after_lock(portal, caller, operation).await? else { return Ok(None) };
            let AfterLock { key, unlock_from, unlock, root_key } = after;
            let sees = caller.may(Action::KeyRead, None);
            Ok(Some(Self {
                key: sees.then(|| format!("/encryption-keys/{key}")),
                unlock_from: unlock_from.into(),
                unlock: unlock.map(|decision| ViewDecision::new(&decision, portal.clock().now())),
                root_key_same: root_key == AfterLockRootKey::Same,
                root_key: todo(root_key).map(str::to_owned),
            }))
        }
    }

    const fn todo(root_key: AfterLockRootKey) -> Option<&'static str> {
        match root_key {
            AfterLockRootKey::Replaced => Some(
                "The root key of this portal was replaced: the operator copies its file to its safe place again. The copy from before the lock opens only backups of the database from then.",
            ),
            AfterLockRootKey::Same => Some(
                "The root key of this portal is the same as before the lock: the page of encryption keys says what to do about it.",
            ),
            AfterLockRootKey::ReplacedOutside => None,
        }
    }
}
