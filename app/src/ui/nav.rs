//! The navigation at the left: sections of links, wide or as a rail of icons.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// Where the width of the navigation is kept: `POST` with `nav=wide|rail` and `next`, a cookie, 303.
pub const NAV_ACTION: &str = "/preferences/navigation";

/// One link of the navigation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NavLink {
    /// What it leads to.
    pub label: String,
    /// The URL; the link is current there and below.
    pub href: String,
    /// Before the words, and alone on the rail.
    pub icon: Glyph,
}

impl NavLink {
    /// A link.
    pub fn new(label: impl Into<String>, href: impl Into<String>, icon: Glyph) -> Self {
        Self { label: label.into(), href: href.into(), icon }
    }
}

/// Links that belong together; the first section has no heading.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NavSection {
    /// Its name.
    pub heading: Option<String>,
    /// Its links.
    pub links: Vec<NavLink>,
}

/// The navigation. On narrow screens it is a drawer that the button in the top bar opens (the
/// `popover` attribute, no script); where browsers lack that, it stands above the page.
#[component]
pub fn Nav(
    /// The links.
    sections: Vec<NavSection>,
    /// The path of the page; marks the current link, also after a navigation in the browser.
    #[prop(into)]
    path: Signal<String>,
    /// Icons only, 48 px.
    #[prop(optional)]
    rail: bool,
) -> AnyView {
    let hrefs: Vec<String> =
        sections.iter().flat_map(|section| &section.links).map(|link| link.href.clone()).collect();
    let current = Memo::new(move |_| path.with(|path| current(&hrefs, path)));
    let mut at = 0;
    let sections: Vec<_> = sections
        .into_iter()
        .map(|section| {
            let first = at;
            at += section.links.len();
            view_section(section, first, current)
        })
        .collect();
    let (label, icon, width) = if rail {
        ("Expand the navigation", Glyph::Expand, "wide")
    } else {
        ("Collapse the navigation", Glyph::Collapse, "rail")
    };
    view! {
        <nav id="nav" class=if rail { "nav rail" } else { "nav" } aria-label="Main" popover="auto">
            <div class="nav-sections">{sections}</div>
            <form class="nav-foot" method="post" action=NAV_ACTION>
                <input type="hidden" name="next" value=move || path.get() />
                <button class="nav-link" name="nav" value=width title=label>
                    <Icon name=icon />
                    <span>{label}</span>
                </button>
            </form>
        </nav>
    }
    .into_any()
}

fn view_section(section: NavSection, first: usize, current: Memo<Option<usize>>) -> AnyView {
    let links: Vec<_> = section
        .links
        .into_iter()
        .enumerate()
        .map(|(at, link)| view_link(link, move || (current.get() == Some(first + at)).then_some("page")))
        .collect();
    view! {
        {section.heading.map(|heading| view! { <h2 class="nav-heading">{heading}</h2> })}
        <ul>{links}</ul>
    }
    .into_any()
}

fn view_link(link: NavLink, current: impl Fn() -> Option<&'static str> + Send + Sync + 'static) -> AnyView {
    let NavLink { label, href, icon } = link;
    view! {
        <li>
            <a class="nav-link" href=href aria-current=current title=label.clone()>
                <Icon name=icon />
                <span>{label.clone()}</span>
            </a>
        </li>
    }
    .into_any()
}

/// Which link the page at `path` belongs to: the longest that is the path or an ancestor of it.
fn current(hrefs: &[String], path: &str) -> Option<usize> {
    let covers =
        |href: &str| path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    hrefs
        .iter()
        .enumerate()
        .filter(|(_, href)| covers(href))
        .max_by_key(|(_, href)| href.len())
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_ancestor_is_current() {
        let hrefs = ["/", "/environments", "/environments/keys"].map(str::to_owned);
        assert_eq!(current(&hrefs, "/"), Some(0));
        assert_eq!(current(&hrefs, "/environments"), Some(1));
        assert_eq!(current(&hrefs, "/environments/42/encryption"), Some(1));
        assert_eq!(current(&hrefs, "/environments/keys/new"), Some(2));
        assert_eq!(current(&hrefs, "/environments-old"), None);
    }
}
