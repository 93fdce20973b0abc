//! The sign-in page.

use super::{SetupState, load_setup_state};
use crate::{forms, pages::errors, pages::load::*, ui::*, url};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// `/sign-in`; `next` is where it leads, a path of this portal.
#[component]
pub fn SignIn() -> AnyView {
    page(|_| load_setup_state(), show)
}

fn show(state: SetupState) -> AnyView {
    if !state.installed {
        return errors::leave("/setup".to_owned());
    }
    let asked = url::query_value(&use_location().search.get_untracked(), "next");
    let next = url::safe_next(&forms::value_or("next", asked)).to_owned();
    view! {
        <PageHeader title="Sign in" subtitle="Your organisation's keys, environments and data." />
        {forms::summary(&[])}
        <form class="form" method="post" action="/sign-in">
            <input type="hidden" name="next" value=next />
            <TextInput
                name="email"
                label="E-mail address"
                kind="email"
                value=forms::value("email")
                error=forms::error("email")
                autocomplete="username"
            />
            <PasswordInput name="password" label="Password" error=forms::error("password") />
            <div class="actions">
                <Button label="Sign in" look=Look::Primary />
            </div>
        </form>
        <p class="field-hint">"Forgot the password? Another administrator or the operator can reset it."</p>
    }
    .into_any()
}
