//! Copying a value: an addition of the browser, absent without script.

use super::icon::{Glyph, Icon};
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, JsValue},
    web_sys::js_sys::{Function, Reflect},
};
use std::time::Duration;

/// A value in monospace with a button that copies it whole, even where it is shown short.
#[component]
pub fn Copyable(
    /// What is copied.
    #[prop(into)]
    value: String,
    /// What is shown; the value when not given.
    #[prop(optional, into)]
    short: Option<String>,
    /// What it is, read out: "fingerprint".
    #[prop(into)]
    what: String,
) -> AnyView {
    let shown = short.unwrap_or_else(|| value.clone());
    view! {
        <span class="copyable">
            <code title=value.clone()>{shown}</code>
            <CopyButton value what />
        </span>
    }
    .into_any()
}

/// The button alone.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    value: String,
    /// What it is, read out.
    #[prop(into)]
    what: String,
) -> AnyView {
    let copied = RwSignal::new(false);
    let name = format!("Copy the {what}");
    let copy = move |_| {
        if write_clipboard(&value).is_ok() {
            copied.set(true);
            set_timeout(move || copied.set(false), Duration::from_secs(3));
        }
    };
    view! {
        <button type="button" class="icon-button small needs-script" aria-label=name.clone() title=name on:click=copy>
            {move || {
                if copied.get() {
                    view! { <Icon name=Glyph::Check large=false /> }
                } else {
                    view! { <Icon name=Glyph::Copy large=false /> }
                }
            }}
        </button>
        <span class="visually-hidden" role="status">
            {move || copied.get().then_some("Copied")}
        </span>
    }
    .into_any()
}

/// `navigator.clipboard.writeText`, which exists on secure origins only.
fn write_clipboard(text: &str) -> Result<(), JsValue> {
    let navigator = Reflect::get(&window(), &"navigator".into())?;
    let clipboard = Reflect::get(&navigator, &"clipboard".into())?;
    let write: Function = Reflect::get(&clipboard, &"writeText".into())?.dyn_into()?;
    write.call1(&clipboard, &text.into()).map(drop)
}
