//! Where data may go: every environment with the reason where it may not, and the last word before what one holds is
//! replaced (PP-131…PP-133).

use super::{NeededKey, needs};
use crate::{
    error::UiError,
    forms,
    pages::{environments::trail, load::*},
    ui::*,
    view::{self, ViewDecision, counted},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// An environment that data could go to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewTarget {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub region: String,
    /// The key it is encrypted with; none under the Microsoft-provided key.
    pub key: Option<String>,
    pub decision: ViewDecision,
}

/// What is to be restored; nothing for a copy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewRestored {
    pub id: String,
    /// When it was made, as one line of text.
    pub called: String,
    pub rows: u64,
    pub key: Option<NeededKey>,
    pub key_here: bool,
}

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewReplace {
    /// Of the environment whose data it is.
    pub id: String,
    pub name: String,
    pub backup: Option<ViewRestored>,
    pub search: String,
    pub after: String,
    pub targets: Vec<ViewTarget>,
    pub next: Option<String>,
    /// The target that was chosen.
    pub chosen: Option<ViewTarget>,
}

impl PageData for ViewReplace {
    fn title(&self) -> String {
        format!("{} · {}", self.heading(), self.name)
    }
}

impl ViewReplace {
    fn heading(&self) -> &'static str {
        if self.backup.is_some() { "Restore a backup" } else { "Copy environment" }
    }

    fn address(&self, query: &[(&str, &str)]) -> String {
        let path = match &self.backup {
            Some(backup) => format!("/environments/{}/backups/{}/restore", self.id, backup.id),
            None => format!("/environments/{}/copy", self.id),
        };
        let kept: Vec<(&str, &str)> = query.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
        crate::url::with_query(&path, &kept)
    }
}

/// The targets of a backup, or, without one, of the environment's data.
#[server(prefix = "/fn", endpoint = "targets")]
pub async fn targets(
    id: String,
    backup: String,
    search: String,
    after: String,
    target: String,
) -> Result<ViewReplace, UiError> {
    let (portal, caller) = crate::request::request()?;
    build::targets(&portal, &caller, build::Asked { id, backup, search, after, target }).await
}

async fn asked(input: Input) -> Result<ViewReplace, UiError> {
    let (search, after, target) = (input.value("search"), input.value("after"), input.value("target"));
    targets(input.id, input.sub, search, after, target).await
}

/// `/environments/{id}/backups/{backup}/restore`.
#[component]
pub fn RestoreBackup() -> AnyView {
    page(asked, show)
}

/// `/environments/{id}/copy`.
#[component]
pub fn CopyEnvironment() -> AnyView {
    page(asked, show)
}

fn show(data: ViewReplace) -> AnyView {
    let mut way = trail(&data.id, &data.name);
    if data.backup.is_some() {
        way.push(("Backups".to_owned(), format!("/environments/{}/backups", data.id)));
    }
    let page = Page {
        first: (!data.after.is_empty()).then(|| data.address(&[("search", &data.search)])),
        next: data.next.as_ref().map(|after| data.address(&[("search", &data.search), ("after", after)])),
        ..Page::default()
    };
    let rows = data.targets.iter().map(|target| row(&data, target)).collect();
    let empty = view! { <EmptyState icon=Glyph::Search title="Nothing found" text="No environment has such a name." /> };
    view! {
        {question(&data)}
        <PageHeader title=data.heading() subtitle=subtitle(&data) trail=way />
        {facts(&data)}
        <FilterForm
            action=data.address(&[])
            clear=(!data.search.is_empty()).then(|| data.address(&[]))
        >
            <TextInput
                name="search"
                id="filter-search"
                label="Name contains"
                kind="search"
                value=data.search.clone()
                required=false
                autocomplete="off"
            />
        </FilterForm>
        <DataTable caption="Where to?" titled=true columns=columns() rows empty=empty.into_any() page />
    }
    .into_any()
}

fn subtitle(data: &ViewReplace) -> String {
    match &data.backup {
        Some(backup) => format!("{}, as it was on {}", data.name, backup.called),
        None => format!("What {} holds replaces what another environment holds.", data.name),
    }
}

fn facts(data: &ViewReplace) -> Option<AnyView> {
    let backup = data.backup.clone()?;
    let key = needs(backup.key.as_ref(), backup.key_here);
    let fingerprint = backup.key.map(|key| {
        view! { <Fact name="Its fingerprint">{crate::pages::environments::data::fingerprint(key.fingerprint)}</Fact> }
    });
    let card = view! {
        <Card title="The backup">
            <Facts>
                <Fact name="Made">{backup.called}</Fact>
                <Fact name="Holds">{counted(backup.rows, "row", "rows")}</Fact>
                <Fact name="Needs the key">{key}</Fact>
                {fingerprint}
            </Facts>
        </Card>
    };
    Some(card.into_any())
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("Environment"),
        Column::new("Type").minor(),
        Column::new("Region").minor(),
        Column::new("Encrypted with"),
        Column::new("Possible"),
    ]
}

fn row(data: &ViewReplace, target: &ViewTarget) -> Row {
    let key = target.key.clone().unwrap_or_else(|| "Microsoft-provided key".to_owned());
    let name = target.name.clone();
    let possible = match target.decision.why.clone() {
        None => {
            let href =
                data.address(&[("search", &data.search), ("after", &data.after), ("target", &target.id)]);
            let verb = if data.backup.is_some() { "Restore here" } else { "Copy here" };
            let hidden = format!(": {name}");
            view! { <a href=href>{verb} <span class="visually-hidden">{hidden}</span></a> }.into_any()
        }
        Some(why) => view! { <span class="muted">{view::why(why)}</span> }.into_any(),
    };
    let muted = if target.decision.allowed() { "" } else { "muted" };
    Row::new(target.id.clone(), name.clone())
        .cell(view! { <span class=muted>{name}</span> })
        .cell(view! { <span class=muted>{target.kind.clone()}</span> })
        .cell(view! { <span class=muted>{target.region.clone()}</span> })
        .cell(view! { <span class=muted>{key}</span> })
        .cell(possible)
}

