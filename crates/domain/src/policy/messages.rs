//! Guards of the outbox.

use super::Decision;
use crate::{
    Code, Refusal,
    messages::{MessageFacts, MessageState},
};

/// whether a mail may be sent again now: one that was given up, or that waits after an attempt in vain.
pub fn send_again(message: &MessageFacts) -> Decision {
    let refuse = |detail: String| Err(Refusal::new(Code::Conflict, detail));
    let address = &message.address;
    if message.state == MessageState::Sent {
        return refuse(format!("The mail server has taken this mail to {address}; each is sent once."));
    }
    if !message.administrator {
        return refuse(format!("{address} is not an administrator any more; notices go to administrators."));
    }
    if !message.tried {
        return refuse("This mail waits for its first attempt.".to_owned());
    }
    Ok(())
}
