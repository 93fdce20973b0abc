//! E11, E12: removes what a deleted environment left. Its data key went with the deletion itself, so what lies
//! here until then is ciphertext that nothing opens.

use super::Job;
use crate::{ServiceResult, Target, backups, upkeep};
use domain::{EnvironmentId, actions::Action};

pub(super) async fn run(job: &mut Job) -> ServiceResult<()> {
    let id = job.operation.environment_id.ok_or_else(|| anyhow::anyhow!("delete without an environment"))?;
    job.enter(1);
    for table in store::tables::list(job.portal.db().read(), id).await? {
        job.empty(table.id, "delete.batch").await?;
    }
    let gone = store::backups::deleted_of(job.portal.db().read(), id).await?;
    backups::remove_deleted(&job.portal, gone).await?;
    upkeep::scrub(&job.portal).await;
    finish(job, id).await
}

async fn finish(job: &mut Job, id: EnvironmentId) -> ServiceResult<()> {
    let (owner, operation) = (job.owner.clone(), job.operation.clone());
    // The environment is gone from sight: the trail tells of the tenant's, with the environment in it.
    job.portal
        .act(&job.caller, Action::EnvironmentDelete, Target::Ring(job.operation.ring_id), move |act| {
            Box::pin(async move {
                Job::finish(&owner, &operation, true, act).await?;
                act.record("environment", id.to_string());
                act.record("rows", operation.done);
                Ok(())
            })
        })
        .await
}
