//! Protection keys: list, upload, generate, activate (rules §2.1, K1–K5).

mod generate;

pub(crate) use generate::clean_up;
pub use generate::{FILE_WAITS, Generate, Proof, download, file_waits, generate, prove};

use crate::{
    Act, Caller, Portal, ServiceError, ServiceResult, Target, act, act::decide, jobs, mails::Notice, risk,
    throttle,
};
use domain::{
    Code, KeyId, Refusal, RingId, RingKeyId, Timestamp,
    actions::Action,
    environments::EnvironmentState,
    events::Event,
    keys::{KeyState, Source},
    names::KeyName,
    operations::OperationKind,
    policy::{self, Decision},
    rings::RingFacts,
};
use sha2::{Digest, Sha256};
use store::{keys::Key, rings::Ring};
use tokio::sync::Semaphore;
use vault::{Kek, Password, pfx, pfx::PfxRefusal};

/// The media type of key files.
pub const FILE_TYPE: &str = "application/x-pkcs12";
/// The largest key file that is read, in bytes.
pub const MAX_FILE: usize = 256 * 1024;

/// A key as lists show it.
pub struct ListedKey {
    pub key: Key,
    /// The address of who brought it.
    pub created_by: String,
    /// How many environments are encrypted with it.
    pub environments: u64,
    /// Whether it may be activated now; if not, why and from when.
    pub activate: Decision,
    /// Whether it may be shown now that its file is kept.
    pub prove: Decision,
}

/// Everything the page of one ring shows, at one moment.
pub struct Overview {
    pub ring: RingId,
    pub facts: RingFacts,
    pub now: Timestamp,
    pub keys: Vec<ListedKey>,
    /// Whether a key may be added now.
    pub add: Decision,
    /// Self-managed environments, and all that are not deleted.
    pub self_managed: u64,
    pub environments: u64,
    /// How many are mailed about a change.
    pub administrators: usize,
}

/// What a new key's form says. `file` and `password` are dropped when the key is made.
pub struct Upload {
    pub name: String,
    pub file: Vec<u8>,
    pub password: Password,
    /// For API tokens: the request itself acknowledges the risk.
    pub risk_acknowledged: bool,
}

/// What became of an upload.
pub struct Uploaded {
    pub id: KeyId,
    /// The first uploaded key activates itself (PP-070).
    pub activating: bool,
    /// The job that does it.
    pub operation: Option<domain::OperationId>,
}

/// The rings the caller may see, for the region pivot.
pub async fn rings(portal: &Portal, caller: &Caller) -> ServiceResult<Vec<store::rings::Ring>> {
    act::permit(caller, Action::TenantRead, None)?;
    Ok(store::rings::list(portal.db().read(), caller.tenant()).await?)
}

/// The keys of a ring with what may be done to each now.
pub async fn overview(portal: &Portal, caller: &Caller, ring: RingId) -> ServiceResult<Overview> {
    let found = look(portal, caller, ring).await;
    portal.witness(caller, Action::KeyRead, Target::Ring(ring), found).await
}

async fn look(portal: &Portal, caller: &Caller, ring: RingId) -> ServiceResult<Overview> {
    let db = &portal.db().snapshot().await?;
    act::resolve(db, caller, Target::Ring(ring)).await?;
    act::permit(caller, Action::KeyRead, None)?;
    let now = portal.clock().now();
    let facts = store::rings::facts(db, ring).await?;
    let counts = store::environments::count_by_state(db, ring).await?;
    let count = |state| counts.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n);
    let self_managed = count(EnvironmentState::SelfManaged);
    let users = store::users::list(db, caller.tenant()).await?;
    let mut keys = Vec::new();
    for key in store::keys::list(db, ring).await? {
        let activate = decide(caller, Action::KeyActivate, None)
            .and_then(|()| policy::activate_key(&facts, key.state, key.proved_at.is_some(), now));
        let prove = decide(caller, Action::KeyProve, None).and_then(|()| provable(&key));
        let environments = if matches!(key.state, KeyState::Active { .. }) { self_managed } else { 0 };
        let created_by =
            users.iter().find(|u| u.id == key.created_by.0).map_or_else(String::new, |u| u.email.clone());
        keys.push(ListedKey { key, created_by, environments, activate, prove });
    }
    Ok(Overview {
        ring,
        add: decide(caller, Action::KeyAdd, None).and_then(|()| policy::add_key(&facts)),
        facts,
        now,
        keys,
        self_managed,
        environments: counts.iter().filter(|(s, _)| *s != EnvironmentState::Deleted).map(|(_, n)| n).sum(),
        administrators: store::users::administrators(db, caller.tenant()).await?.len(),
    })
}

