//! An entry of the trail, as the audit log and the history of a thing show it.

use crate::ui::{Badge, Moment, Time, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How what an entry records ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Outcome {
    Succeeded,
    Refused,
    Failed,
}

impl Outcome {
    /// What is stored, and sent by the filter.
    pub const ALL: [(Outcome, &'static str, &'static str); 3] = [
        (Outcome::Succeeded, "succeeded", "Succeeded"),
        (Outcome::Refused, "refused", "Refused"),
        (Outcome::Failed, "failed", "Failed"),
    ];

    /// Its badge.
    pub fn badge(self) -> AnyView {
        match self {
            Outcome::Succeeded => view! { <Badge label="Succeeded" tone=Tone::Success /> }.into_any(),
            Outcome::Refused => view! { <Badge label="Refused" tone=Tone::Warning /> }.into_any(),
            Outcome::Failed => view! { <Badge label="Failed" tone=Tone::Error /> }.into_any(),
        }
    }
}

/// An entry of the trail.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewEntry {
    /// Its place in the chain.
    pub seq: i64,
    /// To the second, UTC.
    pub at: Moment,
    pub actor: String,
    /// `key.activate`.
    pub action: String,
    /// What it was done to, in words.
    pub target: String,
    /// Its id, for the filter; none when it was the organisation.
    pub target_id: Option<String>,
    pub outcome: Outcome,
    /// Values before and after, or why it was refused; then where it came from.
    pub details: Vec<(String, String)>,
}

/// The facts of an entry.
pub fn details(details: Vec<(String, String)>) -> AnyView {
    let facts: Vec<_> = details
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div class="fact">
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
        .collect();
    view! { <dl class="facts">{facts}</dl> }.into_any()
}

/// The newest entries about one thing, in a panel or a card.
pub fn history(entries: Vec<ViewEntry>) -> AnyView {
    let lines: Vec<_> = entries
        .into_iter()
        .map(|entry| {
            view! {
                <li>
                    <details class="entry">
                        <summary>
                            <span class="entry-what">{super::words::action(&entry.action)}</span>
                            {entry.outcome.badge()}
                            <span class="entry-who">{entry.actor} ", " <Time at=entry.at /></span>
                        </summary>
                        {details(entry.details)}
                    </details>
                </li>
            }
        })
        .collect();
    view! { <ul class="entries">{lines}</ul> }.into_any()
}

#[cfg(feature = "ssr")]
mod build {
    use super::{Outcome, ViewEntry};
    use crate::ui::Moment;
    use domain::Timestamp;
    use service::store::audit::StoredEntry;

    impl From<StoredEntry> for ViewEntry {
        fn from(entry: StoredEntry) -> Self {
            let known = Outcome::ALL.into_iter().find(|(_, stored, _)| *stored == entry.outcome);
            let mut details = flatten(&entry.details);
            details.push(("Action".to_owned(), entry.action.clone()));
            details.extend(entry.target_id.map(|id| ("Target id".to_owned(), id.to_string())));
            details.extend(entry.address.map(|address| ("From address".to_owned(), address)));
            details.push(("Request".to_owned(), entry.request_id));
            details.push(("Place in the chain".to_owned(), entry.seq.to_string()));
            details.push(("Hash".to_owned(), service::keys::hex(&entry.hash)));
            Self {
                seq: entry.seq,
                at: to_the_second(Timestamp(entry.at)),
                actor: entry.actor,
                action: entry.action,
                target: entry.target,
                target_id: entry.target_id.map(|id| id.to_string()),
                outcome: known.map_or(Outcome::Failed, |(outcome, _, _)| outcome),
                details,
            }
        }
    }

    /// `22 Nov 2026, 09:12:04 UTC`: in a trail the order within a minute matters.
    fn to_the_second(at: Timestamp) -> Moment {
        let seconds = at.rfc3339().get(16..19).unwrap_or_default().to_owned();
        let shown = at.human().replace(" UTC", &format!("{seconds} UTC"));
        Moment { iso: at.rfc3339(), shown }
    }

    /// The recorded values as names and texts.
    fn flatten(details: &str) -> Vec<(String, String)> {
        match serde_json::from_str(details) {
            Ok(serde_json::Value::Object(map)) => {
                map.into_iter().map(|(name, value)| (capitalised(&name), text(value))).collect()
            }
            Ok(serde_json::Value::Null) => Vec::new(),
            _ => vec![("Details".to_owned(), details.to_owned())],
        }
    }

    fn text(value: serde_json::Value) -> String {
        match value {
            serde_json::Value::String(text) => text,
            serde_json::Value::Null => "–".to_owned(),
            other => other.to_string(),
        }
    }

    fn capitalised(name: &str) -> String {
        let words = name.replace('_', " ");
        let mut letters = words.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn recorded_values_become_facts() {
            let facts = flatten(r#"{"after":"active","rows":12,"previous_key":null}"#);
            let facts: Vec<(&str, &str)> = facts.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            assert_eq!(facts, [("After", "active"), ("Previous key", "–"), ("Rows", "12")]);
            assert!(flatten("null").is_empty());
            assert_eq!(flatten("plain")[0].1, "plain");
        }

        #[test]
        fn times_are_told_to_the_second() {
            let at = to_the_second(Timestamp::parse("2026-11-22T09:12:04Z").unwrap());
            assert_eq!(at.shown, "22 Nov 2026, 09:12:04 UTC");
        }
    }
}
