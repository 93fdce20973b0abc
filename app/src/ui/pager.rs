//! The way through a long list.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// Where the shown rows are in the whole list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// "1–50 of 1000+": counting stops where it would become slow.
    pub shown: String,
    /// The URL of the first rows, for lists that are paged by key and know no way back; none on the
    /// first page.
    pub first: Option<String>,
    /// The URL of the rows before; none on the first page, and where `first` stands instead.
    pub previous: Option<String>,
    /// The URL of the rows after; none on the last page.
    pub next: Option<String>,
}

/// Links to the rows before and after; nothing where all rows are shown.
#[component]
pub fn Pager(
    /// Where one is.
    page: Page,
) -> AnyView {
    let Page { shown, first, previous, next } = page;
    let back = match first {
        Some(first) => Some(step(Some(first), "First page", "prev", None)),
        None if previous.is_none() && shown.is_empty() => None,
        None => Some(step(previous, "Previous", "prev", Some("prev"))),
    };
    if back.is_none() && next.is_none() {
        return ().into_any();
    }
    view! {
        <nav class="pager" aria-label="Pages">
            <span>{shown}</span>
            {back}
            {step(next, "Next", "next", Some("next"))}
        </nav>
    }
    .into_any()
}

fn step(href: Option<String>, label: &'static str, way: &str, rel: Option<&'static str>) -> AnyView {
    let class = format!("button {way}");
    let icon = view! { <Icon name=Glyph::ChevronRight large=false /> };
    match href {
        Some(href) => view! {
            <a class=class href=href rel=rel>
                {icon}
                <span>{label}</span>
            </a>
        }
        .into_any(),
        None => view! {
            <span class=class aria-disabled="true">
                {icon}
                <span>{label}</span>
            </span>
        }
        .into_any(),
    }
}
