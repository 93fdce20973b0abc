//! Views of one thing, as links: each has its URL.

use leptos::prelude::*;

/// A row of links of which one is current.
#[component]
pub fn Pivot(
    /// What they are views of, read out.
    #[prop(into)]
    label: String,
    /// `(words, URL)`.
    links: Vec<(String, String)>,
    /// The URL of the current one.
    #[prop(into)]
    current: String,
) -> AnyView {
    let links: Vec<_> = links
        .into_iter()
        .map(|(words, href)| {
            let here = (href == current).then_some("page");
            view! {
                <li>
                    <a href=href aria-current=here>
                        {words}
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <nav class="pivot" aria-label=label>
            <ul>{links}</ul>
        </nav>
    }
    .into_any()
}
