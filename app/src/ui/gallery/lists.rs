//! Tables, filters, empty states.

use super::sample;
use crate::ui::*;
use leptos::prelude::*;

pub(super) fn all() -> AnyView {
    let page =
        Page { shown: "51–100 of 1000+".into(), previous: Some("/keys?page=1".into()), ..Page::default() };
    view! {
        {filters()}
        <DataTable
            caption="Protection keys in Europe"
            columns=sample::key_columns()
            rows=sample::key_rows()
            page
        />
        {choosing()}
        {empty()}
        <Card title="Facts">
            <Facts>
                <Fact name="Fingerprint">
                    <Copyable value="4f:d0:19:7a:c2:e8:5a:11:9c:41:7e:02:b2:07:1b:a3" what="fingerprint" />
                </Fact>
                <Fact name="Since">
                    <Time at=sample::moment() />
                    " (changed online, no downtime)"
                </Fact>
                <Fact name="Data key">"generation 3 · 1,204,118 rows, 412 MB sealed"</Fact>
            </Facts>
        </Card>
    }
    .into_any()
}

fn filters() -> AnyView {
    let states = vec![
        Choice::new("", "Every state"),
        Choice::new("active", "Active"),
        Choice::new("available", "Available"),
    ];
    view! {
        <FilterForm action="/keys" clear="/keys" keep=vec![("sort".into(), "-name".into())]>
            <TextInput name="q" label="Name contains" kind="search" value="contoso" required=false />
            <Select name="state" label="State" choices=states value="active" required=false />
        </FilterForm>
    }
    .into_any()
}

fn choosing() -> AnyView {
    let row = |id: &str, name: &str, note: &str, pick: Pick, on| {
        Row::new(id, name).pick(pick, on).cell(name.to_owned()).cell(note.to_owned())
    };
    let radio = || Pick::Radio { form: "choose".into(), name: "key".into() };
    let check = || Pick::Check { form: "choose".into(), name: "environment".into() };
    let columns = |first: &str| vec![Column::new(first), Column::new("Note")];
    view! {
        <form id="choose" method="get" action="/_gallery"></form>
        <DataTable
            caption="Choose one key"
            titled=true
            columns=columns("Key")
            rows=vec![
                row("a", "payroll-cmk", "RSA 2048, enabled", radio(), true),
                row("b", "archive-cmk", "RSA 4096, enabled", radio(), false),
            ]
        />
        <DataTable
            caption="Choose environments"
            titled=true
            columns=columns("Environment")
            rows=vec![
                row("1", "Payroll", "Production", check(), true),
                row("2", "Payroll test", "Sandbox", check(), false),
            ]
        />
    }
    .into_any()
}

fn empty() -> AnyView {
    let action = view! { <ButtonLink label="New key" href="/keys/new" look=Look::Primary icon=Glyph::Add /> };
    let nothing = view! {
        <EmptyState
            icon=Glyph::Key
            title="No keys yet"
            text="New environments use the key that the platform manages. Create your own to take over."
            action=action.into_any()
        />
    };
    view! {
        <DataTable
            caption="Protection keys"
            columns=sample::key_columns()
            rows=Vec::new()
            empty=nothing.into_any()
        />
    }
    .into_any()
}
