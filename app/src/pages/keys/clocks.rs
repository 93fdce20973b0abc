//! The cards over the list of keys: when what is possible, and how many environments the keys protect.

use super::data::ViewKeys;
use crate::{
    ui::*,
    url,
    view::{clock_card, count},
};
use leptos::prelude::*;

/// From when each change is possible, and what it would concern.
pub(super) fn cards(data: &ViewKeys) -> AnyView {
    let ((activation, activation_note), (lock, lock_note)) = match data.timers.clone() {
        None => (
            ("Now".into_any(), "No key was activated yet.".into_any()),
            ("Not yet".into_any(), "72 h after the first key becomes Active.".into_any()),
        ),
        Some((activation, lock)) => (
            (counting(activation.clone()), after("24 h after a change", &activation)),
            match data.active() {
                Some(_) => (counting(lock.clone()), after("72 h after a change", &lock)),
                None => ("Not yet".into_any(), "No key is Active.".into_any()),
            },
        ),
    };
    let activation =
        clock_card("Next activation allowed", &data.activation_held, activation, activation_note);
    let lock = clock_card("Lock allowed", &data.lock_held, lock, lock_note);
    let (unlock, own) = (unlock(data), own(data));
    view! { <Cards>{activation} {lock} {unlock} {own}</Cards> }.into_any()
}

/// an hour after the lock.
fn unlock(data: &ViewKeys) -> Option<AnyView> {
    let locked = data.locked.clone().filter(|_| data.locked_key().is_some())?;
    let card = view! {
        <FigureCard label="Earliest unlock" note=after("1 h after the lock", &locked.unlock)>
            <Countdown until=locked.unlock.clone() done="Now" absolute=false />
        </FigureCard>
    };
    Some(card.into_any())
}

fn own(data: &ViewKeys) -> AnyView {
    let locked = data.locked.as_ref().map_or(0, |locked| locked.environments);
    let own = format!("{} of {}", count(data.self_managed + locked), count(data.environments));
    let state = if locked > 0 { "locked" } else { "self_managed" };
    let show = url::with_query("/environments", &[("encryption", state), ("region", &data.region)]);
    let note = match data.self_managed + locked {
        0 => view! { <a href="/environments">"Show the environments"</a> }.into_any(),
        _ => view! { <a href=show>"Show them"</a> }.into_any(),
    };
    view! {
        <FigureCard label="Environments on your own key" note>
            {own}
        </FigureCard>
    }
    .into_any()
}

fn counting(until: Deadline) -> AnyView {
    view! { <Countdown until done="Now" absolute=false /> }.into_any()
}

/// "24 h after · since 22 Nov, 09:12 UTC", with "from" as long as it is ahead.
fn after(pause: &str, deadline: &Deadline) -> AnyView {
    let word = if deadline.left.is_empty() { "since" } else { "from" };
    let text = format!("{pause} · {word} ");
    view! {
        {text}
        <Time at=deadline.at.clone() />
    }
    .into_any()
}