/// The question about the chosen target, or why it is none any more.
fn question(data: &ViewReplace) -> Option<AnyView> {
    let typed = forms::error("typed_name");
    let summary = typed.is_none().then(|| forms::summary(&[]));
    let Some(target) = data.chosen.clone() else { return Some(summary.into_any()) };
    if let Some(why) = target.decision.why.clone() {
        let bar = view::not_now(format!("Not to {}.", target.name), why);
        return Some(view! { {summary} {bar} }.into_any());
    }
    let consequences = vec![
        format!("Everything that {} holds now is gone for good; its own backups stay.", target.name),
        "Until the rows are there it can be read, not changed, and the operation can be cancelled."
            .to_owned(),
        "All administrators are notified.".to_owned(),
    ];
    let (title, confirm) = match data.backup {
        Some(_) => (format!("Restore to {}?", target.name), "Restore"),
        None => (format!("Copy {} to {}?", data.name, target.name), "Copy"),
    };
    let what = subtitle(data);
    let dialog = view! {
        <ConfirmDialog
            title
            action=data.address(&[("target", &target.id)])
            cancel=data.address(&[("search", &data.search), ("after", &data.after)])
            confirm
            danger=true
            consequences
            phrase=Some(target.name.clone())
            phrase_error=typed
        >
            {summary}
            <p>{what}</p>
            <input type="hidden" name="target" value=target.id />
        </ConfirmDialog>
    };
    Some(dialog.into_any())
}

#[cfg(feature = "ssr")]
mod build {
    use super::{NeededKey, ViewReplace, ViewRestored, ViewTarget};
    use crate::{error::UiError, view::ViewDecision};
    use domain::{BackupId, EnvironmentId, Timestamp};
    use service::{
        Caller, Portal,
        backups::{self, Listed, Target, TargetFilter},
        environments, keys,
        store::{Cursor, Page},
    };

    /// What the address asks for.
    pub(super) struct Asked {
        pub id: String,
        pub backup: String,
        pub search: String,
        pub after: String,
        pub target: String,
    }

    pub(super) async fn targets(
        portal: &Portal,
        caller: &Caller,
        asked: Asked,
    ) -> Result<ViewReplace, UiError> {
        let id: EnvironmentId = asked.id.parse().map_err(|_| UiError::not_found("environment"))?;
        let backup = match asked.backup.as_str() {
            "" => None,
            text => {
                let backup: BackupId = text.parse().map_err(|_| UiError::not_found("backup"))?;
                Some(backups::get(portal, caller, id, backup).await?)
            }
        };
        let name = environments::get(portal, caller, id).await?.facts.name;
        let filter = TargetFilter {
            search: (!asked.search.is_empty()).then(|| asked.search.clone()),
            only: None,
            after: Cursor::parse(&asked.after),
            limit: 50,
        };
        let now = portal.clock().now();
        let mut page = find(portal, caller, (id, backup.as_ref()), filter).await?;
        // Each page has first what is possible; the cursor knows the order by name.
        page.items.sort_by_key(|target| target.decision.is_err());
        let chosen = match asked.target.parse() {
            Ok(target) => {
                let filter = TargetFilter { only: Some(target), limit: 1, ..TargetFilter::default() };
                find(portal, caller, (id, backup.as_ref()), filter).await?.items.into_iter().next()
            }
            Err(_) => None,
        };
        Ok(ViewReplace {
            id: id.to_string(),
            name,
            backup: backup.as_ref().map(ViewRestored::new),
            search: asked.search,
            after: asked.after,
            targets: page.items.iter().map(|target| ViewTarget::new(target, now)).collect(),
            next: page.next.map(|cursor| cursor.to_string()),
            chosen: chosen.map(|target| ViewTarget::new(&target, now)),
        })
    }

    async fn find(
        portal: &Portal,
        caller: &Caller,
        (id, backup): (EnvironmentId, Option<&Listed>),
        filter: TargetFilter,
    ) -> Result<Page<Target>, UiError> {
        Ok(match backup {
            Some(listed) => backups::restore_targets(portal, caller, id, listed.backup.id, filter).await?,
            None => backups::copy_targets(portal, caller, id, filter).await?,
        })
    }

    impl ViewRestored {
        fn new(listed: &Listed) -> Self {
            let backup = &listed.backup;
            let key = backup.key.as_ref();
            Self {
                id: backup.id.to_string(),
                called: backup.created_at.human(),
                rows: backup.rows,
                key: key.map(|(name, bytes)| NeededKey { name: name.clone(), fingerprint: keys::hex(bytes) }),
                key_here: listed.facts.key_here,
            }
        }
    }

    impl ViewTarget {
        fn new(target: &Target, now: Timestamp) -> Self {
            let environment = &target.listed.environment;
            Self {
                id: environment.id.to_string(),
                name: environment.name.clone(),
                kind: environment.kind.label().to_owned(),
                region: target.listed.region.clone(),
                key: target.listed.key_name.clone(),
                decision: ViewDecision::new(&target.decision, now),
            }
        }
    }
}
