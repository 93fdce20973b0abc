//! Fresh ids: UUID version 7, ordered by time, so that lists and B-trees grow at their end.

use domain::Timestamp;
use uuid::{Builder, Uuid};
use vault::random::Draws;

/// A fresh id for something made now.
pub(crate) fn id(now: Timestamp) -> Uuid {
    Builder::from_unix_timestamp_millis(millis(now), &vault::random::bytes::<10>()).into_uuid()
}

/// Fresh ids that sort in the order they were drawn, even within one millisecond: rows of a batch
/// keep their order.
pub(crate) struct Sequence {
    millis: u64,
    next: u32,
    /// Of ids, not of nonces: they may wait here as long as an import takes.
    draws: Draws,
}

impl Sequence {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { millis: millis(now), next: 0, draws: Draws::new() }
    }

    pub(crate) fn id(&mut self) -> Uuid {
        let mut random = self.draws.bytes::<10>();
        let counter = self.next.to_be_bytes();
        // 28 bits of counter around the version and variant bits, which the builder overwrites.
        random[0] = counter[0] & 0x0f;
        random[1] = counter[1];
        random[2] = 0;
        random[3] = counter[2];
        random[4] = counter[3];
        self.next += 1;
        Builder::from_unix_timestamp_millis(self.millis, &random).into_uuid()
    }
}

fn millis(now: Timestamp) -> u64 {
    u64::try_from(now.0 / 1_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_a_sequence_sort_in_the_order_they_were_drawn() {
        let mut sequence = Sequence::new(Timestamp::from_secs(1_800_000_000));
        let ids: Vec<Uuid> = (0..70_000).map(|_| sequence.id()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(ids[0].get_version_num(), 7);
    }
}
