//! What a restored portal is worth: do its keys open, is its audit trail whole?

use crate::{
    Portal, ServiceResult,
    audit::{self, Verdict},
};
use domain::{RingKeyId, TenantId};
use store::data_keys::DataKeyRow;
use uuid::Uuid;
use vault::RingKey;

/// So many data keys are tried in one page.
const PAGE: u64 = 1_000;

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Drill {
    /// Data keys of environments and backups that open.
    pub opens: u64,
    /// Those whose customer key is not here: locked, or deleted with a lock.
    pub locked: u64,
    /// Those that should open and do not.
    pub broken: u64,
    /// Why trails are not whole, by organisation.
    pub trails: Vec<String>,
}

impl Drill {
    /// Whether everything is as it should be.
    pub fn is_good(&self) -> bool {
        self.broken == 0 && self.trails.is_empty()
    }
}

/// Opens every key that is here and walks every organisation's trail.
pub async fn drill(portal: &Portal) -> ServiceResult<Drill> {
    let mut drill = Drill::default();
    for tenant in store::tenants::list(portal.db().read()).await? {
        if let Verdict::Broken { seq, why } = audit::verify(portal.db(), TenantId(tenant.id)).await? {
            drill.trails.push(format!("{}: entry {seq}: {why}", tenant.name));
        }
        for ring in store::rings::list(portal.db().read(), TenantId(tenant.id)).await? {
            for key in store::ring_keys::of_ring(portal.db().read(), domain::RingId(ring.id)).await? {
                try_all(portal, key.id, &mut drill).await?;
            }
        }
    }
    Ok(drill)
}

/// Opens every data key under this ring key.
async fn try_all(portal: &Portal, id: RingKeyId, drill: &mut Drill) -> ServiceResult<()> {
    let db = portal.db().read();
    let key = match portal.keyring().ring_key(db, id).await {
        Ok(key) => Some(key),
        Err(error) if error.refusal().is_some() => None,
        Err(error) if error.key_trouble().is_some() => {
            let backups = store::backups::count_under(db, id).await?;
            drill.broken += store::data_keys::count_under(db, id).await? + backups;
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    count(drill, key.as_deref(), store::backups::keys_under(db, id).await?);
    let mut after = (Uuid::nil(), 0);
    loop {
        let page = store::data_keys::under(db, id, after, PAGE).await?;
        let Some(last) = page.last().map(|row| (row.owner, row.generation)) else { return Ok(()) };
        after = last;
        count(drill, key.as_deref(), page);
    }
}

fn count(drill: &mut Drill, key: Option<&RingKey>, rows: Vec<DataKeyRow>) {
    for row in rows {
        match key {
            None => drill.locked += 1,
            Some(key) if opens(key, &row) => drill.opens += 1,
            Some(_) => drill.broken += 1,
        }
    }
}

fn opens(key: &RingKey, row: &DataKeyRow) -> bool {
    key.unwrap(&row.wrapped, &crate::keyring::place(row)).is_ok()
}
