//! The first-run wizard: one page, four parts, done once.

use super::{SetupState, load_setup_state};
use crate::{forms, pages::errors, pages::load::*, ui::*};
use domain::rings::SEAT_THRESHOLD;
use leptos::prelude::*;

/// `/setup`; once the portal is set up it leads to the sign-in.
#[component]
pub fn Setup() -> AnyView {
    page(|_| load_setup_state(), show)
}

fn show(state: SetupState) -> AnyView {
    if state.installed {
        return errors::leave("/sign-in".to_owned());
    }
    view! {
        <PageHeader
            title="Set up Keystead"
            subtitle="Four short parts. Everything but the first administrator can be changed later."
        />
        {forms::summary(&[])}
        <form class="form" method="post" action="/setup">
            {code()}
            {organisation()}
            {administrator()}
            {own_keys()}
            <div class="actions">
                <Button label="Set up" look=Look::Primary />
            </div>
        </form>
    }
    .into_any()
}

fn part(number: u8, title: &'static str, fields: AnyView) -> AnyView {
    view! {
        <section class="section">
            <h2>{format!("{number}. {title}")}</h2>
            {fields}
        </section>
    }
    .into_any()
}

fn code() -> AnyView {
    let field = view! {
        <TextInput
            name="code"
            label="Setup code"
            hint="The portal wrote it to its log when it started. It lasts 30 minutes; a restart makes a new one."
            error=forms::error("code")
            autocomplete="off"
            code=true
            placeholder="ABCDE-FGHJK-LMNPQ-RSTUV"
        />
    };
    part(1, "Prove that you run this server", field.into_any())
}

fn organisation() -> AnyView {
    let fields = view! {
        <TextInput
            name="tenant"
            label="Name"
            value=forms::value("tenant")
            error=forms::error("tenant")
            maxlength=100u32
            autocomplete="organization"
        />
        <TextInput
            name="regions"
            label="Regions"
            value=forms::value_or("regions", "europe")
            hint="Short names with commas between: europe, us-east. Each region has keys and environments of its own."
            error=forms::error("regions")
            autocomplete="off"
        />
    };
    part(2, "Your organisation", fields.into_any())
}

fn administrator() -> AnyView {
    let fields = view! {
        <TextInput
            name="name"
            label="Your name"
            value=forms::value("name")
            error=forms::error("name")
            maxlength=100u32
            autocomplete="name"
        />
        <TextInput
            name="email"
            label="E-mail address"
            kind="email"
            value=forms::value("email")
            hint="You sign in with it, and notices about key changes go to it."
            error=forms::error("email")
            autocomplete="username"
        />
        <PasswordInput
            name="password"
            label="Password"
            hint="12 to 256 characters. A few random words make a good one."
            error=forms::error("password")
            autocomplete="new-password"
        />
        <PasswordInput
            name="password_again"
            label="Password again"
            error=forms::error("password_again")
            autocomplete="new-password"
        />
    };
    part(3, "The first administrator", fields.into_any())
}

/// PP-004, PP-005, PP-013.
fn own_keys() -> AnyView {
    let fields = view! {
        <Checkbox
            name="enable"
            label="Turn on managing your own keys"
            checked=forms::ticked("enable", true)
            note="Only environments created afterwards can use your own key. The operator can turn it on later."
        />
        <TextInput
            name="seats"
            label="Licensed seats"
            kind="number"
            value=forms::value_or("seats", (SEAT_THRESHOLD + 1).to_string())
            hint=format!("Managing your own keys needs more than {SEAT_THRESHOLD}.")
            error=forms::error("seats")
            required=false
        />
    };
    part(4, "Managing your own keys", fields.into_any())
}
