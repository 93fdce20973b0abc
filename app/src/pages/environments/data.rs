//! What the pages of one environment are told.

use crate::{pages::PageData, ui::*, view::ViewDecision, view::ViewOperation, view::counted};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A key as an environment's pages name it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeyName {
    pub id: String,
    pub name: String,
    /// SHA-256 of the public key, 64 hexadecimal digits.
    pub fingerprint: String,
    pub activated: Option<Moment>,
}

/// A table with its size.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewTable {
    pub id: String,
    pub name: String,
    pub columns: u32,
    pub rows: u64,
    pub created: Moment,
}

/// An environment and what may be done to it now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewEnvironment {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub region: String,
    pub storage: String,
    pub created: Moment,
    /// Ready, Applying, Returning, Locked.
    pub state: State,
    pub since: Moment,
    /// "Microsoft-managed", "Self-managed" and so on.
    pub encryption: String,
    /// Online re-encryption after a key change is under way (E3).
    pub reencrypting: bool,
    /// Of the data key that seals its rows.
    pub generation: u32,
    /// Why the last apply or return was undone.
    pub error: Option<String>,
    /// The key it is encrypted with; none under the Microsoft-provided key.
    pub key: Option<KeyName>,
    /// Since when its data key is wrapped as it is.
    pub key_since: Option<Moment>,
    /// The region's Active key.
    pub active_key: Option<KeyName>,
    pub rows: u64,
    pub tables: Vec<ViewTable>,
    /// Every reason why it cannot use the organisation's own key (PP-007…PP-017).
    pub ineligible: Vec<String>,
    /// The name to be typed before a return (PP-094).
    pub name_to_type: Option<String>,
    pub apply: ViewDecision,
    pub give_back: ViewDecision,
    pub unlock: ViewDecision,
    pub delete: ViewDecision,
    pub copy: ViewDecision,
    pub reset: ViewDecision,
    /// Whether it is of the kind that can be reset.
    pub sandbox: bool,
    /// When it is deleted, if it is locked (PP-103).
    pub deletion: Option<Deadline>,
    pub use_data: ViewDecision,
    pub create_table: ViewDecision,
    /// The newest job on it.
    pub operation: Option<ViewOperation>,
    /// Whether the caller may see keys.
    pub sees_keys: bool,
}

impl PageData for ViewEnvironment {
    fn title(&self) -> String {
        self.name.clone()
    }

    fn running(&self) -> bool {
        self.busy()
    }
}

impl ViewEnvironment {
    /// Whether something changes by itself that a page should follow.
    pub(super) fn busy(&self) -> bool {
        let changes = matches!(self.state, State::Locking | State::Unlocking);
        changes || self.reencrypting || self.operation.as_ref().is_some_and(|operation| !operation.over)
    }

    /// Whether its data is out of everybody's reach.
    pub(super) fn is_locked(&self) -> bool {
        matches!(self.state, State::Locked | State::Locking)
    }

    /// The address of one of its pages: `part` is empty or begins with `/`.
    pub(super) fn address(&self, part: &str) -> String {
        format!("/environments/{}{part}", self.id)
    }

    /// "Production · europe".
    pub(super) fn subtitle(&self) -> String {
        format!("{} · {}", self.kind, self.region)
    }

    /// "2 tables, 1,204 rows".
    pub(super) fn holds(&self) -> String {
        let tables = counted(self.tables.len() as u64, "table", "tables");
        format!("{tables}, {}", counted(self.rows, "row", "rows"))
    }

    /// "Microsoft-provided key", or the key's name.
    pub(super) fn encrypted_with(&self) -> String {
        self.key.as_ref().map_or_else(|| "Microsoft-provided key".to_owned(), |key| key.name.clone())
    }
}

/// Whose key it is: never told by colour alone.
pub(super) fn whose_key(own: bool) -> AnyView {
    if own {
        view! { <Badge label="Your own key" tone=Tone::Success icon=Glyph::Key /> }.into_any()
    } else {
        view! { <Badge label="Microsoft-managed" icon=Glyph::Shield /> }.into_any()
    }
}

