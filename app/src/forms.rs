//! The form of a refused POST: what was typed and what was wrong, for the page that comes back.
//!
//! The server answers a refused POST with the page itself, the refusal's status and a [`FormState`]
//! in the context. The browser reads the same state from the document, so hydration matches.

use crate::ui::{ErrorSummary, MessageBar, Tone, Why, focus};
use crate::view;
use domain::FieldError;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

/// What a page is given back after its form was refused; empty on every other visit.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct FormState {
    /// The page's path; another page shows nothing of it.
    pub path: String,
    /// What was typed, by field, in the order of the form. Never a secret: see [`FormState::refused`].
    pub values: Vec<(String, String)>,
    /// What was wrong, by field.
    pub errors: Vec<FieldError>,
    /// Why it was refused as a whole.
    pub refusal: Option<Why>,
}

impl FormState {
    /// The state for a refused form. Fields whose name speaks of a password, a code or a file are
    /// dropped: they must be given again.
    pub fn refused(
        path: &str,
        values: Vec<(String, String)>,
        errors: Vec<FieldError>,
        refusal: Option<Why>,
    ) -> Self {
        let secret =
            |name: &str| ["password", "code", "file", "secret"].iter().any(|word| name.contains(word));
        let values = values.into_iter().filter(|(name, _)| !secret(name)).collect();
        Self { path: path.to_owned(), values, errors, refusal }
    }
}

/// The context that [`provide`] makes.
#[derive(Clone, Copy)]
struct Posted(StoredValue<FormState>);

/// Called once, by the layout: takes over the server's state and forgets it when the path changes.
pub(crate) fn provide() {
    let state = SharedValue::new(|| use_context::<FormState>().unwrap_or_default()).into_inner();
    let posted = Posted(StoredValue::new(state));
    provide_context(posted);
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            posted.0.set_value(FormState::default());
        }
        now
    });
}

/// Reads from the state of this page's form.
fn read<T: Default>(from: impl FnOnce(&FormState) -> T) -> T {
    let path = use_location().pathname.get_untracked();
    use_context::<Posted>()
        .and_then(|posted| posted.0.try_with_value(|state| (state.path == path).then(|| from(state))))
        .flatten()
        .unwrap_or_default()
}

/// Whether this page came back because its form was refused.
pub fn came_back() -> bool {
    read(|state| !state.path.is_empty())
}

/// What was typed into the field `name`; none on the first visit.
pub fn value(name: &str) -> Option<String> {
    read(|state| find(&state.values, name).map(str::to_owned))
}

/// What was typed, else `default`.
pub fn value_or(name: &str, default: impl Into<String>) -> String {
    if came_back() { value(name).unwrap_or_default() } else { default.into() }
}

/// Whether the check box `name` was ticked; `default` on the first visit.
pub fn ticked(name: &str, default: bool) -> bool {
    if came_back() { value(name).is_some() } else { default }
}

/// What was wrong with the field `name`.
pub fn error(name: &str) -> Option<String> {
    read(|state| state.errors.iter().find(|error| error.field == name).map(|error| error.message.clone()))
}

/// What was wrong, at the top of the form: each field's error with a way to it, or the refusal of the
/// whole. `ids` maps names of fields to the ids of their controls where the two differ.
pub fn summary(ids: &[(&str, &str)]) -> Option<AnyView> {
    let (errors, refusal) = read(|state| (state.errors.clone(), state.refusal.clone()));
    if errors.is_empty() {
        return refusal.map(refused_bar);
    }
    let errors = errors.into_iter().map(|error| {
        let id = ids.iter().find(|(name, _)| *name == error.field).map_or(error.field.as_str(), |(_, id)| id);
        (id.to_owned(), error.message)
    });
    Some(view! { <ErrorSummary errors=errors.collect() /> }.into_any())
}

fn refused_bar(why: Why) -> AnyView {
    let node = NodeRef::new();
    focus::begin_with(node);
    view! {
        <div role="alert" tabindex="-1" node_ref=node>
            <MessageBar tone=Tone::Error title="Not done.">
                {view::why(why)}
            </MessageBar>
        </div>
    }
    .into_any()
}

fn find<'a>(values: &'a [(String, String)], name: &str) -> Option<&'a str> {
    values.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_come_back() {
        let typed = ["name", "password", "new_password", "file_password", "code", "key_file"];
        let values = typed.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect();
        let state = FormState::refused("/setup", values, Vec::new(), None);
        assert_eq!(state.values, [("name".to_owned(), "x".to_owned())]);
    }
}
