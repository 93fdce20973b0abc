//! SIGTERM and SIGINT: whoever runs the portal wants it to end.

use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Both, from now on; without it either ends the process on the spot.
pub struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    /// # Errors
    /// When the system gives no signals.
    pub fn new() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next of either.
    pub async fn recv(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
