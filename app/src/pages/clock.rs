//! The portal's clock, where it can be moved (`--dev-clock`): a wait of 28 days passes in a minute.

use crate::{error::UiError, pages::load::*, ui::*};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How far one step goes: seconds and their words.
const STEPS: [(i64, &str); 5] = [
    (60, "1 minute ahead"),
    (3_600, "1 hour ahead"),
    (86_400, "24 hours ahead"),
    (259_200, "72 hours ahead"),
    (2_419_200, "28 days ahead"),
];

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewClock {
    pub now: Moment,
}

impl PageData for ViewClock {
    fn title(&self) -> String {
        "Clock".to_owned()
    }
}

/// The portal's time; nothing where it is the machine's.
#[server(prefix = "/fn", endpoint = "clock")]
pub async fn clock() -> Result<ViewClock, UiError> {
    let (portal, _) = crate::request::request()?;
    if !portal.clock().can_be_moved() {
        return Err(UiError::not_found("page"));
    }
    Ok(ViewClock { now: portal.clock().now().into() })
}

/// `/dev/clock`.
#[component]
pub fn Clock() -> AnyView {
    page(|_| clock(), show)
}

fn show(ViewClock { now }: ViewClock) -> AnyView {
    let steps: Vec<_> = STEPS
        .into_iter()
        .map(|(seconds, label)| view! { <Button label name="seconds" value=seconds.to_string() /> })
        .collect();
    view! {
        <PageHeader
            title="Clock"
            subtitle="This portal runs with --dev-clock: move its time ahead to try out waits. It never goes back, and nobody is signed out by it."
        />
        <Facts>
            <Fact name="It is now">
                <Time at=now />
            </Fact>
        </Facts>
        <form method="post" action="/dev/clock">
            <input type="hidden" name="next" value="/dev/clock" />
            <div class="actions">{steps}</div>
        </form>
    }
    .into_any()
}