/// One key with its ring's facts.
pub async fn get(portal: &Portal, caller: &Caller, id: KeyId) -> ServiceResult<(ListedKey, Overview)> {
    let scope = act::resolve(portal.db().read(), caller, Target::Key(id)).await;
    let scope = portal.witness(caller, Action::KeyRead, Target::Key(id), scope).await?;
    let ring = scope.key.map(|key| key.ring_id).ok_or_else(|| Refusal::not_found("key"))?;
    let mut overview = overview(portal, caller, ring).await?;
    let at = overview.keys.iter().position(|listed| listed.key.id == id);
    let at = at.ok_or_else(|| Refusal::not_found("key"))?;
    Ok((overview.keys.swap_remove(at), overview))
}

/// K2: brings a key from a password-protected PFX (PP-039…PP-041, PP-066…PP-071).
pub async fn upload(portal: &Portal, caller: &Caller, ring: RingId, form: Upload) -> ServiceResult<Uploaded> {
    let Upload { name, file, password, risk_acknowledged } = form;
    // Before any work: a refused upload must not cost RSA checks, nor tell whether a password fits.
    let name = portal
        .check(caller, Action::KeyAdd, Target::Ring(ring), |act| {
            Box::pin(check_new(act, name, risk_acknowledged))
        })
        .await?;
    let kek = read_file(portal, caller, file, password).await;
    portal
        .act(caller, Action::KeyAdd, Target::Ring(ring), move |act| {
            Box::pin(async move {
                risk::require(act, risk_acknowledged).await?;
                store_upload(act, name, kek?).await
            })
        })
        .await
}

/// The cheap checks of a new key; nothing is stored yet.
async fn check_new(act: &mut Act, name: String, risk_acknowledged: bool) -> ServiceResult<KeyName> {
    risk::require(act, risk_acknowledged).await?;
    let ring = act.ring()?;
    let name = KeyName::parse(&name).map_err(|why| Refusal::field(Code::KeyNameInvalid, "name", why))?;
    policy::add_key(&store::rings::facts(&act.tx, RingId(ring.id)).await?)?;
    if store::keys::name_taken(&act.tx, RingId(ring.id), name.as_str()).await? {
        return Err(name_taken(&name).into());
    }
    Ok(name)
}

/// Deriving a file's keys and checking or making its RSA numbers takes a core for a second: this many
/// are worked on at once in a process.
static READING: Semaphore = Semaphore::const_new(2);

/// Opens the file, as often as its password may be guessed (`KEY_FILE_BAD_PASSWORD`: rate limited).
async fn read_file(
    portal: &Portal,
    caller: &Caller,
    file: Vec<u8>,
    password: Password,
) -> ServiceResult<Kek> {
    let guesses = throttle::Subjects::key_files_of(caller.user());
    guesses.check(portal).await?;
    let permit = READING.acquire().await.map_err(|error| anyhow::anyhow!(error))?;
    // Again: whoever queued with a hundred guesses may be blocked by now.
    guesses.check(portal).await?;
    let read = tokio::task::spawn_blocking(move || parse_file(&file, &password)).await;
    let read = read.map_err(|error| anyhow::anyhow!(error))?;
    match read.as_ref().err().and_then(ServiceError::refusal) {
        Some(refusal) if refusal.code == Code::KeyFileBadPassword => {
            guesses.count(portal).await?;
        }
        Some(_) => {}
        None => guesses.forget(portal).await?,
    }
    drop(permit);
    read
}

