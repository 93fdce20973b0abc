//! Clocks: how long still, and when exactly.

use super::time::{Deadline, begun_seconds};
use domain::time::human_span;
use leptos::{prelude::*, web_sys::js_sys};
use std::time::Duration;

/// "in 23 h 14 min" and "24 Nov 2026, 09:12 UTC". The server's words stand until the browser has
/// taken over; from then on the span counts down.
#[component]
pub fn Countdown(
    /// When, and the words of the server.
    until: Deadline,
    /// The words when it is over.
    #[prop(default = "now".into(), into)]
    done: String,
    /// `false` leaves the absolute time to the surroundings (a figure card's note).
    #[prop(default = true)]
    absolute: bool,
) -> AnyView {
    let Deadline { at, left, now } = until;
    let text = RwSignal::new(sentence(&left, &done));
    let iso = at.iso.clone();
    Effect::new(move |_| tick((iso.clone(), now), done.clone(), text));
    view! {
        <span class="countdown">
            <span class="countdown-left" role="timer" aria-live="off">
                {move || text.get()}
            </span>
            {absolute
                .then(|| {
                    view! {
                        " "
                        <time class="countdown-at" datetime=at.iso>
                            {at.shown}
                        </time>
                    }
                })}
        </span>
    }
    .into_any()
}

fn sentence(left: &str, done: &str) -> String {
    if left.is_empty() { done.to_owned() } else { format!("in {left}") }
}

/// Counts down until the component leaves the page, by the portal's time when it was made and what the
/// browser's clock says has passed since. Runs in an effect only.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in 53 bits")]
fn tick((iso, portal): (String, i64), done: String, text: RwSignal<String>) {
    let end = js_sys::Date::parse(&iso);
    if end.is_nan() {
        return;
    }
    let end = end - (portal as f64 - js_sys::Date::now());
    let show = move || {
        let now = sentence(&left(end - js_sys::Date::now()), &done);
        // The words change each minute, and each second only in the last one.
        if text.with_untracked(|shown| *shown != now) {
            text.set(now);
        }
    };
    show();
    if let Ok(handle) = set_interval_with_handle(show, Duration::from_secs(1)) {
        on_cleanup(move || handle.clear());
    }
}

/// The span in words; empty when it is over. `millis` may be negative.
fn left(millis: f64) -> String {
    if millis <= 0.0 {
        String::new()
    } else {
        human_span(begun_seconds(Duration::from_secs_f64(millis / 1_000.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_span_ends_in_the_words_for_done() {
        assert_eq!(sentence(&left(83_640_000.0), "now"), "in 23 h 14 min");
        assert_eq!(sentence(&left(42_000.0), "now"), "in 42 s");
        assert_eq!(sentence(&left(300.0), "now"), "in 1 s", "not over before it is");
        assert_eq!(sentence(&left(0.0), "now"), "now");
        assert_eq!(sentence(&left(-5.0), "now"), "now");
    }
}
