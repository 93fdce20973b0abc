//! The bar at the top: where one is, search, what is new, the account.

use super::{
    icon::{Glyph, Icon},
    menu::{Menu, close_menus},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the theme is kept: `POST` with `theme` and `next`, answered by a cookie and 303.
pub const THEME_ACTION: &str = "/preferences/theme";
/// Where signing out is posted.
pub const SIGN_OUT_ACTION: &str = "/sign-out";

/// Values and words of the themes.
const THEMES: [(&str, &str); 4] =
    [("system", "Like the system"), ("light", "Light"), ("dark", "Dark"), ("contrast", "High contrast")];

/// Who looks at the page, and from where.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Viewer {
    /// The administrator's name.
    pub name: String,
    /// The address mails go to.
    pub email: String,
    /// The organisation.
    pub tenant: String,
    /// The region whose things are shown; empty where pages show all of them.
    pub region: String,
    /// The other regions, `(name, URL that switches)`; empty when there is one only.
    pub regions: Vec<(String, String)>,
    /// Mails that could not be delivered; none for who may not see them.
    pub undelivered: Option<u32>,
    /// `system`, `light`, `dark` or `contrast`.
    pub theme: String,
    /// The navigation is a rail.
    pub rail: bool,
}

impl Viewer {
    /// `AD` for "Ada Doe": what stands in the account's circle.
    fn initials(&self) -> String {
        let words: Vec<char> = self.name.split_whitespace().filter_map(|word| word.chars().next()).collect();
        let ends = [words.first(), words.last().filter(|_| words.len() > 1)];
        ends.into_iter().flatten().flat_map(|letter| letter.to_uppercase()).collect()
    }
}

/// The bar at the top of every page behind the sign-in.
#[component]
pub fn TopBar(
    /// Who and where.
    viewer: Viewer,
    /// The path of the page, to come back to after a change of theme.
    #[prop(into)]
    path: Signal<String>,
) -> AnyView {
    Effect::new(|_| close_menus());
    let bell = viewer.undelivered.map(|undelivered| {
        let label = match undelivered {
            0 => "Notifications".to_owned(),
            n => format!("Notifications, {n} not delivered"),
        };
        let count = (undelivered > 0)
            .then(|| view! { <span class="count" aria-hidden="true">{undelivered.min(99)}</span> });
        view! {
            <a class="top-button" href="/notifications" aria-label=label title="Notifications">
                <Icon name=Glyph::Bell />
                {count}
            </a>
        }
    });
    view! {
        <header class="top-bar">
            <button type="button" class="top-button nav-button" popovertarget="nav" aria-label="Navigation">
                <Icon name=Glyph::Menu />
            </button>
            <a class="brand" href="/" aria-label="Keystead, overview">
                <Icon name=Glyph::Keystead />
                <span>"Keystead"</span>
            </a>
            {place(&viewer)}
            <SearchBox />
            <div class="top-end">
                {bell}
                <AccountMenu viewer path />
            </div>
        </header>
    }
    .into_any()
}

/// Tenant and region; a menu when there are several regions.
fn place(viewer: &Viewer) -> AnyView {
    let here = if viewer.region.is_empty() {
        viewer.tenant.clone()
    } else {
        format!("{} · {}", viewer.tenant, viewer.region)
    };
    if viewer.regions.is_empty() {
        return view! { <span class="place">{here}</span> }.into_any();
    }
    let region = viewer.region.clone();
    let links: Vec<_> = viewer
        .regions
        .iter()
        .cloned()
        .map(|(name, href)| {
            let current = (name == region).then_some("true");
            view! {
                <li>
                    <a class="menu-item" href=href aria-current=current>
                        {name}
                    </a>
                </li>
            }
        })
        .collect();
    let label = view! {
        <span class="place-name">{here}</span>
        <Icon name=Glyph::ChevronDown large=false />
    };
    view! {
        <Menu name="Region" label=label.into_any() class="place">
            <ul>{links}</ul>
        </Menu>
    }
    .into_any()
}

/// The search for environments, from every page: a GET form to their list.
#[component]
fn SearchBox() -> AnyView {
    view! {
        <form class="search" role="search" action="/environments" method="get">
            <Icon name=Glyph::Search />
            <input
                type="search"
                name="search"
                id="search"
                aria-label="Search environments"
                placeholder="Search environments"
                aria-keyshortcuts="Control+K"
                autocomplete="off"
            />
            <kbd class="needs-script" aria-hidden="true">
                "Ctrl K"
            </kbd>
        </form>
    }
    .into_any()
}

#[component]
fn AccountMenu(viewer: Viewer, path: Signal<String>) -> AnyView {
    let initials = view! { <span class="avatar" aria-hidden="true">{viewer.initials()}</span> };
    let theme = if viewer.theme.is_empty() { "system".to_owned() } else { viewer.theme };
    let themes: Vec<_> = THEMES
        .into_iter()
        .map(|(value, label)| {
            let pressed = if theme == value { "true" } else { "false" };
            view! {
                <button class="menu-item" name="theme" value=value aria-pressed=pressed>
                    {label}
                </button>
            }
        })
        .collect();
    view! {
        <Menu name="Account" label=initials.into_any() class="account">
            <div class="menu-head">
                <strong>{viewer.name}</strong>
                <span>{viewer.email}</span>
            </div>
            <a class="menu-item" href="/account">
                <Icon name=Glyph::Person />
                "Your account"
            </a>
            <form method="post" action=THEME_ACTION>
                <input type="hidden" name="next" value=move || path.get() />
                <fieldset class="menu-group">
                    <legend>"Theme"</legend>
                    {themes}
                </fieldset>
            </form>
            <form method="post" action=SIGN_OUT_ACTION>
                <button class="menu-item">
                    <Icon name=Glyph::SignOut />
                    "Sign out"
                </button>
            </form>
        </Menu>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_the_first_and_last_word() {
        let named = |name: &str| Viewer { name: name.into(), ..Viewer::default() }.initials();
        assert_eq!(named("Ada de Doe"), "AD");
        assert_eq!(named("ada"), "A");
        assert_eq!(named(""), "");
    }
}
