//! The policy's answers as pages show them.

use crate::ui::{Countdown, MessageBar, Tone, Why};
use domain::Code;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether something may be done now; if not, why, from when and what to do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewDecision {
    /// The refusal's code; none when it is allowed.
    pub code: Option<Code>,
    /// The refusal's words; none when it is allowed.
    pub why: Option<Why>,
}

impl ViewDecision {
    /// Whether it may be done.
    pub fn allowed(&self) -> bool {
        self.why.is_none()
    }

    /// The policy's answer, for a page made at `now`.
    #[cfg(feature = "ssr")]
    pub fn new(decision: &domain::policy::Decision, now: domain::Timestamp) -> Self {
        let refusal = decision.as_ref().err();
        Self { code: refusal.map(|refusal| refusal.code), why: refusal.map(|refusal| Why::new(refusal, now)) }
    }
}

/// The reason, from when and what to do, as running text.
pub fn why(why: Why) -> AnyView {
    let Why { reason, remedy, see, from } = why;
    view! {
        <span>{reason}</span>
        {from.map(|until| view! { " Possible " <Countdown until /> "." })}
        {remedy.map(|remedy| format!(" {remedy}"))}
        {see.map(|(href, label)| view! { " " <a href=href>{label}</a> })}
    }
    .into_any()
}

/// The place of a form or a question while the policy says no: its reason instead.
pub fn not_now(title: impl Into<String>, reason: Why) -> AnyView {
    let title = title.into();
    view! {
        <MessageBar tone=Tone::Warning title>
            {why(reason)}
        </MessageBar>
    }
    .into_any()
}
