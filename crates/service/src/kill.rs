//! Places where a crash test pulls the plug.

/// Names every place, so that a test can try each one and count them.
pub const KILL_POINTS: &[&str] = &[
    "act.before_commit",
    "act.after_commit",
    "install.started",
    "install.wrapped",
    "rewrap.batch",
    "rewrap.before_retire",
    "reseal.key_made",
    "reseal.batch",
    "reseal.checked",
    "reseal.switched",
    "lock.started",
    "lock.forgotten",
    "lock.batch",
    "root.announced",
    "root.sealed",
    "root.swapped",
    "root.adopted",
    "lock.before_finish",
    "unlock_key.opened",
    "unlock.opened",
    "unlock.checked",
    "delete.batch",
    "backup.opened",
    "backup.piece",
    "backup.before_finish",
    "replace.opened",
    "replace.batch",
    "replace.filled",
    "replace.switched",
    "replace.removed",
    "replace.cleared",
    "import.piece",
    "import.batch",
    "import.before_finish",
    "mail.before_send",
    "mail.after_send",
];

/// Aborts the process if `KEYSTEAD_KILL_AT` names this place (`name` or `name:3` for the third time).
/// Only where debug assertions are on: in a release it is nothing.
#[inline]
pub fn kill_point(name: &'static str) {
    #[cfg(debug_assertions)]
    armed::check(name);
    #[cfg(not(debug_assertions))]
    let _ = name;
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    };

    static SET: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static PASSED: AtomicU32 = AtomicU32::new(0);

    pub(super) fn check(name: &'static str) {
        let set = SET.get_or_init(|| {
            let text = std::env::var("KEYSTEAD_KILL_AT").ok()?;
            let (name, count) = text.split_once(':').unwrap_or((&text, "1"));
            Some((name.to_owned(), count.parse().unwrap_or(1)))
        });
        if let Some((wanted, count)) = set
            && wanted == name
            && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *count
        {
            std::process::abort();
        }
    }
}
