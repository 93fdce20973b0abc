//! The HTML document around every page: head, theme, script, and the hand-over to the browser.
//!
//! Nothing here needs a script: the theme is a cookie that the server reads, so the first paint is
//! already right, and without wasm the same document is complete.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
pub use document::shell;

/// Where the built site's files are, as absolute URL paths such as `/assets/keystead.1f2e.js`.
///
/// The server fills it once at start and provides it as context. A part that was not built is
/// `None`: the page is then served without it and still works.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets {
    /// The one style sheet.
    pub css: Option<String>,
    /// The module that loads and starts the wasm once the page stands.
    pub js: Option<String>,
    /// The icon in the browser's tab.
    pub favicon: Option<String>,
    /// The icon sprite: one `<symbol>` per icon.
    pub icons: Option<String>,
}

/// The URL of the icon sprite, for `<use href=…#name>`; empty when there is none.
///
/// The browser reads it back from the document, so both sides render the same URL.
pub fn icons_url() -> String {
    #[cfg(feature = "ssr")]
    let url = with_context(|assets: &Assets| assets.icons.clone()).flatten();
    #[cfg(not(feature = "ssr"))]
    let url = document().document_element().and_then(|root| root.get_attribute("data-icons"));
    url.unwrap_or_default()
}

/// Marks the document as taken over by the browser: tests wait for `html[data-hydrated]`.
#[cfg(not(feature = "ssr"))]
pub fn mark_hydrated() {
    if let Some(root) = document().document_element() {
        // Setting an attribute fails only for an invalid name, and this one is a constant.
        drop(root.set_attribute("data-hydrated", ""));
    }
}

#[cfg(feature = "ssr")]
mod document {
    use super::Assets;
    use crate::{App, preferences};
    use leptos::{nonce::use_nonce, prelude::*};
    use leptos_meta::MetaTags;

    /// The whole document, rendered once per request. Reads from context, all optional: [`Assets`],
    /// the request's head (for the theme cookie) and the Content-Security-Policy nonce.
    pub fn shell() -> impl IntoView {
        let assets = use_context::<Assets>().unwrap_or_default();
        let head = use_context::<http::request::Parts>();
        let theme = head.as_ref().map_or(preferences::THEMES[0], |parts| preferences::theme(&parts.headers));
        view! {
            <!DOCTYPE html>
            <html lang="en" data-theme=theme data-icons=assets.icons.clone()>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    // Without any, browsers ask for /favicon.ico on every page.
                    <link rel="icon" href=assets.favicon.clone().unwrap_or_else(|| "data:,".to_owned()) />
                    {assets.css.clone().map(|href| view! { <link rel="stylesheet" href=href /> })}
                    {scripts(&assets)}
                    <MetaTags />
                </head>
                <body>
                    <App />
                </body>
            </html>
        }
    }

    /// The script element. A module waits for the document by itself, and starts the wasm later still.
    fn scripts(assets: &Assets) -> Option<impl IntoView + use<>> {
        let js = assets.js.clone()?;
        let nonce = use_nonce();
        Some(view! {
            <script type="module" src=js nonce=nonce></script>
        })
    }
}
