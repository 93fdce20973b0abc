//! First start: the one-time setup code, the first tenant.

use crate::{Caller, Portal, ServiceResult, Via, audit, fresh, keys::sha256};
use domain::{
    Code, PlatformKeyId, Refusal, RingId, RingKeyId, TenantId, Timestamp, UserId,
    names::{Email, PersonName, Region, TenantName},
    roles::Role,
};
use std::time::Duration;
use store::{DatabaseTransaction, Db, ring_keys::RingKeyRow, ring_keys::WrappedBy};
use vault::{Kek, Password, RingKey};

/// How long a setup code is good for.
pub const SETUP_CODE_LIFE: Duration = Duration::from_secs(30 * 60);

/// Whether set-up is done (the install lock).
pub async fn installed(db: &Db) -> ServiceResult<bool> {
    Ok(store::portal::get(db.read()).await?.is_some_and(|portal| portal.installed_at.is_some()))
}

/// Makes a new setup code, good for 30 minutes, and forgets the one before. `None` once installed.
pub async fn new_setup_code(portal: &Portal) -> ServiceResult<Option<String>> {
    if installed(portal.db()).await? {
        return Ok(None);
    }
    let code = code();
    let until = portal.clock().now() + SETUP_CODE_LIFE;
    store::portal::set_setup_code(portal.db().write(), sha256(code.as_bytes()), until).await?;
    Ok(Some(code))
}

/// Twenty letters and digits in groups of five, about 99 bits; no letter that looks like a digit.
fn code() -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let random = vault::random::bytes::<20>();
    let mut code = String::with_capacity(23);
    for (index, byte) in random.iter().enumerate() {
        if index > 0 && index % 5 == 0 {
            code.push('-');
        }
        code.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    code
}

/// What the first-run wizard asks.
pub struct Install {
    pub tenant: String,
    /// Short names of regions, at least one.
    pub regions: Vec<String>,
    pub name: String,
    pub email: String,
    pub password: Password,
    /// Turn the feature on at once: seats, opt-in and the switch of every region (PP-004…PP-013).
    pub enable: Option<Eligibility>,
}

/// The operator's settings as the wizard or the command line gives them.
#[derive(Clone, Copy)]
pub struct Eligibility {
    pub seats: i64,
    pub threshold: i64,
}

/// The form after its checks.
pub(crate) struct Checked {
    tenant: TenantName,
    regions: Vec<Region>,
    name: PersonName,
    email: Email,
    password_hash: String,
    enable: Option<Eligibility>,
}

impl Checked {
    /// How many regions it names.
    pub(crate) fn regions(&self) -> usize {
        self.regions.len()
    }

    /// The administrator's address as addresses are compared.
    pub(crate) fn email(&self) -> String {
        self.email.canonical()
    }
}

/// Checks a setup code: wrong and expired codes get the same answer.
pub async fn check_setup_code(portal: &Portal, code: &str) -> ServiceResult<()> {
    let row = store::portal::get(portal.db().read()).await?;
    let row = row.ok_or_else(|| anyhow::anyhow!("the portal row is missing"))?;
    if row.installed_at.is_some() {
        return Err(already().into());
    }
    let hash = sha256(code.trim().to_ascii_uppercase().as_bytes());
    let good = row.setup_code_hash.as_deref() == Some(hash.as_slice())
        && row.setup_expires_at.is_some_and(|until| until > portal.clock().now().0);
    if good {
        return Ok(());
    }
    let text = "This setup code is not valid. Codes last 30 minutes; restart the portal for a new one.";
    Err(Refusal::field(Code::Invalid, "code", text).into())
}

/// Installs from the wizard: `code` must be the current setup code.
pub async fn install_with_code(portal: &Portal, code: &str, form: Install) -> ServiceResult<UserId> {
    check_setup_code(portal, code).await?;
    install(portal, form).await
}

/// Creates the tenant, its regions with their platform keys, and the first administrator; locks
/// set-up for good. Also what `keystead admin bootstrap` calls.
pub async fn install(portal: &Portal, form: Install) -> ServiceResult<UserId> {
    let checked = check(form).await?;
    let keys = platform_keys(checked.regions.len()).await?;
    let now = portal.clock().now();
    let tx = portal.db().begin().await?;
    if store::portal::lock(&tx).await?.is_some_and(|row| row.installed_at.is_some()) {
        return Err(already().into());
    }
    store::portal::set_installed(&tx, now).await?;
    let user = insert_tenant(portal, &tx, checked, keys, now).await?;
    tx.commit().await?;
    Ok(user)
}

pub(crate) async fn check(form: Install) -> Result<Checked, crate::ServiceError> {
    let invalid = |field: &str, why: &str| Refusal::field(Code::Invalid, field, why);
    let tenant = TenantName::parse(&form.tenant).map_err(|why| invalid("tenant", why))?;
    let name = PersonName::parse(&form.name).map_err(|why| invalid("name", why))?;
    let email = Email::parse(&form.email).map_err(|why| invalid("email", why))?;
    let mut regions = Vec::new();
    for text in &form.regions {
        let region = Region::parse(text).map_err(|why| invalid("regions", why))?;
        if !regions.contains(&region) {
            regions.push(region);
        }
    }
    if regions.is_empty() || regions.len() > 50 {
        return Err(invalid("regions", "Give 1 to 50 regions.").into());
    }
    let password_hash = hash_password(form.password).await?;
    Ok(Checked { tenant, regions, name, email, password_hash, enable: form.enable })
}

