//! The portal itself, its tenants, people, sessions, tokens.

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
-- One row: what this database is and whether set-up is done (the install lock). root_check tells which root key
-- seals its keys, root_next which one is about to.
CREATE TABLE portal (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    root_check {bytes} NOT NULL,
    root_next {bytes},
    root_rotated_at BIGINT,
    installed_at BIGINT,
    setup_code_hash {bytes},
    setup_expires_at BIGINT,
    clock_offset BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE tenants (
    id {uuid} PRIMARY KEY,
    name TEXT NOT NULL,
    seats BIGINT NOT NULL CHECK (seats >= 0),
    seat_threshold BIGINT NOT NULL CHECK (seat_threshold >= 0),
    opted_in BOOLEAN NOT NULL,
    -- Lock, activation and roll-back wait for another administrator.
    two_person BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id {uuid} PRIMARY KEY,
    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
    email TEXT NOT NULL,
    email_canonical TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);
CREATE INDEX users_by_tenant ON users (tenant_id);

-- environment_id is set for System administrators and for nobody else (PP-038).
CREATE TABLE role_assignments (
    user_id {uuid} NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN
        ('global_administrator', 'service_administrator', 'system_administrator', 'auditor')),
    environment_id {uuid},
    CHECK ((role = 'system_administrator') = (environment_id IS NOT NULL))
);
CREATE INDEX roles_by_user ON role_assignments (user_id);
CREATE UNIQUE INDEX role_once ON role_assignments (user_id, role) WHERE environment_id IS NULL;
CREATE UNIQUE INDEX environment_role_once ON role_assignments (user_id, environment_id)
    WHERE environment_id IS NOT NULL;

-- The cookie's id is kept only as its SHA-256.
CREATE TABLE sessions (
    id_hash {bytes} PRIMARY KEY,
    user_id {uuid} REFERENCES users (id),
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Failed sign-ins per account and per address ('account:…', 'address:…').
CREATE TABLE sign_in_failures (
    subject TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    blocked_until BIGINT
);

CREATE TABLE api_tokens (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    secret_hash {bytes} NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- Which text was acknowledged by whom and when (PP-052, PP-074, PP-088).
CREATE TABLE risk_acknowledgements (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    session_hash {bytes},
    token_id {uuid},
    text_id TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX risk_by_user ON risk_acknowledgements (user_id, at);
";
