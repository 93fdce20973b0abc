//! Side panels: a form or details beside the list they belong to, at a URL of their own.

use super::{
    focus,
    icon::{Glyph, Icon},
};
use leptos::{ev, prelude::*};

/// A page whose list stays in sight while a panel is open. The panel (usually `<Outlet/>`) comes
/// after the list; on narrow screens the panel alone is shown.
#[component]
pub fn WithPanel(
    /// The list.
    list: AnyView,
    /// A [`Panel`], or nothing.
    children: Children,
) -> AnyView {
    view! {
        <div class="with-panel">
            <div class="with-panel-list">{list}</div>
            {children()}
        </div>
    }
    .into_any()
}

/// A panel: title, body and a foot with its buttons. Where it contains a form, `children` is the
/// `<form class="panel-form">` with a [`PanelBody`] and a [`PanelFoot`] in it.
#[component]
pub fn Panel(
    /// Names it; the `h2` takes the focus when the panel opens.
    #[prop(into)]
    title: String,
    /// Where closing leads: the page without the panel.
    #[prop(into)]
    close: String,
    /// 640 px instead of 440 px.
    #[prop(optional)]
    wide: bool,
    /// Body and foot.
    children: Children,
) -> AnyView {
    let way_out = NodeRef::new();
    let typed = RwSignal::new(false);
    Effect::new(move |_| close_on_escape(way_out, typed));
    view! {
        <section
            class=if wide { "panel panel-wide" } else { "panel" }
            aria-labelledby="panel-title"
            on:input=move |_| typed.set(true)
        >
            <header class="panel-head">
                <h2 id="panel-title" tabindex="-1">
                    {title}
                </h2>
                <a class="icon-button" href=close node_ref=way_out>
                    <Icon name=Glyph::Close />
                    <span class="visually-hidden">"Close"</span>
                </a>
            </header>
            {children()}
        </section>
    }
    .into_any()
}

/// The part of a panel that scrolls.
#[component]
pub fn PanelBody(
    /// Fields, facts, message bars.
    children: Children,
) -> AnyView {
    view! { <div class="panel-body">{children()}</div> }.into_any()
}

/// The part of a panel that stays in sight: its primary button, then Cancel.
#[component]
pub fn PanelFoot(
    /// The buttons.
    children: Children,
) -> AnyView {
    view! { <footer class="panel-foot">{children()}</footer> }.into_any()
}

/// Escape goes where the close link goes, unless something was typed that would be lost.
fn close_on_escape(way_out: NodeRef<leptos::html::A>, typed: RwSignal<bool>) {
    focus::give_back_on_cleanup();
    let handle = window_event_listener(ev::keydown, move |event| {
        let Some(link) = way_out.get_untracked() else { return };
        if event.key() == "Escape" && !typed.get_untracked() && !escape_is_taken() {
            link.click();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Whether something in front of the panel answers to Escape first: a dialog, a menu, the drawer, a tip.
fn escape_is_taken() -> bool {
    // One by one: a browser that does not know one of them would refuse the whole list.
    ["dialog:modal", "details.menu[open]", ":popover-open", ".with-tip:hover", ".with-tip:focus-within"]
        .into_iter()
        .any(|open| document().query_selector(open).ok().flatten().is_some())
}
