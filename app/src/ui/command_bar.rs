//! The commands of a page. A command that cannot run stays in its place and says why and from when.

use super::{
    button::Look,
    countdown::Countdown,
    icon::{Glyph, Icon},
    time::Why,
};
use leptos::prelude::*;

/// What a command does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Run {
    /// Goes to a page: a panel, a confirmation, a list.
    Link(String),
    /// Has the browser load it: a download, or the same page once more.
    Load(String),
    /// Submits the form with this id, to the URL given second instead of the form's own.
    Submit(String, Option<String>),
    /// Cannot run now.
    Off(Why),
}

impl Run {
    /// Goes to `href`, unless there is a reason against it.
    pub fn link(href: impl Into<String>, unless: Option<Why>) -> Self {
        unless.map_or_else(|| Self::Link(href.into()), Self::Off)
    }

    /// Loads `href`, unless there is a reason against it.
    pub fn load(href: impl Into<String>, unless: Option<Why>) -> Self {
        unless.map_or_else(|| Self::Load(href.into()), Self::Off)
    }

    /// Submits the form `form`, unless there is a reason against it.
    pub fn submit(form: impl Into<String>, unless: Option<Why>) -> Self {
        unless.map_or_else(|| Self::Submit(form.into(), None), Self::Off)
    }
}

/// The row of commands under a page's title; its children are [`CommandButton`]s.
#[component]
pub fn CommandBar(
    /// At the right end: a search box, a filter, a view switch.
    #[prop(optional, into)]
    end: Option<AnyView>,
    /// The commands.
    children: Children,
) -> AnyView {
    view! {
        <div class="commands">
            <div class="commands-main" role="group" aria-label="Commands">
                {children()}
            </div>
            {end.map(|end| view! { <div class="commands-end">{end}</div> })}
        </div>
    }
    .into_any()
}

/// One command: icon and words. `id` names it within the page.
#[component]
pub fn CommandButton(
    /// Unique on the page; the reason of a disabled command is `{id}-why`.
    #[prop(into)]
    id: String,
    /// Before the words.
    icon: Glyph,
    /// What it does, as a verb.
    #[prop(into)]
    label: String,
    /// What happens.
    run: Run,
    /// `Primary` for the one command that the page is for.
    #[prop(default = Look::Subtle)]
    look: Look,
) -> AnyView {
    let content = view! {
        <Icon name=icon />
        <span>{label}</span>
    }
    .into_any();
    match run {
        Run::Link(href) => view! {
            <a id=id class=look.class() href=href>
                {content}
            </a>
        }
        .into_any(),
        Run::Load(href) => view! {
            <a id=id class=look.class() href=href rel="external">
                {content}
            </a>
        }
        .into_any(),
        Run::Submit(form, action) => view! {
            <button id=id type="submit" class=look.class() form=form formaction=action>
                {content}
            </button>
        }
        .into_any(),
        Run::Off(why) => disabled(id, content, look, why),
    }
}

/// The command that cannot run: reachable by keyboard, so that its reason can be read.
fn disabled(id: String, content: AnyView, look: Look, why: Why) -> AnyView {
    let tip = format!("{id}-why");
    view! {
        <span class="with-tip">
            <button id=id type="button" class=look.class() aria-disabled="true" aria-describedby=tip.clone()>
                {content}
            </button>
            <Reason id=tip why />
        </span>
    }
    .into_any()
}

/// The text of a disabled command: reason, from when, what to do.
#[component]
fn Reason(id: String, why: Why) -> AnyView {
    view! {
        <span class="tip" role="tooltip" id=id>
            <span>{why.reason}</span>
            {why.from.map(|until| view! { <span class="tip-from">"Possible " <Countdown until /></span> })}
            {why.remedy.map(|remedy| view! { <span class="tip-remedy">{remedy}</span> })}
        </span>
    }
    .into_any()
}
