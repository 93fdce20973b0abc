//! Pages instead of a page: not found, not allowed, not now, broken. Each says what to do.

use crate::{
    error::{ErrorKind, UiError},
    ui::*,
    url, view,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The page for a URL that names nothing; its status is 404.
#[component]
pub fn NotFound() -> AnyView {
    let text = "The address may be mistyped, or what it named was deleted.";
    view(UiError::new(ErrorKind::NotFound, text))
}

/// What a page shows instead of its data; a missing sign-in or acknowledgement leads to its page.
pub(super) fn view(error: UiError) -> AnyView {
    let here = use_location();
    let here = format!("{}{}", here.pathname.get_untracked(), query(&here.search.get_untracked()));
    match error.kind {
        ErrorKind::SignInRequired => leave(url::with_query("/sign-in", &[("next", &here)])),
        ErrorKind::RiskNotAcknowledged => leave(url::with_query("/encryption-keys/risk", &[("next", &here)])),
        ErrorKind::NotFound => explained(error, "This page does not exist", Glyph::Search),
        ErrorKind::Forbidden => explained(error, "Your roles do not allow this", Glyph::Locked),
        ErrorKind::Refused => explained(error, "This is not possible now", Glyph::Clock),
        ErrorKind::Unreachable => explained(error, "The portal does not answer", Glyph::Off),
        ErrorKind::Internal => explained(error, "Something went wrong", Glyph::Error),
    }
}

fn query(search: &str) -> String {
    let search = search.trim_start_matches('?');
    if search.is_empty() { String::new() } else { format!("?{search}") }
}

fn explained(error: UiError, title: &'static str, icon: Glyph) -> AnyView {
    let retry = matches!(error.kind, ErrorKind::Unreachable | ErrorKind::Internal | ErrorKind::Refused);
    let (label, href) = if retry {
        ("Try again", use_location().pathname.get_untracked())
    } else {
        ("Overview", "/".to_owned())
    };
    let text = match error.refusal {
        Some(why) => view::why(*why),
        None => error.message.into_any(),
    };
    let also = retry.then(|| view! { <ButtonLink label="Overview" href="/" /> });
    view! {
        <Title text=title />
        <PageHeader title />
        <div class="empty">
            <span class="empty-icon">
                <Icon name=icon />
            </span>
            <p>{text}</p>
            <div class="actions">
                <ButtonLink label href look=Look::Primary external=retry />
                {also}
            </div>
        </div>
    }
    .into_any()
}

/// Goes to another page: a redirect from the server, a plain load in the browser.
pub(super) fn leave(to: String) -> AnyView {
    #[cfg(feature = "ssr")]
    if let (Some(response), Ok(location)) =
        (use_context::<leptos_axum::ResponseOptions>(), http::HeaderValue::try_from(to.as_str()))
    {
        response.set_status(http::StatusCode::SEE_OTHER);
        response.insert_header(http::header::LOCATION, location);
    }
    let target = to.clone();
    Effect::new(move |_| {
        // Assigning an address of our own fails in no browser.
        drop(window().location().replace(&target));
    });
    view! {
        <p>
            <a href=to rel="external">
                "Continue"
            </a>
        </p>
    }
    .into_any()
}
