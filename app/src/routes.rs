//! Which page answers which URL.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Outlet, ParentRoute, Route, Router, Routes},
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
                    <Route path=path!("") view=Home />
                    <Route path=path!("/*any") view=NotFound />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// What surrounds every page.
#[component]
fn Layout() -> impl IntoView {
    view! {
        <a class="skip-link" href="#main">
            "Skip to main content"
        </a>
        <main id="main" tabindex="-1">
            <Outlet />
        </main>
    }
}

#[component]
fn Home() -> impl IntoView {
    let count = RwSignal::new(0_u32);
    view! {
        <Title text="Home" />
        <h1>"Keystead"</h1>
        <button type="button" on:click=move |_| count.update(|n| *n += 1)>
            "Clicked "
            {count}
            " times"
        </button>
    }
}

/// The page for a URL that names nothing; its status is 404.
#[component]
fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Not found" />
        <h1>"This page does not exist"</h1>
        <p>
            "The address may be mistyped, or what it named was deleted. "
            <a href="/">"Go to the start page"</a>
        </p>
    }
}
