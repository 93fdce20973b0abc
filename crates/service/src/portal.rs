//! What every use case needs: database, clock, root key, caches, settings.

use crate::{
    Clock, LocalTime, audit::reads::ReadLog, keyring::Keyring, root_key::RootKeys, sessions::SessionLimits,
};
use std::{sync::Arc, time::Duration};
use store::Db;
use tokio::sync::Notify;

/// Settings of the running portal that use cases look at.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people reach the portal; links in mails begin with it. No slash at the end.
    pub public_url: String,
    /// Whether mails leave the portal; without SMTP they are kept and readable in it.
    pub smtp_configured: bool,
    /// How long a worker holds a job or a message without a sign of life.
    pub lease: Duration,
    /// How many rows one step of a job takes.
    pub batch: usize,
    /// How long a sign-in lasts.
    pub sessions: SessionLimits,
    /// Mails tell times in this zone too.
    pub local_time: LocalTime,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://localhost:8080".to_owned(),
            smtp_configured: false,
            lease: Duration::from_secs(10),
            batch: 1_000,
            sessions: SessionLimits::default(),
            local_time: LocalTime::utc(),
        }
    }
}

/// The portal: a handle that is cheap to clone.
#[derive(Clone)]
pub struct Portal(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
    reads: ReadLog,
    settings: Settings,
    jobs: Notify,
    mails: Notify,
    connections: Notify,
}

impl Portal {
    /// Joins the parts. Must run inside a tokio runtime: it starts the task that audits reads.
    pub fn new(db: Db, clock: Arc<dyn Clock>, roots: RootKeys, settings: Settings) -> Self {
        let reads = ReadLog::start(db.clone());
        Self(Arc::new(Inner {
            db,
            clock,
            keyring: Keyring::new(roots),
            reads,
            settings,
            jobs: Notify::new(),
            mails: Notify::new(),
            connections: Notify::new(),
        }))
    }

    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// Read once per use case.
    pub fn clock(&self) -> &dyn Clock {
        self.0.clock.as_ref()
    }

    pub fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn reads(&self) -> &ReadLog {
        &self.0.reads
    }

    /// Wakes the worker of this process; others find the job by polling.
    pub(crate) fn jobs(&self) -> &Notify {
        &self.0.jobs
    }

    /// Wakes the delivery of mails in this process.
    pub(crate) fn mails(&self) -> &Notify {
        &self.0.mails
    }

    /// Told when a lock has begun: connections are to be closed after what they answer now, because their buffers
    /// hold what came and went before it.
    pub fn connections(&self) -> &Notify {
        &self.0.connections
    }

    /// After a committed change: there may be a job and there may be mails.
    pub(crate) fn wake(&self) {
        // Each of the lanes may be the one that takes it; one that is busy finds it when it looks.
        self.0.jobs.notify_waiters();
        self.0.jobs.notify_one();
        self.0.mails.notify_one();
    }
}
