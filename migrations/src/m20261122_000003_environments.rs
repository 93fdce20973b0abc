//! Environments, their tables and rows; every row is one sealed blob.

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
CREATE TABLE environments (
    id {uuid} PRIMARY KEY,
    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
    ring_id {uuid} NOT NULL REFERENCES rings (id),
    name TEXT NOT NULL,
    name_canonical TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('production', 'sandbox', 'developer', 'trial', 'default', 'teams',
        'support_investigation')),
    storage TEXT NOT NULL CHECK (storage IN ('azure_sql', 'other')),
    state TEXT NOT NULL CHECK (state IN
        ('platform_managed', 'applying', 'self_managed', 'returning', 'locked', 'unlocking', 'deleted')),
    state_since BIGINT NOT NULL,
    -- 'locking' is no state of its own here: self-managed, while the ring's lock runs.
    generation BIGINT NOT NULL CHECK (generation > 0),
    error TEXT,
    created_at BIGINT NOT NULL,
    created_by {uuid} NOT NULL REFERENCES users (id),
    -- The operation that is about to replace its rows: they are not written meanwhile.
    replaced_by {uuid}
);
CREATE INDEX environments_replaced ON environments (replaced_by) WHERE replaced_by IS NOT NULL;
CREATE UNIQUE INDEX environment_name_once ON environments (tenant_id, name_canonical) WHERE state <> 'deleted';
CREATE INDEX environments_by_name ON environments (tenant_id, name_canonical, id);
CREATE INDEX environments_by_created ON environments (tenant_id, created_at, id);
CREATE INDEX environments_by_ring_state ON environments (ring_id, state);
CREATE INDEX environments_locked ON environments (state_since) WHERE state = 'locked';
CREATE INDEX environments_locked_by_ring ON environments (ring_id, state_since) WHERE state = 'locked';

CREATE TABLE data_tables (
    id {uuid} PRIMARY KEY,
    environment_id {uuid} NOT NULL REFERENCES environments (id),
    name TEXT NOT NULL,
    name_canonical TEXT NOT NULL,
    columns TEXT NOT NULL,
    row_count BIGINT NOT NULL DEFAULT 0 CHECK (row_count >= 0),
    file_rows BIGINT NOT NULL DEFAULT 0 CHECK (file_rows >= 0),
    created_at BIGINT NOT NULL,
    -- The operation that fills the table or has replaced it: nobody sees it, and it goes when that is over.
    hidden_by {uuid}
);
CREATE UNIQUE INDEX table_name_once ON data_tables (environment_id, name_canonical) WHERE hidden_by IS NULL;
CREATE INDEX tables_hidden ON data_tables (hidden_by) WHERE hidden_by IS NOT NULL;

CREATE TABLE data_rows (
    table_id {uuid} NOT NULL,
    id {uuid} NOT NULL,
    generation BIGINT NOT NULL,
    has_files BOOLEAN NOT NULL,
    sealed {bytes} NOT NULL,
    PRIMARY KEY (table_id, id)
) {clustered};

-- Sealed copies of what an environment held. Each has a data key of its own, under the ring key of then (X-14).
CREATE TABLE backups (
    id {uuid} PRIMARY KEY,
    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
    environment_id {uuid} NOT NULL REFERENCES environments (id),
    operation_id {uuid} NOT NULL,
    scheduled BOOLEAN NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'complete', 'deleted')),
    ring_key_id {uuid} REFERENCES ring_keys (id),
    wrapped {bytes},
    -- The customer's key that it needs; none is the platform's.
    key_name TEXT,
    fingerprint {bytes},
    -- What it holds, sealed like a piece.
    manifest {bytes},
    row_count BIGINT NOT NULL DEFAULT 0,
    pieces BIGINT NOT NULL DEFAULT 0,
    bytes BIGINT NOT NULL DEFAULT 0,
    has_files BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL,
    created_by {uuid} NOT NULL REFERENCES users (id),
    completed_at BIGINT,
    CHECK ((state = 'deleted') = (wrapped IS NULL)),
    CHECK ((wrapped IS NULL) = (ring_key_id IS NULL)),
    CHECK ((state = 'complete') = (manifest IS NOT NULL)),
    CHECK ((key_name IS NULL) = (fingerprint IS NULL))
);
CREATE INDEX backups_by_environment ON backups (environment_id, created_at, id);
CREATE INDEX backups_by_ring_key ON backups (ring_key_id);
CREATE INDEX backups_unfinished ON backups (state) WHERE state <> 'complete';
CREATE TABLE backup_pieces (
    backup_id {uuid} NOT NULL,
    seq BIGINT NOT NULL,
    sealed {bytes} NOT NULL,
    PRIMARY KEY (backup_id, seq)
) {clustered};
CREATE TABLE backup_schedules (
    environment_id {uuid} PRIMARY KEY REFERENCES environments (id),
    every_hours BIGINT NOT NULL CHECK (every_hours BETWEEN 1 AND 168),
    keep BIGINT NOT NULL CHECK (keep BETWEEN 1 AND 100),
    next_at BIGINT NOT NULL,
    set_by {uuid} NOT NULL REFERENCES users (id)
);
CREATE INDEX backup_schedules_due ON backup_schedules (next_at);
";
