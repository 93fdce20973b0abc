//! Where one is: the trail, the page's title, and one sentence about it.

use super::field::MaybeText;
use leptos::prelude::*;

/// The way here: names and links, outermost first, without the page itself.
#[component]
pub fn Breadcrumb(
    /// `(name, URL)`.
    trail: Vec<(String, String)>,
) -> AnyView {
    let links: Vec<_> = trail
        .into_iter()
        .map(|(name, href)| {
            view! {
                <li>
                    <a href=href>{name}</a>
                </li>
            }
        })
        .collect();
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol>{links}</ol>
        </nav>
    }
    .into_any()
}

/// The head of a page. The `h1` takes the focus after a navigation in the browser.
#[component]
pub fn PageHeader(
    /// The page's name, the same as in the document's title.
    #[prop(into)]
    title: String,
    /// One sentence of facts under it.
    #[prop(optional, into)]
    subtitle: MaybeText,
    /// The way here; see [`Breadcrumb`].
    #[prop(optional, into)]
    trail: Vec<(String, String)>,
    /// Beside the title: a state badge.
    #[prop(optional, into)]
    aside: Option<AnyView>,
) -> AnyView {
    view! {
        <header class="page-header">
            {(!trail.is_empty()).then(|| view! { <Breadcrumb trail /> })}
            <div class="page-title">
                <h1 tabindex="-1">{title}</h1>
                {aside}
            </div>
            {subtitle.0.map(|subtitle| view! { <p class="subtitle">{subtitle}</p> })}
        </header>
    }
    .into_any()
}