/// Checks and hashes a new password, off the async threads.
pub async fn hash_password(password: Password) -> ServiceResult<String> {
    if !domain::password::is_long_enough(password.expose()) {
        let text = "Use 12 to 256 characters. A few random words make a good password.";
        return Err(Refusal::field(Code::PasswordWeak, "password", text).into());
    }
    crate::sign_in::hashing(move || vault::password::hash(&password)).await
}

/// RSA keys take tens of milliseconds each: made before any transaction is open.
pub(crate) async fn platform_keys(count: usize) -> ServiceResult<Vec<Kek>> {
    let made = tokio::task::spawn_blocking(move || (0..count).map(|_| Kek::generate()).collect());
    let made: Result<Vec<Kek>, _> = made.await.map_err(|error| anyhow::anyhow!(error))?;
    Ok(made?)
}

pub(crate) async fn insert_tenant(
    portal: &Portal,
    tx: &DatabaseTransaction,
    form: Checked,
    keys: Vec<Kek>,
    now: Timestamp,
) -> ServiceResult<UserId> {
    let tenant = TenantId(fresh::id(now));
    let mut row = store::tenants::new(tenant, form.tenant.to_string(), now);
    if let Some(enable) = form.enable {
        (row.seats, row.seat_threshold, row.opted_in) = (enable.seats, enable.threshold, true);
    }
    store::tenants::insert(tx, row).await?;
    store::audit::insert_head(tx, tenant, &audit::genesis(tenant)).await?;
    let regions = form.regions.len();
    for (region, kek) in form.regions.iter().zip(keys) {
        insert_ring(portal, tx, (tenant, region), kek, form.enable.map(|_| now), now).await?;
    }
    let user = store::users::User {
        id: fresh::id(now),
        tenant_id: tenant.0,
        email: form.email.to_string(),
        email_canonical: form.email.canonical(),
        name: form.name.to_string(),
        password_hash: form.password_hash,
        created_at: now.0,
        disabled_at: None,
    };
    let id = UserId(user.id);
    store::users::insert(tx, user.clone()).await?;
    store::users::add_role(tx, id, Role::GlobalAdministrator).await?;
    let entry = store::audit::Entry {
        at: now,
        actor: "set-up".to_owned(),
        actor_id: Some(id),
        action: domain::actions::Action::TenantInstall.as_str().to_owned(),
        target: "tenant".to_owned(),
        target_id: Some(tenant.0),
        outcome: "succeeded",
        details: serde_json::json!({ "regions": regions, "administrator": user.email }).to_string(),
        address: None,
        request_id: fresh::id(now).to_string(),
    };
    audit::append(tx, tenant, entry).await?;
    Ok(id)
}

/// A region: its platform key and the ring key every new environment's data key is wrapped with.
pub(crate) async fn insert_ring(
    portal: &Portal,
    tx: &DatabaseTransaction,
    (tenant, region): (TenantId, &Region),
    kek: Kek,
    enabled_at: Option<Timestamp>,
    now: Timestamp,
) -> ServiceResult<RingId> {
    let root = portal.keyring().roots().hold(tx).await?;
    let (ring, key, ring_key) =
        (RingId(fresh::id(now)), PlatformKeyId(fresh::id(now)), RingKeyId(fresh::id(now)));
    let row = store::rings::Ring {
        id: ring.0,
        tenant_id: tenant.0,
        region: region.to_string(),
        enabled_at: enabled_at.map(|at| at.0),
        ever_activated: false,
        last_activation_at: None,
        platform_ring_key: ring_key.0,
        active_ring_key: None,
        lock_started_at: None,
        lock_completed_at: None,
    };
    store::rings::insert(tx, row).await?;
    let row = store::platform_keys::PlatformKey {
        id: key.0,
        ring_id: ring.0,
        fingerprint: kek.fingerprint().as_bytes().to_vec(),
        public_key: kek.public().spki_der().to_vec(),
        material: root.seal_platform_key(&kek, ring, key),
        created_at: now.0,
    };
    store::platform_keys::insert(tx, row).await?;
    let (wrapped_by, wrapped) = (WrappedBy::Platform(key), kek.wrap(&RingKey::generate()));
    let row = RingKeyRow { id: ring_key, ring_id: ring, wrapped_by, wrapped, created_at: now };
    store::ring_keys::insert(tx, root.seal_ring_key(row)).await?;
    Ok(ring)
}

/// A caller for the operator's commands, acting as `user`.
pub async fn operator(portal: &Portal, user: UserId) -> ServiceResult<Caller> {
    let db = portal.db().read();
    let row = store::users::get(db, user).await?.ok_or_else(|| Refusal::not_found("user"))?;
    let roles = store::users::roles(db, user).await?;
    let request = fresh::id(portal.clock().now()).to_string();
    Ok(Caller::new(&row, roles, Via::Operator, None, request))
}

fn already() -> Refusal {
    Refusal::new(Code::AlreadyInstalled, "This portal is already set up.").remedy("Sign in.")
}
