//! Fields, choices, errors, confirmations.

use crate::ui::*;
use leptos::prelude::*;

pub(super) fn all() -> AnyView {
    let errors = vec![
        ("key-name".to_owned(), "A key named contoso-2026 exists already. Choose another name.".to_owned()),
        ("file-password".to_owned(), "This password does not open the file.".to_owned()),
        (String::new(), "The key file could not be checked within 10 seconds. Try again.".to_owned()),
    ];
    view! {
        <Card title="Fields">
            <ErrorSummary errors />
            <form method="post" action="/_gallery" enctype="multipart/form-data">
                {texts()}
                {choices()}
                <Button label="Create" look=Look::Primary />
                " "
                <ButtonLink label="Cancel" href="/_gallery" />
            </form>
        </Card>
        <Card title="Return to standard encryption management">
            <TypedConfirm action="/_gallery" phrase="Payroll" confirm="Return" danger=true>
                <p>"The platform manages the key again. The environment is unavailable meanwhile, about 40 seconds."</p>
            </TypedConfirm>
        </Card>
    }
    .into_any()
}

fn texts() -> AnyView {
    view! {
        <TextInput
            name="key-name"
            label="Key name"
            value="contoso-2026"
            hint="1 to 50 letters, digits and hyphens."
            error="A key named contoso-2026 exists already. Choose another name."
        />
        <TextInput name="note" label="Note" required=false placeholder="Ticket, reason" />
        <TextInput
            name="uri"
            label="Key URI"
            kind="url"
            code=true
            value="https://contoso.vault.example/keys/payroll/0123456789abcdef"
            hint="With a version: pinned. Without: the current version is used."
        />
        <TextInput
            name="subscription"
            label="Subscription ID"
            code=true
            readonly=true
            value="8d4f2c1e-5b1f-4f0c-9f0a-1c2d3e4f5a6b"
        />
        <FileInput
            name="file"
            label="Key file"
            accept=".pfx,.byok"
            hint="A .pfx or .byok file up to 256 kB: 2048-bit RSA with its private key."
        />
        <PasswordInput
            name="file-password"
            label="Password of the file"
            autocomplete="off"
            error="This password does not open the file. 4 tries left before a pause of 10 minutes."
        />
    }
    .into_any()
}

fn choices() -> AnyView {
    let how = vec![
        Choice::new("generate", "Generate new (.pfx)").note("The portal makes it; you keep the file."),
        Choice::new("upload", "Upload (.pfx or .byok)"),
        Choice::new("vault", "Use a key vault").disabled("No vault in Europe has purge protection."),
    ];
    let regions = vec![Choice::new("europe", "Europe"), Choice::new("apac", "Asia Pacific")];
    view! {
        <RadioGroup name="how" label="How" choices=how value="upload" error="Choose one that is possible." />
        <Select name="region" label="Region" choices=regions value="apac" hint="The key stays in it." />
        <Checkbox
            name="stored"
            label="I stored the file and its password safely"
            note="The portal cannot recover either."
            required=true
        />
    }
    .into_any()
}
