//! Actions in words.

use domain::actions::Action;

/// What an action is called on pages; a code that this build does not know stays as it is.
pub fn action(code: &str) -> String {
    Action::ALL
        .iter()
        .find(|action| action.as_str() == code)
        .map_or_else(|| code.to_owned(), |action| action.words().to_owned())
}

/// What the filter offers: everything about a noun, then each action that the trail records.
pub fn choices() -> Vec<(String, String)> {
    const NOUNS: [(&str, &str); 8] = [
        ("key", "Everything about keys"),
        ("environment", "Everything about environments"),
        ("backup", "Everything about backups"),
        ("table", "Everything about tables"),
        ("row", "Everything about rows"),
        ("session", "Everything about sign-ins"),
        ("user", "Everything about people"),
        ("tenant", "Everything about the organisation"),
    ];
    let nouns = NOUNS.iter().map(|(code, words)| ((*code).to_owned(), (*words).to_owned()));
    let recorded = Action::ALL.iter().filter(|action| is_recorded(**action));
    let actions = recorded.map(|action| (action.as_str().to_owned(), action.words().to_owned()));
    nouns.chain(actions).collect()
}

/// Looking at pages leaves no entry, looking at rows does.
fn is_recorded(action: Action) -> bool {
    action == Action::RowRead || !action.as_str().ends_with(".read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offered_noun_has_actions() {
        for (code, _) in choices().into_iter().filter(|(code, _)| !code.contains('.')) {
            let prefix = format!("{code}.");
            assert!(Action::ALL.iter().any(|action| action.as_str().starts_with(&prefix)), "{code}");
        }
    }

    #[test]
    fn unknown_codes_stay() {
        assert_eq!(action("key.activate"), "Activate a key");
        assert_eq!(action("future.thing"), "future.thing");
    }
}
