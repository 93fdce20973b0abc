//! What the tests of every crate lean on: private databases, an SMTP sink, key files made on the spot,
//! and a server binary that can be killed and started again.
//!
//! Everything here ends with its guard. Servers and programs end even when the test process is killed;
//! only small temporary folders stay behind then.

pub mod both;
mod cache;
pub mod pfx;
pub mod ports;
pub mod postgres;
pub mod process;
pub mod smtp;
pub mod sqlite;
mod watchdog;

pub use both::{Kind, TestDb};
