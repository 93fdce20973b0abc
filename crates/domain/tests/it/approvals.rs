//! The two-person rule: who may ask, who may answer, and until when the answer counts.

use crate::{DAY, NOW, SECOND, ring};
use domain::{
    ApprovalId, Code, KeyId, Timestamp, UserId,
    approvals::{Approval, Change},
    keys::KeyState,
    policy::{self, Decision},
    rings::RingFacts,
};

const KEY: KeyId = KeyId(uuid::Uuid::from_u128(1));
const OTHER: KeyId = KeyId(uuid::Uuid::from_u128(2));
const QUESTION: ApprovalId = ApprovalId(uuid::Uuid::from_u128(3));
const ADA: UserId = UserId(uuid::Uuid::from_u128(11));
const GRACE: UserId = UserId(uuid::Uuid::from_u128(12));

fn code(decision: Decision) -> Option<Code> {
    decision.err().map(|refusal| refusal.code)
}

/// Ada asked at [`NOW`] to lock with the key.
fn asked(approver: Option<&str>) -> RingFacts {
    let approval = Approval {
        id: QUESTION,
        change: Change::Lock,
        key: KEY,
        key_name: "contoso".to_owned(),
        asked_by: ADA,
        asker: "ada@contoso.example".to_owned(),
        asked_at: NOW,
        pinned_at: None,
        approver: approver.map(str::to_owned),
    };
    RingFacts { two_person: true, approval: Some(approval), ..ring() }
}

#[test]
fn without_the_rule_nobody_waits() {
    assert_eq!(policy::approved(&ring(), Change::Lock, KEY, Some(ADA), NOW), Ok(()));
    let asking = policy::ask_approval(&ring(), Change::Lock, KeyState::Active { since: NOW }, NOW);
    assert_eq!(code(asking), Some(Code::NothingToApprove));
}

#[test]
fn an_answer_is_to_the_question_that_was_looked_at() {
    let facts = asked(None);
    let another = ApprovalId(uuid::Uuid::from_u128(4));
    assert_eq!(code(policy::same_question(&facts, QUESTION, NOW)), None);
    assert_eq!(code(policy::same_question(&facts, another, NOW)), Some(Code::Conflict));
    assert_eq!(code(policy::same_question(&facts, QUESTION, NOW + DAY)), Some(Code::NothingToApprove));
    assert_eq!(code(policy::same_question(&ring(), QUESTION, NOW)), Some(Code::NothingToApprove));
}

#[test]
fn an_approval_is_good_for_who_asked_and_exactly_that() {
    let facts = asked(Some("grace@contoso.example"));
    let may = |change, key, who| code(policy::approved(&facts, change, key, who, NOW + SECOND));
    assert_eq!(may(Change::Lock, KEY, Some(ADA)), None);
    assert_eq!(may(Change::Lock, KEY, None), None, "what runs by itself was approved before");
    for (change, key, who) in [
        (Change::Activate, KEY, ADA),
        (Change::RollBack, KEY, ADA),
        (Change::Lock, OTHER, ADA),
        (Change::Lock, KEY, GRACE),
    ] {
        assert_eq!(may(change, key, Some(who)), Some(Code::ApprovalNeeded), "{change:?} {key} {who}");
    }
    let waiting = policy::approved(&asked(None), Change::Lock, KEY, Some(ADA), NOW);
    assert_eq!(code(waiting.clone()), Some(Code::ApprovalNeeded));
    let remedy = |decision: Decision| decision.unwrap_err().remedy.unwrap_or_default();
    assert!(!remedy(waiting).contains("Ask for approval"), "that was done already");
    let unasked = policy::approved(&asked(None), Change::Activate, KEY, Some(ADA), NOW);
    assert!(remedy(unasked).contains("Ask for approval"));
}

#[test]
fn it_counts_for_24_hours_and_about_the_key_of_then() {
    let facts = asked(Some("grace@contoso.example"));
    let end = NOW + DAY;
    for (at, counts) in [(end - SECOND, true), (end, false), (end + SECOND, false)] {
        assert_eq!(policy::approved(&facts, Change::Lock, KEY, Some(ADA), at).is_ok(), counts, "{at}");
        assert_eq!(policy::withdraw_approval(&facts, at).is_ok(), counts, "{at}");
        assert_eq!(policy::give_approval(&asked(None), GRACE, at).is_ok(), counts, "{at}");
    }
    let moved = RingFacts { last_activation_at: Some(NOW + SECOND), ever_activated: true, ..facts };
    let later = policy::approved(&moved, Change::Lock, KEY, Some(ADA), NOW + 2 * SECOND);
    assert_eq!(code(later), Some(Code::ApprovalNeeded), "another activation makes it void");
    let again = policy::ask_approval(&moved, Change::Lock, KeyState::Active { since: NOW }, NOW + 2 * SECOND);
    assert_eq!(again, Ok(()));
}

#[test]
fn nobody_answers_the_own_question_or_twice() {
    assert_eq!(code(policy::give_approval(&asked(None), ADA, NOW)), Some(Code::OwnApproval));
    assert_eq!(code(policy::give_approval(&asked(None), GRACE, NOW)), None);
    let twice = policy::give_approval(&asked(Some("grace@contoso.example")), GRACE, NOW);
    assert_eq!(code(twice), Some(Code::Conflict));
    let nothing = RingFacts { two_person: true, ..ring() };
    assert_eq!(code(policy::give_approval(&nothing, GRACE, NOW)), Some(Code::NothingToApprove));
}

#[test]
fn one_question_at_a_time_about_a_key_that_fits() {
    let ask = |facts: &RingFacts, change, key| code(policy::ask_approval(facts, change, key, NOW));
    let active = KeyState::Active { since: Timestamp(0) };
    assert_eq!(ask(&asked(None), Change::Lock, active), Some(Code::Conflict));
    let free = RingFacts { two_person: true, ..ring() };
    assert_eq!(ask(&free, Change::Lock, active), None);
    assert_eq!(ask(&free, Change::Activate, KeyState::Available), None);
    assert_eq!(ask(&free, Change::RollBack, KeyState::Available), None);
    assert_eq!(ask(&free, Change::Lock, KeyState::Available), Some(Code::KeyNotActive));
    assert_eq!(ask(&free, Change::Activate, active), Some(Code::KeyNotAvailable));
    for change in Change::ALL {
        assert_eq!(Change::parse(change.as_str()), Some(*change));
    }
}
