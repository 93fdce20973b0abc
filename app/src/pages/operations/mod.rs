//! Long-running jobs: the list, and one with its steps and, for an import, its report.

mod after_lock;
pub mod details;
pub mod list;
pub mod report;

pub use details::Operation;
pub use list::Operations;

/// How long an ended job took.
#[cfg(feature = "ssr")]
fn took(job: &service::store::operations::Operation) -> Option<String> {
    let took = job.finished_at?.since(job.started_at?);
    Some(if took.as_secs() == 0 { "under 1 s".to_owned() } else { domain::time::human_span(took) })
}

/// "2 lines refused", of an import that took the others.
fn refused(lines: u64) -> Option<String> {
    (lines > 0).then(|| format!("{} refused", crate::view::counted(lines, "line", "lines")))
}

/// What a job is about: `(words, address)`; no address where it leads nowhere.
#[cfg(feature = "ssr")]
fn about(about: &service::operations::About) -> (String, Option<String>) {
    let named = |kind: &str, name: &str| format!("{kind} {name}");
    if let Some((id, table)) = &about.table {
        let environment = about.environment.as_ref().map_or("", |(_, name)| name);
        return (format!("table {table} of {environment}"), Some(format!("/tables/{id}")));
    }
    if let Some((id, name)) = &about.environment {
        return (named("environment", name), Some(format!("/environments/{id}/encryption")));
    }
    if let Some((id, name)) = &about.key {
        return (named("key", name), Some(format!("/encryption-keys/{id}")));
    }
    let keys = crate::url::with_query("/encryption-keys", &[("region", &about.region)]);
    (named("keys of", &about.region), Some(keys))
}

/// What a copy or a restore takes: `(words, address)`.
#[cfg(feature = "ssr")]
fn from(about: &service::operations::About) -> Option<(String, String)> {
    let (id, name) = about.source.as_ref()?;
    Some(match &about.backup {
        Some((_, made)) => {
            (format!("backup of {name}, made on {}", made.human()), format!("/environments/{id}/backups"))
        }
        None => (format!("environment {name}"), format!("/environments/{id}")),
    })
}
