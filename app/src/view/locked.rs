//! What every page says of a lock, in the same words (PP-097, PP-103, PP-114).

use crate::ui::{MessageBar, Moment, Time, Tone};
use leptos::prelude::*;

/// Over a page whose data nobody can read or write.
pub struct LockBar {
    pub title: String,
    pub since: Moment,
    /// What comes first on the way back; empty where the actions say it.
    pub then: AnyView,
    /// T28: when what was locked first is deleted, if it is still locked; none where that has been decided already.
    pub deletion: Option<Moment>,
    /// Whether it is about a region, whose environments may be of several locks.
    pub region: bool,
    /// Where the way back begins.
    pub actions: AnyView,
}

/// Since when, what comes next, until when.
pub fn lock_bar(LockBar { title, since, then, deletion, region, actions }: LockBar) -> AnyView {
    let deletion = deletion.map(|at| match region {
        true => view! { " What was locked first is deleted for good on " <Time at /> ", unless it is unlocked before." }
            .into_any(),
        false => view! { " What is still locked on " <Time at /> " is deleted for good." }.into_any(),
    });
    view! {
        <MessageBar tone=Tone::Severe title actions>
            "Nobody has been able to read or write since " <Time at=since /> "." {then} {deletion}
        </MessageBar>
    }
    .into_any()
}
