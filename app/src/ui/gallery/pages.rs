//! Whole pages, to see the components together.

use super::{sample, small};
use crate::ui::*;
use leptos::prelude::*;

fn trail(names: &[&str]) -> Vec<(String, String)> {
    names.iter().map(|name| ((*name).to_owned(), "/_gallery".to_owned())).collect()
}

fn keys_list() -> AnyView {
    view! {
        <PageHeader
            title="Manage encryption keys"
            subtitle="The active key protects the environments that use your organisation's own key."
            trail=trail(&["Contoso", "Environments"])
        />
        {small::commands()}
        <MessageBar tone=Tone::Warning title="The key changed 31 hours ago.">
            "admin-b@contoso.example activated "
            <a href="/keys/contoso-2026">"contoso-2026"</a>
            ". You can roll back to "
            <a href="/keys/contoso-2025">"contoso-2025"</a>
            " until "
            <Time at=sample::moment() />
            ". "
            <a href="/incidents/new">"This was not us"</a>
        </MessageBar>
        {small::cards()}
        <DataTable
            caption="Protection keys in Europe"
            columns=sample::key_columns()
            rows=sample::key_rows()
        />
    }
    .into_any()
}

pub(super) fn keys() -> AnyView {
    view! {
        <WithPanel list=keys_list()>
            <Panel title="New key" close="/_gallery">
                {new_key()}
            </Panel>
        </WithPanel>
    }
    .into_any()
}

fn new_key() -> AnyView {
    let how =
        vec![Choice::new("generate", "Generate new (.pfx)"), Choice::new("upload", "Upload (.pfx or .byok)")];
    view! {
        <form class="panel-form" method="post" action="/_gallery" enctype="multipart/form-data">
            <PanelBody>
                <TextInput name="name" label="Key name" value="contoso-2028" />
                <RadioGroup name="how" label="How" choices=how value="upload" />
                <FileInput
                    name="file"
                    label="Key file"
                    accept=".pfx,.byok"
                    hint="2048-bit RSA with its private key, protected by a password."
                />
                <PasswordInput
                    name="password"
                    label="Password of the file"
                    autocomplete="off"
                    error="This password does not open the file. 4 tries left before a pause of 10 minutes."
                />
                <MessageBar tone=Tone::Info>
                    "All 5 administrators are mailed when you create this key. It stays "
                    <strong>"Available"</strong> " until someone activates it."
                </MessageBar>
            </PanelBody>
            <PanelFoot>
                <Button label="Create" look=Look::Primary />
                <ButtonLink label="Cancel" href="/_gallery" />
            </PanelFoot>
        </form>
    }
    .into_any()
}

pub(super) fn encryption() -> AnyView {
    let (facts, steps) = sample::operation();
    let state = || view! { <Badge label="Your own key" tone=Tone::Success icon=Glyph::Key /> }.into_any();
    view! {
        <PageHeader
            title="Environment encryption"
            subtitle="Payroll · Production · Europe"
            trail=trail(&["Contoso", "Environments", "Payroll"])
            aside=view! { <StateBadge state=State::Ready /> }.into_any()
        />
        <CommandBar>
            <CommandButton id="refresh" icon=Glyph::Refresh label="Refresh" run=Run::link("/_gallery", None) />
            <CommandButton id="history" icon=Glyph::History label="Encryption history" run=Run::link("/_gallery", None) />
            <CommandButton id="cli" icon=Glyph::Code label="Show as CLI" run=Run::link("/_gallery", None) />
        </CommandBar>
        <Card title="Encrypted with contoso-2026" aside=state()>
            <Facts>
                <Fact name="Fingerprint">
                    <Copyable
                        value="4f:d0:19:7a:c2:e8:5a:11:9c:41:7e:02:b2:07:1b:a3"
                        short="4f:d0:19:7a:c2:e8:5a…"
                        what="fingerprint"
                    />
                </Fact>
                <Fact name="Since">
                    <Time at=sample::moment() />
                    " (changed online, no downtime)"
                </Fact>
                <Fact name="Data key">"generation 3 · 1,204,118 rows, 412 MB sealed"</Fact>
                <Fact name="Backups under this key">
                    <a href="/backups">"14"</a>
                    " · 2 need contoso-2025, "
                    <a href="/keys/contoso-2025">"keep it"</a>
                </Fact>
            </Facts>
        </Card>
        <Card title="Return to standard encryption management">
            <TypedConfirm action="/_gallery" phrase="Payroll" confirm="Return" danger=true>
                <p>"The platform manages the key again. The environment is unavailable while its rows are sealed anew, about 40 seconds."</p>
            </TypedConfirm>
        </Card>
        <Card title="Applying contoso-2026">
            <OperationProgress label="Applying contoso-2026" facts=Some(facts) steps />
        </Card>
    }
    .into_any()
}

pub(super) fn activate() -> AnyView {
    let consequences = vec![
        "128 environments are re-encrypted, without downtime.".to_owned(),
        "contoso-2026 becomes Available; keep its file, 14 backups need it.".to_owned(),
        "The next activation is possible after 24 hours, a lock after 72 hours.".to_owned(),
        "All 5 administrators are notified by mail.".to_owned(),
    ];
    view! {
        <ConfirmDialog
            title="Activate contoso-2027?"
            action="/_gallery"
            cancel="/_gallery"
            confirm="Activate"
            consequences
        >
            <p>"It replaces contoso-2026 as the key of Contoso in Europe."</p>
        </ConfirmDialog>
        {keys_list()}
    }
    .into_any()
}

pub(super) fn lock() -> AnyView {
    let consequences = vec![
        "128 environments go offline for everyone, the platform included.".to_owned(),
        "They are deleted after 28 days unless someone unlocks them.".to_owned(),
        "Only the file of contoso-2026 unlocks them, one hour from now at the earliest.".to_owned(),
    ];
    view! {
        <ConfirmDialog
            title="Lock every environment in Europe?"
            action="/_gallery"
            cancel="/_gallery"
            confirm="Lock"
            danger=true
            consequences
            phrase="LOCK EUROPE"
            phrase_error="This is not the phrase. Type it exactly, capitals included."
        >
            <p>"The portal forgets the key. Keystead cannot undo this."</p>
        </ConfirmDialog>
        {keys_list()}
    }
    .into_any()
}

pub(super) fn sign_in() -> AnyView {
    view! {
        <PageHeader title="Sign in" subtitle="Contoso's keys for its environments and services." />
        <form method="post" action="/_gallery">
            <TextInput name="email" label="E-mail address" kind="email" autocomplete="username" />
            <PasswordInput name="password" label="Password" />
            <Button label="Sign in" look=Look::Primary />
        </form>
    }
    .into_any()
}
