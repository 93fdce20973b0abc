//! How many operations with keys this process has done: read by the metrics page and by the benchmark, which
//! shows that activating a key costs two RSA operations and not one per environment (PP-077).

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static RSA_PRIVATE: AtomicU64 = AtomicU64::new(0);
static RSA_PUBLIC: AtomicU64 = AtomicU64::new(0);
static AES_REWRAPS: AtomicU64 = AtomicU64::new(0);

/// RSA private operations (ring keys unwrapped, refused ones included) since the process started.
pub fn rsa_private() -> u64 {
    RSA_PRIVATE.load(Relaxed)
}

/// RSA public operations (ring keys wrapped) since the process started.
pub fn rsa_public() -> u64 {
    RSA_PUBLIC.load(Relaxed)
}

/// Data keys moved from one ring key to another since the process started.
pub fn aes_rewraps() -> u64 {
    AES_REWRAPS.load(Relaxed)
}

pub(crate) fn count_rsa_private() {
    RSA_PRIVATE.fetch_add(1, Relaxed);
}

pub(crate) fn count_rsa_public() {
    RSA_PUBLIC.fetch_add(1, Relaxed);
}

pub(crate) fn count_aes_rewrap() {
    AES_REWRAPS.fetch_add(1, Relaxed);
}
