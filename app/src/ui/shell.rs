//! What surrounds the pages.

use super::{
    announce::Announcer,
    icon::{Glyph, Icon},
    nav::{Nav, NavSection},
    toast::{Flash, FlashRegion, Toaster, provide_toasts},
    top_bar::{TopBar, Viewer},
};
use leptos::prelude::*;

/// The frame of every page behind the sign-in: skip link, top bar, navigation, messages, page.
#[component]
pub fn Shell(
    /// Who looks, and from where.
    viewer: Viewer,
    /// The navigation.
    nav: Vec<NavSection>,
    /// The path of the page (`use_location().pathname`), never with a query.
    #[prop(into)]
    path: Signal<String>,
    /// What the last form's answer left to be said.
    #[prop(optional)]
    flash: Vec<Flash>,
    /// The page.
    children: Children,
) -> AnyView {
    let rail = viewer.rail;
    let toasts = provide_toasts();
    view! {
        <a class="skip-link" href="#main" rel="external">
            "Skip to main content"
        </a>
        <TopBar viewer path />
        <div class=if rail { "shell shell-rail" } else { "shell" }>
            <Nav sections=nav path rail />
            <main id="main" class="main" tabindex="-1">
                <FlashRegion flash path />
                {children()}
            </main>
        </div>
        <Toaster toasts />
        <Announcer path />
    }
    .into_any()
}

/// The frame of pages without navigation: sign-in, first run, errors before a session exists.
#[component]
pub fn PlainShell(
    /// What the last form's answer left to be said.
    #[prop(optional)]
    flash: Vec<Flash>,
    /// The page.
    children: Children,
) -> AnyView {
    view! {
        <a class="skip-link" href="#main" rel="external">
            "Skip to main content"
        </a>
        <div class="plain">
            <header class="plain-brand">
                <Icon name=Glyph::Keystead />
                <span>"Keystead"</span>
            </header>
            <main id="main" class="plain-main" tabindex="-1">
                <FlashRegion flash />
                {children()}
            </main>
        </div>
    }
    .into_any()
}
