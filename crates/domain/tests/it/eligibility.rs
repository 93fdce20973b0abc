//! What lets an environment use a customer key, one reason at a time (PP-007, PP-013…PP-017).

use crate::{NOW, SECOND, environment, ring};
use domain::{
    Code,
    environments::{EnvironmentFacts, EnvironmentType, Storage, ineligible},
    policy,
};

/// The one rule that fails, by the number in its reason.
fn only_reason(facts: &EnvironmentFacts, rule: &str) {
    let reasons = ineligible(facts, ring().eligibility.enabled_at);
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert!(reasons[0].contains(rule), "{reasons:?}");
    let refusal = policy::apply_key(facts, &ring(), true).unwrap_err();
    assert_eq!(refusal.code, Code::EnvironmentNotEligible);
    assert_eq!(refusal.detail, reasons[0]);
    assert!(refusal.remedy.is_some());
}

#[test]
fn a_new_environment_without_files_is_eligible() {
    assert_eq!(ineligible(&environment(), ring().eligibility.enabled_at), [""; 0]);
    assert_eq!(policy::apply_key(&environment(), &ring(), true), Ok(()));
}

#[test]
fn pp_007_pp_016_storage_outside_azure_sql_is_refused() {
    only_reason(&EnvironmentFacts { storage: Storage::Other, ..environment() }, "PP-007");
}

#[test]
fn pp_013_without_the_feature_nothing_is_eligible() {
    let reasons = ineligible(&environment(), None);
    assert_eq!(reasons.len(), 1);
    assert!(reasons[0].contains("PP-013"));
    let mut off = ring();
    off.eligibility.enabled_at = None;
    let refusal = policy::apply_key(&environment(), &off, true).unwrap_err();
    assert_eq!(refusal.code, Code::FeatureNotEnabled);
}

#[test]
fn pp_014_pp_017_x_38_created_before_or_with_the_feature_is_refused() {
    let mut later = ring();
    later.eligibility.enabled_at = Some(NOW);
    let created = |created_at| EnvironmentFacts { created_at, ..environment() };
    for (at, eligible) in [(NOW - SECOND, false), (NOW, false), (NOW + SECOND, true)] {
        let reasons = ineligible(&created(at), Some(NOW));
        assert_eq!(reasons.is_empty(), eligible, "created at {at}: {reasons:?}");
        assert!(reasons.iter().all(|reason| reason.contains("PP-014")));
        assert_eq!(policy::apply_key(&created(at), &later, true).is_ok(), eligible);
    }
}

#[test]
fn pp_015_data_in_file_and_image_columns_is_refused() {
    only_reason(&EnvironmentFacts { has_files: true, ..environment() }, "PP-015");
}

#[test]
fn default_trial_and_teams_environments_are_refused_and_no_others() {
    for &kind in EnvironmentType::ALL {
        let facts = EnvironmentFacts { kind, ..environment() };
        match kind {
            EnvironmentType::Default | EnvironmentType::Trial | EnvironmentType::Teams => {
                only_reason(&facts, "Default, Trial and Teams");
            }
            _ => assert_eq!(ineligible(&facts, ring().eligibility.enabled_at), [""; 0], "{kind:?}"),
        }
    }
}

#[test]
fn every_failing_reason_is_told_at_once() {
    let facts = EnvironmentFacts {
        storage: Storage::Other,
        has_files: true,
        kind: EnvironmentType::Trial,
        created_at: domain::Timestamp::from_secs(0),
        ..environment()
    };
    let reasons = ineligible(&facts, Some(NOW));
    assert_eq!(reasons.len(), 4);
    let refusal = policy::apply_key(&facts, &ring(), true).unwrap_err();
    assert!(reasons.iter().all(|reason| refusal.detail.contains(reason)), "{}", refusal.detail);
}
