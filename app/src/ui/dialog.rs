//! Asking before something grave happens.

use super::{button::Look, field::MaybeText, focus, typed_confirm::PhraseField};
use leptos::{ev, prelude::*};

/// A question with its consequences, at a URL of its own. Without script it is a section of the
/// page; in the browser it becomes modal: the rest is out of reach, Escape is Cancel.
///
/// The focus begins on Cancel, after a wrong phrase on its field. The form posts to `action`; the server decides again.
#[component]
pub fn ConfirmDialog(
    /// The question: "Activate contoso-2027?".
    #[prop(into)]
    title: String,
    /// Where the form is posted.
    #[prop(into)]
    action: String,
    /// Where Cancel leads.
    #[prop(into)]
    cancel: String,
    /// The button that does it, as a verb.
    #[prop(default = "Confirm".into(), into)]
    confirm: String,
    /// Red instead of blue.
    #[prop(optional)]
    danger: bool,
    /// What will happen, one line each.
    #[prop(optional)]
    consequences: Vec<String>,
    /// A phrase that must be typed.
    #[prop(optional, into)]
    phrase: MaybeText,
    /// What was wrong with the phrase.
    #[prop(optional, into)]
    phrase_error: MaybeText,
    /// Text before the consequences, and hidden fields.
    children: Children,
) -> AnyView {
    let root = NodeRef::new();
    let way_out = NodeRef::<leptos::html::A>::new();
    Effect::new(move |_| {
        if root.get().is_some() {
            focus::give_back_on_cleanup();
            // A page that was followed to in the browser is put into the document only after this.
            request_animation_frame(move || make_modal(root, FRAMES));
        }
    });
    let leave = move |event: ev::Event| {
        event.prevent_default();
        if let Some(link) = way_out.get_untracked() {
            link.click();
        }
    };
    let lines: Vec<_> = consequences.into_iter().map(|line| view! { <li>{line}</li> }).collect();
    let ready = RwSignal::new(true);
    let wrong = phrase_error.0.is_some();
    view! {
        <dialog
            open
            class="dialog"
            aria-labelledby="dialog-title"
            aria-describedby="dialog-text"
            node_ref=root
            on:cancel=leave
        >
            <form method="post" action=action>
                <h2 id="dialog-title">{title}</h2>
                <div class="dialog-text" id="dialog-text">
                    {children()}
                    {(!lines.is_empty()).then(|| view! { <ul class="consequences">{lines}</ul> })}
                </div>
                {phrase.0.map(|phrase| view! { <PhraseField phrase error=phrase_error.0 ready /> })}
                <footer class="dialog-foot">
                    <ConfirmButton label=confirm danger ready />
                    <a class="button" href=cancel autofocus=!wrong node_ref=way_out>
                        "Cancel"
                    </a>
                </footer>
            </form>
        </dialog>
    }
    .into_any()
}

/// The button that does it. Until `ready` it stays and says no, instead of vanishing from the keyboard.
#[component]
pub fn ConfirmButton(
    /// What it does, as a verb.
    label: String,
    /// Red instead of blue.
    danger: bool,
    /// Whether the phrase has been typed.
    ready: RwSignal<bool>,
) -> AnyView {
    let look = if danger { Look::Danger } else { Look::Primary };
    view! {
        <button
            type="submit"
            class=look.class()
            aria-disabled=move || (!ready.get()).then_some("true")
            on:click=move |event| {
                if !ready.get_untracked() {
                    event.prevent_default();
                }
            }
        >
            <span>{label}</span>
        </button>
    }
    .into_any()
}

/// So many frames, about two seconds, are waited for the document to take the dialog in.
const FRAMES: u8 = 120;

/// A dialog that the server opened is part of the page; `showModal` wants it closed first.
/// It is asked again for so many frames until the dialog is in the document; whoever left meanwhile has none.
fn make_modal(root: NodeRef<leptos::html::Dialog>, frames: u8) {
    let Some(dialog) = root.try_get_untracked().flatten() else { return };
    if !dialog.is_connected() && frames > 0 {
        request_animation_frame(move || make_modal(root, frames - 1));
        return;
    }
    dialog.set_open(false);
    if dialog.show_modal().is_err() {
        // It is in the document no more, or no browser allows it: the section of the page stays.
        dialog.set_open(true);
    }
}
