//! A locked environment: since when, until when, and how it comes back (PP-097, PP-103, PP-114).

use super::data::ViewEnvironment;
use crate::{
    ui::*,
    view::{LockBar, lock_bar},
};
use domain::Code;
use leptos::prelude::*;

/// Over the environment's pages, as long as it is locked; `more` are other ways from there.
pub(super) fn bar(data: &ViewEnvironment, more: Option<AnyView>) -> Option<AnyView> {
    if !data.is_locked() {
        return None;
    }
    let (link, words) = (link(data), words(data));
    // T1: nothing comes back in the first hour.
    let from = data.unlock.why.clone().and_then(|why| why.from);
    let from = from.map(|until| view! { " Possible " <Countdown until /> "." });
    Some(lock_bar(LockBar {
        title: "Environment locked.".to_owned(),
        since: data.since.clone(),
        then: view! { " " {words} {from} }.into_any(),
        region: false,
        deletion: data.deletion.clone().map(|until| until.at),
        actions: view! { {link} {more} }.into_any(),
    }))
}

/// What comes first.
fn words(data: &ViewEnvironment) -> &'static str {
    match key_is_back(data) {
        true => {
            "The key it was locked with is here again. When you unlock the environment its rows are checked; then it is online again."
        }
        false => {
            "First the key it was locked with comes back, by its file; then this environment can be unlocked, and is online again when its rows are checked."
        }
    }
}

/// The environment is unlocked when the key is back, the key otherwise.
fn link(data: &ViewEnvironment) -> Option<AnyView> {
    if data.unlock.allowed() {
        let href = data.address("/encryption/unlock");
        return Some(view! { <ButtonLink label="Unlock this environment" href /> }.into_any());
    }
    let key = data.key.as_ref().filter(|_| data.sees_keys && !key_is_back(data))?;
    let page = format!("/encryption-keys/{}", key.id);
    // T1: in the first hour its page says from when on; who may not unlock can look at it.
    let (label, href) = match data.unlock.code {
        Some(Code::UnlockTooEarly | Code::Forbidden) => ("Show the key", page),
        _ => ("Unlock the key", format!("{page}/unlock")),
    };
    Some(view! { <ButtonLink label href /> }.into_any())
}

fn key_is_back(data: &ViewEnvironment) -> bool {
    let id = |key: &Option<super::data::KeyName>| key.as_ref().map(|key| key.id.clone());
    id(&data.key).is_some() && id(&data.key) == id(&data.active_key)
}
