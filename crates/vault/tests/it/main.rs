//! All tests of the crate, in one binary.

mod archive;
mod builder;
mod counters;
mod data_key;
mod fixtures;
mod formats;
mod fuzz;
mod kek;
mod password;
mod pfx_accepts;
mod pfx_format;
mod pfx_refuses;
mod pfx_writes;
mod ring_key;
mod root_key;
mod secrecy;
mod sources;
mod token;
