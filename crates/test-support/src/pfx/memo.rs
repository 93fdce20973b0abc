//! Makes each thing once per process.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use anyhow::Result;

type Slot<V> = Arc<Mutex<Option<V>>>;

/// Values by key. Different keys are made at the same time, one key only once.
pub(super) struct Memo<K, V> {
    slots: LazyLock<Mutex<HashMap<K, Slot<V>>>>,
}

impl<K: Clone + Eq + Hash, V: Clone> Memo<K, V> {
    pub(super) const fn new() -> Self {
        Self { slots: LazyLock::new(Mutex::default) }
    }

    /// The value of `key`; an error is not kept.
    pub(super) fn get(&self, key: K, make: impl FnOnce(&K) -> Result<V>) -> Result<V> {
        let slots =
            self.slots.lock().unwrap_or_else(PoisonError::into_inner).entry(key.clone()).or_default().clone();
        let mut slot = slots.lock().unwrap_or_else(PoisonError::into_inner);
        match &*slot {
            Some(value) => Ok(value.clone()),
            None => Ok(slot.insert(make(&key)?).clone()),
        }
    }
}
