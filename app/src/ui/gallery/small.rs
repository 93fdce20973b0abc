//! Badges, buttons, messages, icons, cards.

use super::sample;
use crate::ui::*;
use leptos::prelude::*;

pub(super) fn all() -> AnyView {
    view! {
        {messages()}
        {commands()}
        {cards()}
        {badges()}
        {buttons()}
        {icons()}
    }
    .into_any()
}

fn messages() -> AnyView {
    let action = view! { <ButtonLink label="This was not us" href="/incidents/new" /> }.into_any();
    view! {
        <MessageBar tone=Tone::Info title="Opt-in needed.">
            "Managing your own key is not turned on for Europe. "
            <a href="/settings">"Ask for it"</a>
        </MessageBar>
        <MessageBar tone=Tone::Success>"Every environment opens with the new key."</MessageBar>
        <MessageBar tone=Tone::Warning title="The key changed 31 hours ago." actions=action>
            "admin-b@contoso.example activated "
            <a href="/keys/contoso-2026">"contoso-2026"</a>
            ". You can roll back to "
            <a href="/keys/contoso-2025">"contoso-2025"</a>
            " until "
            <Time at=sample::moment() />
            "."
        </MessageBar>
        <MessageBar tone=Tone::Severe title="128 environments are locked.">
            "Nobody can read them, the platform included. They are deleted on "
            <Time at=sample::moment() />
            " unless someone unlocks them."
        </MessageBar>
        <MessageBar tone=Tone::Error title="The mail server refused 2 of 5 messages.">
            <a href="/notifications">"See the deliveries"</a>
        </MessageBar>
    }
    .into_any()
}

pub(super) fn commands() -> AnyView {
    let no_selection =
        Why { reason: "Select one Available key first.".into(), remedy: None, see: None, from: None };
    view! {
        <CommandBar>
            <CommandButton id="new" icon=Glyph::Add label="New key" run=Run::link("/keys/new", None) />
            <CommandButton
                id="activate"
                icon=Glyph::Check
                label="Activate key"
                run=Run::link("/keys/activate", Some(no_selection))
            />
            <CommandButton
                id="lock"
                icon=Glyph::Lock
                label="Lock active environments"
                run=Run::link("/keys/lock", Some(sample::why()))
            />
            <CommandButton
                id="unlock"
                icon=Glyph::Unlock
                label="Unlock key"
                run=Run::link(
                    "/keys/unlock",
                    Some(Why { reason: "No key is locked in Europe.".into(), remedy: None, see: None, from: None }),
                )
            />
            <CommandButton id="refresh" icon=Glyph::Refresh label="Refresh" run=Run::link("/keys", None) />
            <CommandButton
                id="history"
                icon=Glyph::History
                label="History"
                run=Run::link("/keys/history", None)
            />
        </CommandBar>
    }
    .into_any()
}

pub(super) fn cards() -> AnyView {
    let at = || view! { "72 h after a change · " <Time at=sample::moment() /> }.into_any();
    let eligible = view! {
        "12 eligible · 3 not eligible, "
        <a href="/environments?filter=ineligible">"why?"</a>
    };
    view! {
        <Cards>
            <FigureCard label="Next activation allowed" note="24 h after a change · since 22 Nov 2026, 09:12 UTC".into_any()>
                <Countdown until=sample::passed() done="Now" absolute=false />
            </FigureCard>
            <FigureCard label="Lock allowed" note=at()>
                <Countdown until=sample::deadline() absolute=false />
            </FigureCard>
            <FigureCard label="Environments on your own key" note=eligible.into_any()>
                "128 of 143"
            </FigureCard>
        </Cards>
    }
    .into_any()
}

fn badges() -> AnyView {
    let states: Vec<_> = State::ALL.into_iter().map(|state| view! { <StateBadge state /> " " }).collect();
    view! {
        <Card title="Badges">
            <p>{states}</p>
            <p>
                <Badge label="Your own key" tone=Tone::Success icon=Glyph::Key />
                " "
                <Badge label="Microsoft-managed" />
                " "
                <Badge label="No downtime" tone=Tone::Info />
                " "
                <Badge label="Expires in 3 days" tone=Tone::Warning icon=Glyph::Clock />
                " "
                <StateBadge state=State::Deleted label="Deleted in 3 days" />
            </p>
        </Card>
    }
    .into_any()
}

fn buttons() -> AnyView {
    view! {
        <Card title="Buttons">
            <form method="get" action="/_gallery">
                <Button label="Create" look=Look::Primary />
                " "
                <Button label="Check again" icon=Glyph::Refresh />
                " "
                <Button label="Lock" look=Look::Danger icon=Glyph::Lock />
                " "
                <Button label="Discard" look=Look::Subtle />
                " "
                <ButtonLink label="Download .csv" href="/audit.csv" icon=Glyph::Download external=true />
                " "
                <CommandButton
                    id="gallery-off"
                    icon=Glyph::Check
                    label="Activate"
                    look=Look::Secondary
                    run=Run::submit("none", Some(sample::why()))
                />
            </form>
        </Card>
    }
    .into_any()
}

fn icons() -> AnyView {
    let icons: Vec<_> = Glyph::ALL
        .iter()
        .map(|glyph| {
            view! {
                <li>
                    <Icon name=*glyph />
                    " "
                    {glyph.id()}
                </li>
            }
        })
        .collect();
    view! {
        <Card title="Icons">
            <ul class="gallery-icons">{icons}</ul>
        </Card>
    }
    .into_any()
}
