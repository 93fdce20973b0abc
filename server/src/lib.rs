//! The server: configuration, wiring, listeners, commands and the built site.

pub mod assets;
pub mod caller;
pub mod commands;
pub mod config;
pub mod dev_clock;
pub mod logging;
pub mod middleware;
pub mod open;
pub mod ops;
pub mod pages;
pub mod rest;
pub mod router;
pub mod schema;
pub mod serve;
pub mod session_store;
pub mod signals;
pub mod state;
