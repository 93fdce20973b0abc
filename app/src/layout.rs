//! What surrounds every page: top bar, navigation, banners; without a sign-in only the brand.

use crate::{
    done, forms,
    frame::{Banner, Frame, fresh_frame},
    ui::*,
    url,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{components::Outlet, hooks::use_location, hooks::use_query_map};

/// The layout of every route. It is made once a document: a navigation in the browser changes only
/// the page in it, and asks for the banners anew.
#[component]
pub fn Layout() -> AnyView {
    let loaded = SharedValue::new(|| use_context::<Frame>().unwrap_or_default()).into_inner();
    forms::provide();
    let path = use_location().pathname;
    let viewer = loaded.viewer.clone();
    let nav = navigation(&loaded);
    let shown = RwSignal::new(loaded);
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            refresh(shown);
        }
        now
    });
    match viewer {
        None => view! { <PlainShell>{page(shown)}</PlainShell> }.into_any(),
        Some(viewer) => view! {
            <Shell viewer nav path>
                {page(shown)}
            </Shell>
        }
        .into_any(),
    }
}

/// The banners may have changed since: a key was activated, a mail has failed.
fn refresh(shown: RwSignal<Frame>) {
    spawn_local(async move {
        // A failure leaves what is shown; the page itself says that the portal does not answer.
        if let Ok(fresh) = fresh_frame().await {
            shown.set(fresh);
        }
    });
}

fn page(shown: RwSignal<Frame>) -> AnyView {
    let query = use_query_map();
    let code = Memo::new(move |_| query.with(|query| query.get("done").unwrap_or_default()));
    let path = use_location().pathname;
    let banners = Memo::new(move |_| {
        let path = path.get();
        // Its panels stand beside the list, which says it.
        let keys = path.starts_with("/encryption-keys") && path != "/encryption-keys/risk";
        let path = if keys { "/encryption-keys".to_owned() } else { path };
        let region = query.with(|query| query.get("region").unwrap_or_default());
        let of_region = url::with_query(&path, &[("region", &region)]);
        let elsewhere =
            |banner: &&Banner| !banner.said_on.iter().any(|page| [&path, &of_region].contains(&page));
        shown.with(|frame| frame.banners.iter().filter(elsewhere).cloned().collect::<Vec<_>>())
    });
    view! {
        {move || done::bar(&code.get())}
        {move || banners.get().into_iter().map(banner).collect::<Vec<_>>()}
        <Outlet />
    }
    .into_any()
}

fn banner(banner: Banner) -> AnyView {
    let Banner { tone, title, text, times, link, .. } = banner;
    let times: Vec<_> = times
        .into_iter()
        .enumerate()
        .map(|(at, (words, until))| {
            let before = if at == 0 { " " } else { "; " };
            view! { {before} {words} " " <Countdown until /> }
        })
        .collect();
    // Where there is little room, the page behind the link tells the times.
    let times = (!times.is_empty()).then(|| view! { <span class="roomy">{times} "."</span> });
    view! {
        <MessageBar tone title>
            {text}
            {times}
            " "
            {link.map(|(words, href)| view! { <a href=href>{words}</a> })}
        </MessageBar>
    }
    .into_any()
}

/// The links that the roles allow; what they don't allow is refused by the pages as well.
fn navigation(frame: &Frame) -> Vec<NavSection> {
    let section = |heading: &str, links: Vec<Option<NavLink>>| NavSection {
        heading: (!heading.is_empty()).then(|| heading.to_owned()),
        links: links.into_iter().flatten().collect(),
    };
    let link = |shown: bool, words: &str, href: &str, icon| shown.then(|| NavLink::new(words, href, icon));
    let sections = vec![
        section("", vec![link(true, "Overview", "/", Glyph::Home)]),
        section(
            "Environments",
            vec![
                link(true, "Environments", "/environments", Glyph::Environment),
                link(frame.keys, "Manage encryption keys", "/encryption-keys", Glyph::Key),
            ],
        ),
        section(
            "Organisation",
            vec![
                link(true, "Operations", "/operations", Glyph::Operation),
                link(frame.messages, "Notifications", "/notifications", Glyph::Mail),
                link(frame.audit, "Audit log", "/audit", Glyph::Audit),
            ],
        ),
        section("Development", vec![link(frame.clock, "Clock", "/dev/clock", Glyph::Clock)]),
    ];
    sections.into_iter().filter(|section| !section.links.is_empty()).collect()
}
