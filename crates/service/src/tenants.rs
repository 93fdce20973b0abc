//! Organisations and what only the operator sets: seats, opt-in, the feature per region (PP-004…PP-013).

use crate::{Act, Caller, Portal, ServiceResult, Target, Via, act, setup};
use domain::{Code, Refusal, RingId, TenantId, UserId, actions::Action, names::Region};
use store::{rings::Ring, tenants::Tenant};

/// Every organisation, the oldest first: for the operator's commands.
pub async fn list(portal: &Portal) -> ServiceResult<Vec<Tenant>> {
    Ok(store::tenants::list(portal.db().read()).await?)
}

/// The organisation called `selector` (its name or its id); the only one when nothing is given.
pub async fn find(portal: &Portal, selector: Option<&str>) -> ServiceResult<Tenant> {
    let mut all = list(portal).await?;
    if let Some(selector) = selector {
        let asked = |tenant: &Tenant| tenant.name == selector || tenant.id.to_string() == selector;
        all.retain(asked);
    }
    match (all.len(), selector) {
        (1, _) => Ok(all.swap_remove(0)),
        (0, None) => {
            let refusal = Refusal::new(Code::NotFound, "The portal is not set up yet.");
            Err(refusal.remedy("Run 'keystead admin bootstrap', or the wizard in the browser.").into())
        }
        (0, Some(_)) => Err(Refusal::not_found("organisation").into()),
        _ => {
            let refusal = Refusal::new(Code::Invalid, "There are several organisations.");
            Err(refusal
                .remedy("Name one, by its name or its id; 'keystead admin tenant list' shows them.")
                .into())
        }
    }
}

/// A caller for the operator's commands on `tenant`: acts as its first person, recorded as "operator".
pub async fn operator(portal: &Portal, tenant: TenantId) -> ServiceResult<Caller> {
    let people = store::users::list(portal.db().read(), tenant).await?;
    let first = people.iter().min_by_key(|user| (user.created_at, user.id));
    let first = first.ok_or_else(|| Refusal::not_found("user in this organisation"))?;
    setup::operator(portal, UserId(first.id)).await
}

/// Adds another organisation, with its regions and its first administrator, to a portal that is set up.
pub async fn add(portal: &Portal, form: setup::Install) -> ServiceResult<UserId> {
    let checked = setup::check(form).await?;
    let keys = setup::platform_keys(checked.regions()).await?;
    let now = portal.clock().now();
    let tx = portal.db().begin().await?;
    if store::users::by_email(&tx, &checked.email()).await?.is_some() {
        let text = "There is already somebody with this address.";
        return Err(Refusal::field(Code::Conflict, "email", text).into());
    }
    let user = setup::insert_tenant(portal, &tx, checked, keys, now).await?;
    tx.commit().await?;
    Ok(user)
}

/// The organisation and its regions.
pub async fn get(portal: &Portal, caller: &Caller) -> ServiceResult<(Tenant, Vec<Ring>)> {
    act::permit(caller, Action::TenantRead, None)?;
    let db = portal.db().read();
    let tenant = store::tenants::get(db, caller.tenant()).await?;
    let tenant = tenant.ok_or_else(|| Refusal::not_found("organisation"))?;
    Ok((tenant, store::rings::list(db, caller.tenant()).await?))
}

/// What changes; `None` stays.
#[derive(Clone, Copy, Default, Debug)]
pub struct Change {
    /// Licensed seats of both plans together.
    pub seats: Option<i64>,
    /// Seats must exceed this.
    pub threshold: Option<i64>,
    pub opted_in: Option<bool>,
    /// Whether lock, activation and roll-back wait for another administrator.
    pub two_person: Option<bool>,
}

/// Sets seats, threshold and opt-in (PP-004, PP-005, PP-006).
pub async fn set(portal: &Portal, caller: &Caller, change: Change) -> ServiceResult<()> {
    portal
        .act(caller, Action::TenantConfigure, Target::Tenant, move |act| {
            Box::pin(async move { set_in(act, change).await })
        })
        .await
}

