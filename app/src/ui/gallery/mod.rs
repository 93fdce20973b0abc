//! The gallery: every component in every state, to be looked at while building. Its data is made up.
//!
//! Registered only in builds for development, at `/_gallery` and below.

mod forms;
mod lists;
mod pages;
mod running;
mod sample;
mod small;

use super::*;
use leptos::prelude::*;

/// The pages of the gallery: the last part of the URL, and what it shows.
const PARTS: [(&str, &str); 6] = [
    ("", "Components"),
    ("keys", "List with panel"),
    ("encryption", "Facts and progress"),
    ("activate", "Dialog"),
    ("lock", "Dialog with phrase"),
    ("sign-in", "Sign-in"),
];

/// The URLs of the gallery, for the test that renders them all.
pub fn parts() -> impl Iterator<Item = &'static str> {
    PARTS.iter().map(|(part, _)| *part)
}

/// One page of the gallery. `part` is the rest of the URL after `/_gallery/`.
#[component]
pub fn Gallery(
    /// One of [`parts`]; anything else shows the components.
    #[prop(into)]
    part: String,
    /// `system`, `light`, `dark`, `contrast`: marks the entry of the account menu.
    #[prop(default = "system".into(), into)]
    theme: String,
    /// The navigation as a rail.
    #[prop(optional)]
    rail: bool,
) -> AnyView {
    if part == "sign-in" {
        return view! { <PlainShell>{pages::sign_in()}</PlainShell> }.into_any();
    }
    let viewer = Viewer { theme, rail, ..sample::viewer() };
    let flash = if part.is_empty() { vec![sample::flash()] } else { Vec::new() };
    let page = match part.as_str() {
        "keys" => pages::keys(),
        "encryption" => pages::encryption(),
        "activate" => pages::activate(),
        "lock" => pages::lock(),
        _ => components(),
    };
    view! {
        <Shell viewer nav=sample::nav() path="/keys" flash>
            {page}
        </Shell>
    }
    .into_any()
}

fn components() -> AnyView {
    let links = PARTS.iter().map(|(part, words)| ((*words).to_owned(), href(part))).collect::<Vec<_>>();
    view! {
        <PageHeader
            title="Gallery"
            subtitle="Every component in every state. Looked at in four themes and at 1440, 768 and 320 pixels."
            trail=vec![("Contoso".into(), "/".into())]
        />
        <Pivot label="Parts of the gallery" links current=href("") />
        {small::all()}
        {lists::all()}
        {forms::all()}
        {running::all()}
    }
    .into_any()
}

fn href(part: &str) -> String {
    if part.is_empty() { "/_gallery".to_owned() } else { format!("/_gallery/{part}") }
}
