//! Long-running jobs, the outbox, the audit trail.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::execute(manager, SQL).await
    }
}

const SQL: &str = r"
-- A CSV file on its way in: its pieces are sealed like rows.
CREATE TABLE imports (
    id {uuid} PRIMARY KEY,
    table_id {uuid} NOT NULL REFERENCES data_tables (id),
    environment_id {uuid} NOT NULL REFERENCES environments (id),
    generation BIGINT NOT NULL,
    pieces BIGINT NOT NULL DEFAULT 0,
    bytes BIGINT NOT NULL DEFAULT 0,
    records BIGINT NOT NULL DEFAULT 0,
    stored BIGINT NOT NULL DEFAULT 0,
    refused BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);
CREATE TABLE operations (
    id {uuid} PRIMARY KEY,
    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
    kind TEXT NOT NULL CHECK (kind IN
        ('key_install', 'key_rewrap', 'key_lock', 'key_unlock', 'environment_apply', 'environment_return',
        'environment_unlock', 'environment_delete', 'environment_backup', 'environment_restore',
        'environment_copy', 'environment_reset', 'row_import')),
    ring_id {uuid} NOT NULL REFERENCES rings (id),
    environment_id {uuid} REFERENCES environments (id),
    key_id {uuid} REFERENCES protection_keys (id),
    import_id {uuid} REFERENCES imports (id),
    -- The environment whose data a restore or copy takes, and the backup that is made or restored.
    source_id {uuid} REFERENCES environments (id),
    backup_id {uuid},
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    step BIGINT NOT NULL DEFAULT 0,
    step_times TEXT NOT NULL DEFAULT '[]',
    undoing BOOLEAN NOT NULL DEFAULT FALSE,
    done BIGINT NOT NULL DEFAULT 0,
    total BIGINT NOT NULL DEFAULT 0,
    error TEXT,
    created_by {uuid} NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until BIGINT,
    address TEXT,
    -- The keys before and after, by name; empty is the platform's.
    key_before TEXT,
    key_after TEXT,
    CHECK ((state NOT IN ('queued', 'running')) = (finished_at IS NOT NULL))
);
CREATE INDEX operations_by_tenant ON operations (tenant_id, created_at, id);
CREATE INDEX operations_by_environment ON operations (environment_id, created_at, id);
CREATE INDEX operations_by_key ON operations (key_id, created_at);
CREATE UNIQUE INDEX one_job_per_import ON operations (import_id) WHERE import_id IS NOT NULL;
CREATE INDEX operations_by_open_source ON operations (source_id)
    WHERE source_id IS NOT NULL AND state IN ('queued', 'running');
CREATE INDEX operations_by_open_backup ON operations (backup_id)
    WHERE backup_id IS NOT NULL AND state IN ('queued', 'running');
CREATE INDEX operations_open ON operations (created_at) WHERE state IN ('queued', 'running');
-- ENV_BUSY, kept by the database: one open job per environment.
CREATE UNIQUE INDEX one_job_per_environment ON operations (environment_id)
    WHERE environment_id IS NOT NULL AND state IN ('queued', 'running');

CREATE TABLE import_pieces (
    import_id {uuid} NOT NULL REFERENCES imports (id),
    seq BIGINT NOT NULL,
    sealed {bytes} NOT NULL,
    PRIMARY KEY (import_id, seq)
) {clustered};
-- The report: a line, a column's name and what it accepts; never a value.
CREATE TABLE import_errors (
    import_id {uuid} NOT NULL REFERENCES imports (id),
    line BIGINT NOT NULL,
    column_name TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
);

-- Processes that may hold plaintext keys in memory.
CREATE TABLE replicas (
    id {uuid} PRIMARY KEY,
    seen_at BIGINT NOT NULL,
    looks BIGINT NOT NULL,
    root_seen {bytes}
);

-- Which process does what only one of them does at a time.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    owner {uuid} NOT NULL,
    held_until BIGINT NOT NULL
);

-- The outbox: one message per recipient, committed with the change it tells of.
CREATE TABLE messages (
    id {uuid} PRIMARY KEY,
    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
    event TEXT NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id),
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
    attempts BIGINT NOT NULL DEFAULT 0,
    next_attempt_at BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    lease_owner TEXT,
    lease_until BIGINT,
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX messages_by_tenant ON messages (tenant_id, created_at, id);
CREATE INDEX messages_troubled ON messages (tenant_id) WHERE last_error IS NOT NULL AND state <> 'sent';
CREATE INDEX messages_due ON messages (next_attempt_at) WHERE state = 'queued';

-- Append-only, a hash chain per tenant; the head serialises appends.
CREATE TABLE audit_heads (
    tenant_id {uuid} PRIMARY KEY REFERENCES tenants (id),
    seq BIGINT NOT NULL,
    hash {bytes} NOT NULL
);
CREATE TABLE audit_entries (
    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    actor_id {uuid},
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    target_id {uuid},
    outcome TEXT NOT NULL CHECK (outcome IN ('succeeded', 'refused', 'failed')),
    details TEXT NOT NULL,
    address TEXT,
    request_id TEXT NOT NULL,
    hash {bytes} NOT NULL,
    PRIMARY KEY (tenant_id, seq)
) {clustered};
CREATE INDEX audit_by_target ON audit_entries (tenant_id, target_id, seq);
";