async fn set_in(act: &mut Act, change: Change) -> ServiceResult<()> {
    operator_only(act)?;
    for (field, value) in [("seats", change.seats), ("threshold", change.threshold)] {
        if value.is_some_and(|value| value < 0) {
            return Err(Refusal::field(Code::Invalid, field, "Give a number of seats, 0 or more.").into());
        }
    }
    let id = act.caller.tenant();
    let before = store::tenants::lock(&act.tx, id).await?;
    let after = (
        change.seats.unwrap_or(before.seats),
        change.threshold.unwrap_or(before.seat_threshold),
        change.opted_in.unwrap_or(before.opted_in),
    );
    let text = |(seats, threshold, opted_in): (i64, i64, bool)| {
        format!("seats {seats}, threshold {threshold}, opted in: {opted_in}")
    };
    act.record("before", text((before.seats, before.seat_threshold, before.opted_in)));
    act.record("after", text(after));
    store::tenants::set_eligibility(&act.tx, id, after).await?;
    if let Some(on) = change.two_person {
        if on && store::users::count_approvers(&act.tx, id).await? < 2 {
            return Err(nobody_to_approve().into());
        }
        act.record("two-person rule before", before.two_person);
        act.record("two-person rule after", on);
        store::tenants::set_two_person(&act.tx, id, on).await?;
    }
    Ok(())
}

fn nobody_to_approve() -> Refusal {
    let detail = "The organisation has fewer than two enabled Global or Service administrators: nobody could approve a \
                  change of another one.";
    Refusal::field(Code::Invalid, "two_person", detail).remedy("Add an administrator first.")
}

/// Adds a region with its platform key; the feature is off there.
pub async fn add_region(portal: &Portal, caller: &Caller, region: &str) -> ServiceResult<RingId> {
    act::permit(caller, Action::TenantConfigure, None)?;
    let region = Region::parse(region).map_err(|why| Refusal::field(Code::Invalid, "region", why))?;
    let mut keys = setup::platform_keys(1).await?;
    let key = keys.pop().ok_or_else(|| anyhow::anyhow!("no platform key was made"))?;
    portal
        .act(caller, Action::TenantConfigure, Target::Tenant, move |act| {
            Box::pin(async move {
                operator_only(act)?;
                let tenant = act.caller.tenant();
                act.record("region added", region.as_str());
                if store::rings::by_region(&act.tx, tenant, region.as_str()).await?.is_some() {
                    let text = "The organisation has this region already.";
                    return Err(Refusal::field(Code::Conflict, "region", text).into());
                }
                let portal = act.portal.clone();
                setup::insert_ring(&portal, &act.tx, (tenant, &region), key, None, act.now).await
            })
        })
        .await
}

/// Turns the feature on or off in a region (PP-013). Environments made before the latest "on" stay out
/// (PP-014, X-38); "off" changes nothing about environments that use a key already.
pub async fn set_feature(portal: &Portal, caller: &Caller, region: String, on: bool) -> ServiceResult<()> {
    portal
        .act(caller, Action::TenantConfigure, Target::Tenant, move |act| {
            Box::pin(async move {
                operator_only(act)?;
                let ring = store::rings::by_region(&act.tx, act.caller.tenant(), &region).await?;
                let ring = ring.ok_or_else(|| Refusal::not_found("region"))?;
                let ring = store::rings::lock(&act.tx, RingId(ring.id)).await?;
                act.record("region", ring.region.as_str());
                act.record("before", if ring.enabled_at.is_some() { "on" } else { "off" });
                act.record("after", if on { "on" } else { "off" });
                if ring.enabled_at.is_some() == on {
                    return Ok(());
                }
                Ok(store::rings::set_enabled(&act.tx, RingId(ring.id), on.then_some(act.now)).await?)
            })
        })
        .await
}

/// Roles inside the organisation do not reach the operator's settings.
fn operator_only(act: &Act) -> Result<(), Refusal> {
    if matches!(act.caller.via(), Via::Operator) {
        return Ok(());
    }
    let text = "Only the operator of this portal sets seats, opt-in and regions.";
    Err(Refusal::new(Code::Forbidden, text).remedy("Ask the operator."))
}
