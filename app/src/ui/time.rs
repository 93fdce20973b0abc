//! Moments and deadlines as pages carry them: formatted once, on the server, so that both sides
//! render the same text whatever the browser's clock, zone and language say.

use domain::{Refusal, Timestamp, time::human_span};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A moment: for machines and for people, both UTC.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Moment {
    /// RFC 3339, `2026-11-24T09:12:00Z`.
    pub iso: String,
    /// `24 Nov 2026, 09:12 UTC`.
    pub shown: String,
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self { iso: at.rfc3339(), shown: at.human() }
    }
}

/// A moment something waits for, and how long that still is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Deadline {
    /// When.
    pub at: Moment,
    /// `23 h 14 min`, counted when the page was made; empty when the moment has passed.
    pub left: String,
    /// The portal's time then, in milliseconds: the browser's clock may be another.
    pub now: i64,
}

impl Deadline {
    /// The way from `now` to `at`, from when on something is possible.
    pub fn new(at: Timestamp, now: Timestamp) -> Self {
        Self::at(at.whole_second(), now)
    }

    /// The way from `now` to `at`, when something ends.
    pub fn end(at: Timestamp, now: Timestamp) -> Self {
        Self::at(at.begun_second(), now)
    }

    fn at(at: Timestamp, now: Timestamp) -> Self {
        // Begun seconds count: "in 1 s" and not "in 0 s".
        let left = if at > now { human_span(begun_seconds(at.since(now))) } else { String::new() };
        Self { at: at.into(), left, now: now.0 / 1_000 }
    }
}

/// In whole seconds, rounded up.
pub(super) fn begun_seconds(span: Duration) -> Duration {
    Duration::from_secs(span.as_secs() + u64::from(span.subsec_nanos() > 0))
}

/// Why something cannot be done now, as the page tells it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Why {
    /// One or two sentences.
    pub reason: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// Where: the address and the words of a link.
    pub see: Option<(String, String)>,
    /// From when it is possible, where time alone decides.
    pub from: Option<Deadline>,
}

impl Why {
    /// The policy's answer, for a page made at `now`.
    pub fn new(refusal: &Refusal, now: Timestamp) -> Self {
        Self {
            reason: refusal.detail.clone(),
            remedy: refusal.remedy.clone(),
            see: refusal.see.as_deref().map(|see| (see.path.clone(), see.label.clone())),
            from: refusal.allowed_at.map(|at| Deadline::new(at, now)),
        }
    }
}

/// A moment in the text.
#[component]
pub fn Time(
    /// Which.
    at: Moment,
    /// How long ago or ahead, as the server counted: "31 hours ago".
    #[prop(optional, into)]
    relative: Option<String>,
) -> AnyView {
    view! {
        <time datetime=at.iso>{at.shown}</time>
        {relative.map(|relative| view! { <span class="relative">" (" {relative} ")"</span> })}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_tells_both_the_span_and_the_moment() {
        let now = Timestamp::from_secs(1_795_338_720);
        let deadline = Deadline::new(Timestamp::from_secs(1_795_338_720 + 83_640), now);
        assert_eq!(deadline.left, "23 h 14 min");
        assert_eq!(deadline.at.iso, "2026-11-23T08:26:00Z");
        assert_eq!(deadline.at.shown, "23 Nov 2026, 08:26 UTC");
    }

    #[test]
    fn a_passed_deadline_has_nothing_left() {
        let at = Timestamp::from_secs(10);
        assert_eq!(Deadline::new(at, at).left, "");
    }

    #[test]
    fn a_beginning_is_not_told_too_early_and_an_end_not_too_late() {
        let (at, now) = (Timestamp(10_500_000), Timestamp::from_secs(4));
        assert_eq!(
            (Deadline::new(at, now).left, Deadline::end(at, now).left),
            ("7 s".to_owned(), "6 s".to_owned())
        );
    }
}