/// Reads the file and says exactly what is wrong with it.
fn parse_file(file: &[u8], password: &Password) -> ServiceResult<Kek> {
    if file.len() > MAX_FILE {
        return Err(file_refusal(Code::TooLarge, "Key files are at most 256 KiB.").into());
    }
    if file.is_empty() {
        return Err(file_refusal(Code::KeyFileFormat, "Select a key file (.pfx).").into());
    }
    pfx::read(file, password).map(|imported| imported.kek).map_err(|refusal| explain(refusal).into())
}

/// Whether it may be shown now that the key's file is kept.
fn provable(key: &Key) -> Decision {
    policy::prove_key(key.state, key.proved_at.is_some())
}

fn file_refusal(code: Code, text: impl Into<String>) -> Refusal {
    Refusal::field(code, "file", text)
}

/// The refusal's own words, at the field they are about.
fn explain(refusal: PfxRefusal) -> Refusal {
    let (code, field) = match &refusal {
        PfxRefusal::NotPkcs12 | PfxRefusal::Scheme { .. } | PfxRefusal::WorkFactor => {
            (Code::KeyFileFormat, "file")
        }
        PfxRefusal::NoPassword => (Code::KeyFileNoPassword, "file"),
        PfxRefusal::BadPassword => (Code::KeyFileBadPassword, "password"),
        PfxRefusal::NoPrivateKey => (Code::KeyFileNoPrivate, "file"),
        PfxRefusal::SeveralPrivateKeys => (Code::KeyFileSeveral, "file"),
        PfxRefusal::Algorithm { .. } => (Code::KeyAlgorithm, "file"),
        PfxRefusal::WeakKey { .. } => (Code::KeyWeak, "file"),
        PfxRefusal::TooLarge => (Code::TooLarge, "file"),
    };
    Refusal::field(code, field, refusal.to_string())
}

/// K2a, K2b: seals and stores, under the ring's lock; the first upload activates itself.
async fn store_upload(act: &mut Act, name: KeyName, kek: Kek) -> ServiceResult<Uploaded> {
    let (ring, facts) = lock_for_new(act, &name).await?;
    let ring_id = RingId(ring.id);
    if let Some(same) = store::keys::by_fingerprint(&act.tx, ring_id, kek.fingerprint().as_bytes()).await? {
        let text = format!("This key is already here, as {}.", same.name);
        return Err(file_refusal(Code::KeyAlreadyPresent, text).into());
    }
    // PP-070: the first uploaded key activates itself, unless another is just being installed.
    let first = !facts.ever_activated && facts.installing.is_none();
    let state = if first { KeyState::Available.activate(act.now)? } else { KeyState::Available };
    let id = store_new(act, &ring, &name, &kek, (Source::Uploaded, state)).await?;
    let operation = match first {
        true => Some(jobs::queue(act, OperationKind::KeyInstall, ring_id, jobs::On::Key(id), 1).await?),
        false => None,
    };
    Ok(Uploaded { id, activating: first, operation })
}

/// The ring, locked, while a key of that name may be added to it.
async fn lock_for_new(act: &Act, name: &KeyName) -> ServiceResult<(Ring, RingFacts)> {
    let ring = store::rings::lock(&act.tx, RingId(act.ring()?.id)).await?;
    let facts = store::rings::facts(&act.tx, RingId(ring.id)).await?;
    policy::add_key(&facts)?;
    if store::keys::name_taken(&act.tx, RingId(ring.id), name.as_str()).await? {
        return Err(name_taken(name).into());
    }
    Ok((ring, facts))
}

