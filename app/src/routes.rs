//! Which page answers which URL.

use crate::{layout::Layout, pages::errors::NotFound};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// The root of the pages, the same on the server and in the browser.
///
/// Every route renders in [`SsrMode::Async`]: one complete document, so status codes, redirects and
/// cookies are decided before the first byte leaves, and the page is whole without script.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|page| format!("{page} · Keystead") />
        <Router>
            <Routes fallback=NotFound>
                <ParentRoute path=path!("") view=Layout ssr=SsrMode::Async>
                    <Route path=path!("") view=NotFound />
                    <Route path=path!("/*any") view=NotFound />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
