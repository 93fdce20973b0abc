//! Refusals: codes that automation can rely on.

use domain::{Code, Refusal, Timestamp};
use std::collections::HashSet;

#[test]
fn every_code_is_unique_and_has_a_status() {
    let mut seen = HashSet::new();
    for &code in Code::ALL {
        let text = code.as_str();
        assert!(seen.insert(text), "{text} twice");
        let shape = |c: char| c.is_ascii_uppercase() || c == '_';
        assert!(!text.is_empty() && text.chars().all(shape), "{text} is written as a code");
        let known = [401, 403, 404, 409, 410, 413, 422, 429, 503];
        assert!(known.contains(&code.status()), "{text} answers {}", code.status());
    }
}

#[test]
fn a_code_is_serialised_as_its_text() {
    for &code in Code::ALL {
        let json = serde_json::to_string(&code).unwrap();
        assert_eq!(json, format!("\"{}\"", code.as_str()));
        assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), code);
    }
}

#[test]
fn statuses_say_who_can_do_something_about_it() {
    let expected = [
        (Code::SignInRequired, 401),
        (Code::Forbidden, 403),
        (Code::FeatureNotEnabled, 403),
        (Code::NotFound, 404),
        (Code::ActivationCooldown, 409),
        (Code::TooLarge, 413),
        (Code::Invalid, 422),
        (Code::TooManyAttempts, 429),
        (Code::KeyUnavailable, 503),
    ];
    for (code, status) in expected {
        assert_eq!(code.status(), status, "{code:?}");
    }
}

#[test]
fn a_refusal_says_what_where_when_and_what_to_do() {
    let at = Timestamp::from_secs(1_800_000_000);
    let refusal = Refusal::field(Code::Invalid, "name", "Too long.").from(at).remedy("Shorten it.");
    assert_eq!(refusal.detail, "Too long.");
    assert_eq!((refusal.fields[0].field.as_str(), refusal.fields[0].message.as_str()), ("name", "Too long."));
    assert_eq!((refusal.allowed_at, refusal.remedy.as_deref()), (Some(at), Some("Shorten it.")));
    assert_eq!(refusal.to_string(), "INVALID: Too long.");
    let json = serde_json::to_string(&refusal).unwrap();
    assert_eq!(serde_json::from_str::<Refusal>(&json).unwrap(), refusal, "both sides of the wire read it");
    assert_eq!(Refusal::not_found("key").code, Code::NotFound);
}
