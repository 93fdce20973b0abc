//! The browser's entry: takes over the page that the server rendered.

use std::time::Duration;
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs once the wasm is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
    // A timer fires after all queued micro-tasks, so what hydrates asynchronously is done too.
    leptos::prelude::set_timeout(app::shell::mark_hydrated, Duration::ZERO);
}
