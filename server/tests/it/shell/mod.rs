//! The shell around pages and API: sessions, origin checks, headers, settings, start, commands.

pub(crate) mod browser;
mod commands;
mod config;
mod csrf;
mod demo;
mod headers;
mod open;
mod routers;
mod sessions;
mod setup;
mod sign_in;
mod start;
mod users;
