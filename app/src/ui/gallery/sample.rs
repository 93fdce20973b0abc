//! Made-up data.

use crate::ui::*;
use leptos::prelude::*;

pub(super) fn viewer() -> Viewer {
    Viewer {
        name: "Ada Doe".into(),
        email: "ada.doe@contoso.example".into(),
        tenant: "Contoso".into(),
        region: "Europe".into(),
        regions: vec![
            ("Europe".into(), "/_gallery?region=europe".into()),
            ("Asia Pacific".into(), "/_gallery?region=apac".into()),
        ],
        undelivered: Some(3),
        ..Viewer::default()
    }
}

pub(super) fn nav() -> Vec<NavSection> {
    let section = |heading: Option<&str>, links: Vec<NavLink>| NavSection {
        heading: heading.map(str::to_owned),
        links,
    };
    vec![
        section(None, vec![NavLink::new("Overview", "/", Glyph::Home)]),
        section(
            Some("Environments"),
            vec![
                NavLink::new("Environments", "/environments", Glyph::Environment),
                NavLink::new("Manage encryption keys", "/keys", Glyph::Key),
            ],
        ),
        section(
            Some("Services"),
            vec![
                NavLink::new("Key vaults", "/vaults", Glyph::Vault),
                NavLink::new("Data factories", "/factories", Glyph::Factory),
                NavLink::new("AI services", "/ai-services", Glyph::Ai),
                NavLink::new("Cloud apps", "/cloud-apps", Glyph::Cloud),
            ],
        ),
        section(
            Some("Organisation"),
            vec![
                NavLink::new("Security guidance", "/guidance", Glyph::Shield),
                NavLink::new("Operations", "/operations", Glyph::Operation),
                NavLink::new("Audit log", "/audit", Glyph::Audit),
                NavLink::new("People and roles", "/people", Glyph::Admin),
                NavLink::new("Settings", "/settings", Glyph::Settings),
            ],
        ),
    ]
}

pub(super) fn flash() -> Flash {
    Flash {
        tone: Tone::Success,
        text: "The key contoso-2027 was created. ".into(),
        link: Some(("Show the operation".into(), "/operations/1".into())),
    }
}

pub(super) fn moment() -> Moment {
    Moment { iso: "2026-11-24T09:12:00Z".into(), shown: "24 Nov 2026, 09:12 UTC".into() }
}

pub(super) fn deadline() -> Deadline {
    Deadline { at: moment(), left: "1 d 16 h".into(), now: 1_795_367_520_000 }
}

pub(super) fn passed() -> Deadline {
    Deadline {
        at: Moment { iso: "2026-11-22T09:12:00Z".into(), shown: "22 Nov 2026, 09:12 UTC".into() },
        left: String::new(),
        now: 1_795_511_520_000,
    }
}

pub(super) fn why() -> Why {
    Why {
        reason: "The key changed 31 hours ago. Environments can be locked 72 hours after a change.".into(),
        see: None,
        remedy: Some("Roll back first if the change was not authorised.".into()),
        from: Some(deadline()),
    }
}

pub(super) fn operation() -> (ProgressFacts, Vec<Step>) {
    let facts = ProgressFacts {
        done: Some(746_553),
        total: 1_204_118,
        counted: "746,553 of 1,204,118 rows".into(),
        rate: Some("31,000 rows/s".into()),
        left: Some("15 s left".into()),
    };
    let steps = vec![
        Step::new("Taken offline", StepState::Done).time("09:12:04"),
        Step::new("New data key made and wrapped", StepState::Done).time("09:12:04"),
        Step::new("Sealing rows", StepState::Current).detail("Batch 747 of 1,205").time("since 09:12:05"),
        Step::new("Checking that every row opens", StepState::Waiting),
        Step::new("Back online", StepState::Waiting),
    ];
    (facts, steps)
}

/// Three keys; the second is selected.
pub(super) fn key_rows() -> Vec<Row> {
    let key = |name: &str, state, source: &str, print: (&str, &str), activated: &str, count: &str| {
        let href = format!("/keys/{name}");
        let (short, full) = (print.0.to_owned(), print.1.to_owned());
        let (source, activated, count) = (source.to_owned(), activated.to_owned(), count.to_owned());
        Row::new(name, name)
            .pick(Pick::Link(format!("/keys?key={name}")), state == State::Active)
            .cell(view! { <a href=href>{name.to_owned()}</a> })
            .cell(view! { <StateBadge state /> })
            .cell(source)
            .cell(view! { <Copyable value=full short what="fingerprint" /> })
            .cell(activated)
            .cell(count)
    };
    let print = (
        "4f:d0:19…e8:5a",
        "4f:d0:19:7a:c2:e8:5a:11:9c:41:7e:02:b2:07:1b:a3:6c:40:9d:77:4f:d0:19:7a:c2:e8:5a:11:9c:41:e8:5a",
    );
    vec![
        key("contoso-2025", State::Available, "Uploaded .pfx", print, "3 Feb 2025, 10:40 UTC", "0"),
        key("contoso-2026", State::Active, "Uploaded .pfx", print, "21 Nov 2026, 09:12 UTC", "128"),
        key("contoso-2027", State::Installing, "Generated", print, "–", "0"),
    ]
}

pub(super) fn key_columns() -> Vec<Column> {
    vec![
        Column::new("Key name").sort("/keys?sort=-name", Some(Sort::Ascending)),
        Column::new("Key state").sort("/keys?sort=state", None),
        Column::new("Source").minor(),
        Column::new("Fingerprint (SHA-256)").minor(),
        Column::new("Activated on").sort("/keys?sort=-activated", None),
        Column::new("Environments").numeric().sort("/keys?sort=-environments", None),
    ]
}