/// Seals and stores a key, and tells every administrator (PP-060).
async fn store_new(
    act: &mut Act,
    ring: &Ring,
    name: &KeyName,
    kek: &Kek,
    (source, state): (Source, KeyState),
) -> ServiceResult<KeyId> {
    let (id, ring_id) = (KeyId(act.fresh_id()), RingId(ring.id));
    let fingerprint = *kek.fingerprint().as_bytes();
    let key = Key {
        id,
        ring_id,
        name: name.to_string(),
        source,
        bits: kek.bits(),
        fingerprint,
        public_key: kek.public().spki_der().to_vec(),
        material: Some(act.portal.keyring().seal_protection_key(kek, ring_id, id)),
        state,
        created_at: act.now,
        created_by: act.caller.user(),
        activated_at: None,
        // An upload is the proof that the file is there.
        proved_at: (source == Source::Uploaded).then_some(act.now),
        error: None,
    };
    act.record("key", name.as_str());
    act.record("source", source.as_str());
    act.record("fingerprint", hex(&fingerprint));
    act.record("state", state.as_str());
    act.notify(Notice::of_key(Event::KeyAdded, ring, &key, None)).await?;
    store::keys::insert(&act.tx, key).await?;
    Ok(id)
}

/// K3: asks for an activation; a job installs the key (PP-072…PP-083). `confirmed` is PP-075's
/// second confirmation.
pub async fn activate(
    portal: &Portal,
    caller: &Caller,
    id: KeyId,
    confirmed: bool,
    risk_acknowledged: bool,
) -> ServiceResult<domain::OperationId> {
    portal
        .act(caller, Action::KeyActivate, Target::Key(id), move |act| {
            Box::pin(async move {
                risk::require(act, risk_acknowledged).await?;
                if !confirmed {
                    return Err(
                        not_confirmed("the key change and that all administrators will be notified").into()
                    );
                }
                start_activation(act, id).await
            })
        })
        .await
}

async fn start_activation(act: &mut Act, id: KeyId) -> ServiceResult<domain::OperationId> {
    let ring = store::rings::lock(&act.tx, RingId(act.ring()?.id)).await?;
    let ring_id = RingId(ring.id);
    let key = store::keys::lock(&act.tx, id).await?.ok_or_else(|| Refusal::not_found("key"))?;
    let facts = store::rings::facts(&act.tx, ring_id).await?;
    policy::activate_key(&facts, key.state, key.proved_at.is_some(), act.now)?;
    let previous = store::keys::active(&act.tx, ring_id).await?;
    let state = key.state.activate(act.now)?;
    store::keys::set_state(&act.tx, id, state, None).await?;
    act.record("key", key.name.as_str());
    act.record("before", key.state.as_str());
    act.record("after", state.as_str());
    let mut notice = Notice::of_key(Event::KeyActivationRequested, &ring, &key, previous.as_ref());
    notice.affected = Some(affected(&act.tx, &ring).await?);
    act.notify(notice).await?;
    jobs::queue(act, OperationKind::KeyInstall, ring_id, jobs::On::Key(id), 1).await
}

/// How many data keys a key change moves.
pub(crate) async fn affected(
    tx: &impl store::ConnectionTrait,
    ring: &store::rings::Ring,
) -> ServiceResult<u64> {
    match ring.active_ring_key {
        Some(id) => Ok(store::data_keys::count_under(tx, RingKeyId(id)).await?),
        None => Ok(0),
    }
}

pub(crate) fn not_confirmed(what: &str) -> Refusal {
    Refusal::field(Code::NotConfirmed, "confirmed", format!("Confirm {what}."))
}

fn name_taken(name: &KeyName) -> Refusal {
    Refusal::field(
        Code::KeyNameTaken,
        "name",
        format!("There is or was a key called {name} in this region; choose another name (X-39)."),
    )
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// SHA-256, for what is kept only as a hash.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
