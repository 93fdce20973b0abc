//! E13: removes what a reset environment held, and its backups. Their keys went with the reset itself, so what lies here
//! until then is ciphertext that nothing opens.

use super::{Job, replace};
use crate::{ServiceResult, Target, backups, upkeep};
use domain::actions::Action;

pub(super) async fn run(job: &mut Job) -> ServiceResult<()> {
    let id = job.operation.environment_id.ok_or_else(|| anyhow::anyhow!("reset without an environment"))?;
    job.enter(1);
    let rows = replace::remove_hidden(job).await?;
    let gone = store::backups::deleted_of(job.portal.db().read(), id).await?;
    backups::remove_deleted(&job.portal, gone).await?;
    job.renew().await?;
    upkeep::scrub(&job.portal).await;
    let (owner, operation) = (job.owner.clone(), job.operation.clone());
    job.portal
        .act(&job.caller, Action::EnvironmentReset, Target::Environment(id), move |act| {
            Box::pin(async move {
                Job::finish(&owner, &operation, true, act).await?;
                act.record("removed_rows", rows);
                Ok(())
            })
        })
        .await
}
