//! Key rings, platform keys, protection keys and the ring keys between them and the data keys.

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
CREATE TABLE rings (
    id {uuid} PRIMARY KEY,
    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
    region TEXT NOT NULL,
    enabled_at BIGINT,
    ever_activated BOOLEAN NOT NULL,
    last_activation_at BIGINT,
    -- Under the two-person rule, who approved the latest change: neither maker nor approver clears a report of it.
    change_approved_by {uuid},
    platform_ring_key {uuid} NOT NULL,
    active_ring_key {uuid},
    lock_started_at BIGINT,
    lock_completed_at BIGINT,
    UNIQUE (tenant_id, region),
    CHECK (ever_activated = (last_activation_at IS NOT NULL)),
    CHECK (active_ring_key IS NULL OR ever_activated),
    CHECK (lock_completed_at IS NULL OR lock_started_at IS NOT NULL)
);
CREATE INDEX rings_locking ON rings (lock_started_at)
    WHERE lock_started_at IS NOT NULL AND lock_completed_at IS NULL;
-- X-10: a key change that an administrator did not know of; nothing changes until another one clears it.
CREATE TABLE change_reports (
    ring_id {uuid} PRIMARY KEY REFERENCES rings (id),
    reported_at BIGINT NOT NULL,
    reported_by {uuid} NOT NULL REFERENCES users (id),
    changed_by {uuid} REFERENCES users (id),
    approved_by {uuid} REFERENCES users (id)
);
-- What the link in a mail is good for: one report, of that change, by its recipient. Only the SHA-256 is kept.
CREATE TABLE report_links (
    token_hash {bytes} PRIMARY KEY,
    ring_id {uuid} NOT NULL REFERENCES rings (id),
    user_id {uuid} NOT NULL REFERENCES users (id),
    expires_at BIGINT NOT NULL
);
-- X-41: which reminders of the deletion of environments locked at that moment were sent.
CREATE TABLE lock_reminders (
    ring_id {uuid} NOT NULL REFERENCES rings (id),
    locked_at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    PRIMARY KEY (ring_id, locked_at, day)
);

-- Key-encryption keys of the platform; `material` is PKCS#8 sealed by the root key.
CREATE TABLE platform_keys (
    id {uuid} PRIMARY KEY,
    ring_id {uuid} NOT NULL REFERENCES rings (id),
    fingerprint {bytes} NOT NULL,
    public_key {bytes} NOT NULL,
    material {bytes} NOT NULL,
    created_at BIGINT NOT NULL
);

-- Key-encryption keys of administrators (rules 2.1). Locked and deleted keys have no material (X-12).
CREATE TABLE protection_keys (
    id {uuid} PRIMARY KEY,
    ring_id {uuid} NOT NULL REFERENCES rings (id),
    name TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('generated', 'uploaded')),
    bits BIGINT NOT NULL CHECK (bits = 2048),
    fingerprint {bytes} NOT NULL,
    public_key {bytes} NOT NULL,
    material {bytes},
    state TEXT NOT NULL CHECK (state IN
        ('available', 'installing', 'active', 'locking', 'locked', 'unlocking', 'deleted')),
    state_since BIGINT,
    created_at BIGINT NOT NULL,
    created_by {uuid} NOT NULL REFERENCES users (id),
    activated_at BIGINT,
    proved_at BIGINT,
    error TEXT,
    UNIQUE (ring_id, name),
    CHECK ((state = 'available') = (state_since IS NULL)),
    CHECK ((state IN ('locking', 'locked', 'deleted')) = (material IS NULL)),
    -- X-06: a key is used only when somebody has shown to hold its file.
    CHECK (proved_at IS NOT NULL OR (source = 'generated' AND state IN ('available', 'deleted')))
);
-- X-10: a roll-back that waits until the 24 hours after the change are over.
CREATE TABLE roll_backs (
    ring_id {uuid} PRIMARY KEY REFERENCES rings (id),
    key_id {uuid} NOT NULL REFERENCES protection_keys (id),
    due_at BIGINT NOT NULL,
    scheduled_by {uuid} NOT NULL REFERENCES users (id),
    -- Under the two-person rule: still has to be one who may approve when it begins.
    approved_by {uuid} REFERENCES users (id),
    address TEXT
);

-- The two-person rule: what one administrator asks for and another approves.
CREATE TABLE approvals (
    ring_id {uuid} PRIMARY KEY REFERENCES rings (id),
    -- An answer names it: what takes the place of a question is another one.
    id {uuid} NOT NULL,
    change TEXT NOT NULL CHECK (change IN ('activate', 'lock', 'roll_back')),
    key_id {uuid} NOT NULL REFERENCES protection_keys (id),
    asked_by {uuid} NOT NULL REFERENCES users (id),
    asked_at BIGINT NOT NULL,
    pinned_at BIGINT,
    approved_by {uuid} REFERENCES users (id),
    approved_at BIGINT,
    CHECK (approved_by IS NULL OR approved_by <> asked_by),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL))
);

-- The files of generated keys until they are downloaded (PP-062); protected by their own password and
-- sealed by the root key.
CREATE TABLE key_files (
    key_id {uuid} PRIMARY KEY REFERENCES protection_keys (id),
    sealed {bytes} NOT NULL,
    waits_until BIGINT NOT NULL
);
-- PP-046: one active key; and one being installed.
CREATE UNIQUE INDEX one_active_key ON protection_keys (ring_id) WHERE state IN ('active', 'locking', 'locked', 'unlocking');
CREATE UNIQUE INDEX one_installing_key ON protection_keys (ring_id) WHERE state = 'installing';
CREATE UNIQUE INDEX key_once_per_ring ON protection_keys (ring_id, fingerprint) WHERE state <> 'deleted';

-- One AES-256 key per activation, wrapped by exactly one key-encryption key (RSA-OAEP-256).
CREATE TABLE ring_keys (
    id {uuid} PRIMARY KEY,
    ring_id {uuid} NOT NULL REFERENCES rings (id),
    platform_key_id {uuid} REFERENCES platform_keys (id),
    protection_key_id {uuid} REFERENCES protection_keys (id),
    wrapped {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    CHECK ((platform_key_id IS NULL) <> (protection_key_id IS NULL))
);
CREATE INDEX ring_keys_by_protection_key ON ring_keys (protection_key_id);

-- One AES-256 key per owner and generation, wrapped by a ring key (AES-256-GCM).
-- Two generations exist only while rows are sealed anew. A key change goes through them in the order of
-- their owners: they lie in that order, too.
CREATE TABLE data_keys (
    owner_id {uuid} NOT NULL,
    generation BIGINT NOT NULL CHECK (generation > 0),
    ring_key_id {uuid} NOT NULL REFERENCES ring_keys (id),
    wrapped {bytes} NOT NULL,
    PRIMARY KEY (owner_id, generation)
) {clustered};
CREATE INDEX data_keys_by_ring_key ON data_keys (ring_key_id, owner_id, generation);
";
