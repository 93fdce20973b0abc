//! The built site, `/assets/…`: style sheet, script, wasm and icons, inside the binary.
//!
//! `cargo xtask build` names every file after its content and compresses it beforehand, so a file is
//! cached for ever and nothing is compressed per request. A debug build reads the folder
//! `target/site/assets` at run time, a release build carries it.

mod encoding;

use app::shell::Assets;
use axum::{
    Router,
    extract::Path,
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{
        ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use rust_embed::RustEmbed;
use std::{borrow::Cow, collections::BTreeMap};

#[derive(RustEmbed)]
#[folder = "../target/site/assets"]
struct Site;

/// The manifest's own name; it is for the server, not for browsers.
const MANIFEST: &str = "manifest.json";

/// `GET /assets/{file}`, to be merged into the application's router.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{file}", get(serve))
}

/// The URLs of the built files, for the pages; call it once at start.
///
/// Nothing is built yet (a plain `cargo test`): all parts are `None`, the log says so, and pages are
/// served without style and script.
pub fn manifest() -> Assets {
    let names: BTreeMap<String, String> = match read(MANIFEST) {
        Some(json) => serde_json::from_slice(&json).unwrap_or_else(|error| {
            tracing::error!(%error, "the site's manifest is damaged: run `cargo xtask build`");
            BTreeMap::new()
        }),
        None => {
            tracing::warn!(
                "the site is not built, pages come without style and script: run `cargo xtask build`"
            );
            BTreeMap::new()
        }
    };
    let url = |name: &str| names.get(name).map(|hashed| format!("/assets/{hashed}"));
    Assets {
        css: url("keystead.css"),
        js: url("keystead.js"),
        favicon: url("favicon.svg"),
        icons: url("icons.svg"),
    }
}

fn read(name: &str) -> Option<Cow<'static, [u8]>> {
    Site::get(name).map(|file| file.data)
}

async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match content_type(&name) {
        // A debug build looks on the disk: no name may lead out of the folder.
        Some(content_type) if !name.contains(['/', '\\']) => respond(&name, content_type, &headers),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn respond(name: &str, content_type: &'static str, request: &HeaderMap) -> Response {
    let accepted = encoding::accepted(request.get_all(ACCEPT_ENCODING));
    let found = accepted.into_iter().find_map(|encoding| {
        read(&format!("{name}{}", encoding.suffix())).map(|content| (encoding, content))
    });
    let Some((encoding, content)) = found else { return StatusCode::NOT_FOUND.into_response() };

    let mut headers = HeaderMap::new();
    let tag = format!("\"{name}{}\"", encoding.suffix());
    let known = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let unchanged = known.flat_map(|value| value.split(',')).any(|value| value.trim() == tag);
    // A name that was found is one of ours: ASCII, hence a valid header value.
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if unchanged {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(token) = encoding.token() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(token));
    }
    (headers, bytes_of(content)).into_response()
}

/// Without a copy when the content is part of the binary.
fn bytes_of(content: Cow<'static, [u8]>) -> Bytes {
    match content {
        Cow::Borrowed(content) => Bytes::from_static(content),
        Cow::Owned(content) => Bytes::from(content),
    }
}

/// The media type by extension; `None` for what is not served, such as the manifest and the
/// compressed forms under their own names.
fn content_type(name: &str) -> Option<&'static str> {
    let types = [
        (".css", "text/css; charset=utf-8"),
        (".js", "text/javascript; charset=utf-8"),
        (".svg", "image/svg+xml"),
        (".wasm", "application/wasm"),
        (".png", "image/png"),
        (".ico", "image/x-icon"),
        (".webp", "image/webp"),
        (".woff2", "font/woff2"),
    ];
    types.into_iter().find_map(|(extension, media)| name.ends_with(extension).then_some(media))
}