/// A fingerprint: its beginning, whole when copied.
pub(crate) fn fingerprint(value: String) -> AnyView {
    let short = value.get(..16).map_or_else(|| value.clone(), |start| format!("{start}…"));
    view! { <Copyable value short what="fingerprint" /> }.into_any()
}

#[cfg(feature = "ssr")]
mod build {
    use super::{KeyName, ViewEnvironment, ViewTable};
    use crate::{error::UiError, ui::Deadline, ui::State, view::ViewDecision, view::ViewOperation};
    use domain::{actions::Action, environments::EnvironmentState, environments::EnvironmentType, policy};
    use service::{Caller, Portal, environments::Details, keys, store};

    impl KeyName {
        fn new(key: &store::keys::Key) -> Self {
            Self {
                id: key.id.to_string(),
                name: key.name.clone(),
                fingerprint: keys::hex(&key.fingerprint),
                activated: key.activated_at.map(Into::into),
            }
        }
    }

    impl ViewTable {
        fn new(table: &store::tables::Table) -> Self {
            Self {
                id: table.id.to_string(),
                name: table.shape.name.to_string(),
                columns: u32::try_from(table.shape.columns.len()).unwrap_or(u32::MAX),
                rows: table.row_count,
                created: table.created_at.into(),
            }
        }
    }

    /// The state's word and colour.
    pub(crate) const fn state(state: EnvironmentState) -> State {
        match state {
            EnvironmentState::PlatformManaged | EnvironmentState::SelfManaged => State::Ready,
            EnvironmentState::Applying => State::Applying,
            EnvironmentState::Returning => State::Returning,
            EnvironmentState::Locking => State::Locking,
            EnvironmentState::Locked => State::Locked,
            EnvironmentState::Unlocking => State::Unlocking,
            EnvironmentState::Deleted => State::Deleted,
        }
    }

    impl ViewEnvironment {
        /// The environment of this id, as the caller sees it now.
        ///
        /// # Errors
        /// `NotFound` for no id, another tenant's and one the caller may not see.
        pub(crate) async fn load(portal: &Portal, caller: &Caller, id: &str) -> Result<Self, UiError> {
            let id = id.parse().map_err(|_| UiError::not_found("environment"))?;
            let details = service::environments::get(portal, caller, id).await?;
            let tables = service::tables::list(portal, caller, id).await?;
            Ok(Self::new(caller, &details, &tables))
        }

        fn new(caller: &Caller, details: &Details, tables: &[store::tables::Table]) -> Self {
            let (listed, now) = (&details.listed, details.now);
            let environment = &listed.environment;
            Self {
                id: environment.id.to_string(),
                name: environment.name.clone(),
                kind: environment.kind.label().to_owned(),
                region: listed.region.clone(),
                storage: environment.storage.label().to_owned(),
                created: environment.created_at.into(),
                state: state(environment.state),
                since: environment.state_since.into(),
                encryption: environment.state.label().to_owned(),
                reencrypting: listed.reencrypting,
                generation: environment.generation,
                error: environment.error.clone(),
                key: details.key.as_ref().map(KeyName::new),
                key_since: details.key_since.map(Into::into),
                active_key: details.active_key.as_ref().map(KeyName::new),
                rows: details.rows,
                tables: tables.iter().map(ViewTable::new).collect(),
                ineligible: details.ineligible.iter().map(|reason| (*reason).to_owned()).collect(),
                name_to_type: policy::name_to_type(&details.facts).map(str::to_owned),
                apply: ViewDecision::new(&details.apply, now),
                give_back: ViewDecision::new(&details.give_back, now),
                unlock: ViewDecision::new(&details.unlock, now),
                delete: ViewDecision::new(&details.delete, now),
                copy: ViewDecision::new(&details.copy, now),
                reset: ViewDecision::new(&details.reset, now),
                sandbox: environment.kind == EnvironmentType::Sandbox,
                deletion: details.deletion_at.map(|at| Deadline::end(at, now)),
                use_data: ViewDecision::new(&details.use_data, now),
                create_table: ViewDecision::new(&details.data(caller, Action::TableCreate), now),
                operation: details.operation.as_ref().map(|job| ViewOperation::new(job, now)),
                sees_keys: caller.may(Action::KeyRead, None),
            }
        }
    }
}

#[cfg(feature = "ssr")]
pub(super) use build::state;
