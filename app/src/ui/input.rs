//! One-line text and password fields.

use super::field::{MaybeText, Words};
use super::icon::{Glyph, Icon};
use domain::password::Strength;
use leptos::prelude::*;

/// A one-line text field that keeps its value when the page comes back with an error.
#[component]
pub fn TextInput(
    /// The field's name in the form.
    #[prop(into)]
    name: String,
    /// Its id; its name when not given.
    #[prop(optional, into)]
    id: Option<String>,
    /// Above it.
    #[prop(into)]
    label: String,
    /// What it holds when the page arrives.
    #[prop(optional, into)]
    value: MaybeText,
    /// Below it: what is accepted.
    #[prop(optional, into)]
    hint: MaybeText,
    /// Below it: what was wrong and what to do.
    #[prop(optional, into)]
    error: MaybeText,
    /// Must be filled.
    #[prop(default = true)]
    required: bool,
    /// `text`, `email`, `url`, `number`, `search`, `date`, `datetime-local`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may offer; `off` for what must be typed anew.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// Which keys a screen keyboard shows: `decimal`.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// The longest accepted text, in UTF-16 units, as browsers count.
    #[prop(optional, into)]
    maxlength: Option<u32>,
    /// An example, in grey; never the only place of an instruction.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// For identifiers, URIs, codes: every character counts.
    #[prop(optional)]
    code: bool,
    /// Shown, sent, not changeable.
    #[prop(optional)]
    readonly: bool,
) -> AnyView {
    let id = id.unwrap_or_else(|| name.clone());
    let words = Words { id: id.clone(), label, hint: hint.0, error: error.0, required };
    let control = view! {
        <input
            class=if code { "input code" } else { "input" }
            id=id
            name=name
            type=kind
            value=value.0
            required=required
            readonly=readonly
            autocomplete=autocomplete
            inputmode=inputmode
            maxlength=maxlength.map(|n| n.to_string())
            placeholder=placeholder
            spellcheck=code.then_some("false")
            autocapitalize=code.then_some("none")
            aria-describedby=words.described_by()
            aria-invalid=words.invalid()
        />
    }
    .into_any();
    words.around(control)
}

/// A password. It never comes back filled, may be pasted, and may be shown (with script).
#[component]
pub fn PasswordInput(
    /// The field's name in the form.
    #[prop(into)]
    name: String,
    /// Its id; its name when not given.
    #[prop(optional, into)]
    id: Option<String>,
    /// Above it.
    #[prop(into)]
    label: String,
    /// Below it: what is accepted.
    #[prop(optional, into)]
    hint: MaybeText,
    /// Below it: what was wrong and what to do.
    #[prop(optional, into)]
    error: MaybeText,
    /// Must be filled.
    #[prop(default = true)]
    required: bool,
    /// `new-password` where one is made; `off` for the password of a file.
    #[prop(default = "current-password")]
    autocomplete: &'static str,
    /// Says, with script, how strong what is typed is.
    #[prop(optional)]
    meter: bool,
) -> AnyView {
    let id = id.unwrap_or_else(|| name.clone());
    let words = Words { id: id.clone(), label, hint: hint.0, error: error.0, required };
    let shown = RwSignal::new(false);
    let typed = RwSignal::new(None);
    let input = NodeRef::<leptos::html::Input>::new();
    let judge = move || {
        let text = input.get_untracked().map(|input| input.value()).unwrap_or_default();
        typed.set((!text.is_empty()).then(|| domain::password::strength(&text)));
    };
    // Something may have been typed before the script came.
    Effect::new(move |_| judge());
    let meter = meter.then(|| strength_meter(typed));
    let control = view! {
        <div class="input-with-button">
            <input
                class="input"
                id=id
                name=name
                type=move || if shown.get() { "text" } else { "password" }
                required=required
                autocomplete=autocomplete
                spellcheck="false"
                autocapitalize="none"
                aria-describedby=words.described_by()
                aria-invalid=words.invalid()
                node_ref=input
                on:input=move |_| judge()
            />
            <button
                type="button"
                class="icon-button needs-script"
                aria-label="Show the password"
                aria-pressed=move || if shown.get() { "true" } else { "false" }
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                <Icon name=Glyph::Eye />
            </button>
        </div>
        {meter}
    }
    .into_any();
    words.around(control)
}

/// The meter and its word; nothing before something is typed.
fn strength_meter(typed: RwSignal<Option<Strength>>) -> AnyView {
    let value = move || typed.get().map_or(0, Strength::value).to_string();
    let word = move || typed.get().map_or("", Strength::label);
    view! {
        <div class="strength needs-script">
            <meter min="0" max="4" low="2" high="3" optimum="4" prop:value=value aria-label="Strength"></meter>
            <span role="status">{word}</span>
        </div>
    }
    .into_any()
}
