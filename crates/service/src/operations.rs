//! Long-running jobs as people watch them.

use crate::{Caller, Portal, ServiceResult, act};
use domain::{OperationId, Refusal, actions::Action};
use store::{
    Cursor, Page,
    operations::{Filter, Operation},
};

/// A page of jobs, the newest first; a System administrator sees those of the own environments.
pub async fn list(
    portal: &Portal,
    caller: &Caller,
    mut filter: Filter,
    after: Option<Cursor>,
    limit: usize,
) -> ServiceResult<Page<Operation>> {
    act::permit(caller, Action::OperationRead, None)?;
    filter.only = caller.visible();
    let limit = limit.clamp(1, 200);
    Ok(store::operations::list(portal.db().read(), caller.tenant(), &filter, after.as_ref(), limit).await?)
}

/// One job; another tenant's, or another environment's, is not found.
pub async fn get(portal: &Portal, caller: &Caller, id: OperationId) -> ServiceResult<Operation> {
    act::permit(caller, Action::OperationRead, None)?;
    let visible = caller.visible();
    let found = store::operations::get(portal.db().read(), id).await?.filter(|operation| {
        let seen = |only: &Vec<_>| operation.environment_id.is_some_and(|id| only.contains(&id));
        operation.tenant_id == caller.tenant() && visible.as_ref().is_none_or(seen)
    });
    Ok(found.ok_or_else(|| Refusal::not_found("operation"))?)
}
