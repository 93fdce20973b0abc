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
    created_by {uuid} NOT NULL REFERENCES users (id)
);
CREATE UNIQUE INDEX environment_name_once ON environments (tenant_id, name_canonical) WHERE state <> 'deleted';
CREATE INDEX environments_by_name ON environments (tenant_id, name_canonical, id);
CREATE INDEX environments_by_created ON environments (tenant_id, created_at, id);
CREATE INDEX environments_by_ring_state ON environments (ring_id, state);
CREATE INDEX environments_locked ON environments (state_since) WHERE state = 'locked';

CREATE TABLE data_tables (
    id {uuid} PRIMARY KEY,
    environment_id {uuid} NOT NULL REFERENCES environments (id),
    name TEXT NOT NULL,
    name_canonical TEXT NOT NULL,
    columns TEXT NOT NULL,
    row_count BIGINT NOT NULL DEFAULT 0 CHECK (row_count >= 0),
    file_rows BIGINT NOT NULL DEFAULT 0 CHECK (file_rows >= 0),
    created_at BIGINT NOT NULL,
    UNIQUE (environment_id, name_canonical)
);

CREATE TABLE data_rows (
    table_id {uuid} NOT NULL,
    id {uuid} NOT NULL,
    generation BIGINT NOT NULL,
    has_files BOOLEAN NOT NULL,
    sealed {bytes} NOT NULL,
    PRIMARY KEY (table_id, id)
) {clustered};
";
