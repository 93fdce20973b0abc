//! When a mail may be sent again.

use domain::{
    Code,
    messages::{MessageFacts, MessageState},
    policy,
};

#[test]
fn x_40_a_mail_is_sent_again_after_an_attempt_in_vain_and_to_administrators_alone() {
    let facts = |state, tried, administrator| MessageFacts {
        state,
        tried,
        administrator,
        address: "ada@contoso.example".to_owned(),
    };
    for (state, tried, administrator, words) in [
        (MessageState::Failed, true, true, None),
        (MessageState::Queued, true, true, None),
        (MessageState::Queued, false, true, Some("waits for its first attempt")),
        (MessageState::Failed, true, false, Some("is not an administrator any more")),
        (MessageState::Sent, false, true, Some("has taken this mail")),
        (MessageState::Sent, true, false, Some("has taken this mail")),
    ] {
        let decision = policy::send_again(&facts(state, tried, administrator));
        assert_eq!(decision.is_ok(), words.is_none(), "{state:?} {tried} {administrator}");
        if let (Err(refusal), Some(words)) = (decision, words) {
            assert!(refusal.code == Code::Conflict && refusal.detail.contains(words), "{refusal:?}");
        }
    }
}
