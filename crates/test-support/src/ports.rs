//! Loopback ports that stay ours.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process;
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail};

use crate::cache;

/// Below the range from which kernels give ports to outgoing connections, so that no client takes
/// a port between our choosing it and the server's binding it.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;

static CLAIMED: Mutex<Vec<File>> = Mutex::new(Vec::new());

/// A free address on 127.0.0.1. No other call gets it, in this process or in another one of the same
/// user, as long as this process lives; so a server may be restarted on it.
pub fn free_address() -> Result<SocketAddr> {
    let mut claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
    let start = process::id().wrapping_mul(97);
    for step in 0..u32::from(COUNT) {
        let port = FIRST + (start.wrapping_add(step) % u32::from(COUNT)) as u16;
        let lock = cache::lock_file(&format!("ports/{port}"))?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if lock.try_lock().is_ok() && TcpListener::bind(address).is_ok() {
            claimed.push(lock);
            return Ok(address);
        }
    }
    bail!("no port between {FIRST} and {} is free on 127.0.0.1", FIRST + COUNT - 1)
}
