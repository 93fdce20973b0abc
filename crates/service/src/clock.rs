//! The one place where the time of day is read.

use domain::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};

/// Where use cases read the time, once each.
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;

    /// Whether people can move it ahead (`--dev-clock`).
    fn can_be_moved(&self) -> bool {
        false
    }
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that may: everyone else is handed a time")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp(since.ok().and_then(|d| i64::try_from(d.as_micros()).ok()).unwrap_or(0))
    }
}

/// The machine's clock moved ahead: `--dev-clock` and tests. Replicas read the offset from the database.
#[derive(Default)]
pub struct OffsetClock {
    micros: AtomicI64,
    stays: bool,
}

impl OffsetClock {
    /// Of a portal whose clock was moved and is no more to be: so far ahead it stays, as time never goes back.
    pub fn staying(micros: i64) -> Self {
        Self { micros: AtomicI64::new(micros), stays: true }
    }

    /// Sets how far ahead it is, in microseconds.
    pub fn set(&self, micros: i64) {
        self.micros.store(micros, Ordering::SeqCst);
    }

    /// Sets how far ahead it is, unless it is farther: what was read before another step must not undo it.
    pub fn advance_to(&self, micros: i64) {
        self.micros.fetch_max(micros, Ordering::SeqCst);
    }

    /// How far ahead it is, in microseconds.
    pub fn offset(&self) -> i64 {
        self.micros.load(Ordering::SeqCst)
    }
}

impl Clock for OffsetClock {
    fn now(&self) -> Timestamp {
        Timestamp(SystemClock.now().0.saturating_add(self.offset()))
    }

    fn can_be_moved(&self) -> bool {
        !self.stays
    }
}
