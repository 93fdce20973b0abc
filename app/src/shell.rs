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
    /// The module that loads and starts the wasm.
    pub js: Option<String>,
    /// The wasm itself, named only to start its download early.
    pub wasm: Option<String>,
    /// The icon sprite: one `<symbol>` per icon.
    pub icons: Option<String>,
}

/// The URL of the icon sprite, for `<use href=…#name>`; empty when there is none.
///
/// The browser reads it back from the document, so both sides render the same URL.
pub fn icons_url() -> String {
    #[cfg(feature = "ssr")]
    let url = use_context::<Assets>().and_then(|assets| assets.icons);
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
    use super::{Assets, theme};
    use crate::App;
    use leptos::{nonce::use_nonce, prelude::*};
    use leptos_meta::MetaTags;

    /// The whole document, rendered once per request. Reads from context, all optional: [`Assets`],
    /// the request's head (for the theme cookie) and the Content-Security-Policy nonce.
    pub fn shell() -> impl IntoView {
        let assets = use_context::<Assets>().unwrap_or_default();
        let head = use_context::<http::request::Parts>();
        let theme = theme::of_request(head.as_ref().map(|parts| &parts.headers));
        view! {
            <!DOCTYPE html>
            <html lang="en" data-theme=theme data-icons=assets.icons.clone()>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
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

    /// The script element and the two hints that let its files load side by side.
    fn scripts(assets: &Assets) -> Option<impl IntoView + use<>> {
        let (js, wasm) = (assets.js.clone()?, assets.wasm.clone()?);
        let nonce = use_nonce();
        Some(view! {
            <link rel="modulepreload" href=js.clone() nonce=nonce.clone() />
            <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
            <script type="module" src=js nonce=nonce></script>
        })
    }
}

#[cfg(feature = "ssr")]
mod theme {
    use http::{HeaderMap, header::COOKIE};

    /// What the cookie `theme` may say; anything else counts as the first.
    const THEMES: [&str; 4] = ["system", "light", "dark", "contrast"];

    /// The theme that the request's cookie asks for.
    pub(super) fn of_request(headers: Option<&HeaderMap>) -> &'static str {
        headers
            .into_iter()
            .flat_map(|headers| headers.get_all(COOKIE))
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().strip_prefix("theme="))
            .find_map(|asked| THEMES.into_iter().find(|theme| *theme == asked))
            .unwrap_or(THEMES[0])
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn theme_for(cookie: &'static str) -> &'static str {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, http::HeaderValue::from_static(cookie));
            of_request(Some(&headers))
        }

        #[test]
        fn the_cookie_names_the_theme() {
            assert_eq!(theme_for("__Host-id=x; theme=dark"), "dark");
            assert_eq!(theme_for("theme=contrast"), "contrast");
        }

        #[test]
        fn anything_unknown_is_the_system_theme() {
            assert_eq!(theme_for("theme=\"><script>"), "system");
            assert_eq!(theme_for("mytheme=dark"), "system");
            assert_eq!(of_request(None), "system");
        }
    }
}
