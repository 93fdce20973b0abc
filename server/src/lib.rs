//! The server: wiring, listeners and the built site.

pub mod assets;
pub mod state;
