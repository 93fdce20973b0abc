//! The portal under test, and what its environments should hold.

use super::events::{Event, File, Place, Who};
use crate::house::{FILE_PASSWORD, House, add_user, caller};
use domain::{
    ApprovalId, BackupId, EnvironmentId, KeyId, OperationId, RingId, RowId, Timestamp, UserId,
    approvals::Approval,
    cells::Cell,
    environments::EnvironmentState,
    keys::KeyState,
    operations::{OperationKind, OperationState},
    roles::Role,
};
use service::{Caller, ServiceError, backups, environments, keys, operations, rows, tables, timers, worker};
use std::collections::BTreeMap;
use store::{keys::Key, rings::Ring};
use test_support::{TestDb, pfx};
use vault::{Kek, Password};

/// What an environment holds: rows by id. None when the environment is gone.
pub(super) type Content = BTreeMap<RowId, String>;

/// A refusal's code.
pub(super) type Allowed = Result<(), &'static str>;

pub(super) struct World<'d> {
    pub(super) db: &'d TestDb,
    pub(super) house: House,
    admins: [Caller; 3],
    pub(super) files: [Vec<u8>; 3],
    /// What is in them.
    pub(super) held: [Kek; 3],
    /// The newest key of each file.
    pub(super) keys: [Option<KeyId>; 3],
    pub(super) places: [EnvironmentId; 3],
    pub(super) content: [Option<Content>; 3],
    /// Of each environment, the newest complete one: its contents.
    backups: [Option<(BackupId, Content)>; 3],
    /// Jobs whose end was taken into account.
    ended: Vec<OperationId>,
    pub(super) serial: u32,
    /// When the lock began that each environment is under; remembered here, whatever the rows say later.
    pub(super) locked_at: [Option<Timestamp>; 3],
}

/// What the invariants compare with: the rows as they lie in the database.
pub(super) struct Look {
    pub(super) now: Timestamp,
    pub(super) ring: Ring,
    pub(super) keys: Vec<Key>,
    pub(super) states: [EnvironmentState; 3],
    /// Since when each of them is in its state.
    pub(super) since: [Timestamp; 3],
    pub(super) reported: bool,
    /// Two-person rule, and what is asked.
    pub(super) two_person: bool,
    pub(super) approval: Option<Approval>,
    /// Of a scheduled roll-back: whether somebody who may has approved it.
    pub(super) roll_back_approved: bool,
    /// The key that was Active before the Active one.
    pub(super) previous: Option<KeyId>,
}

impl<'d> World<'d> {
    pub(super) async fn new(db: &'d TestDb) -> Self {
        let house = House::new(db).await;
        let ada = house.admin.user();
        let mut others = Vec::new();
        for name in ["grace", "cleo"] {
            let other = add_user(&house.portal, ada, name, Role::GlobalAdministrator).await;
            let other = caller(&house.portal, other).await;
            service::risk::acknowledge(&house.portal, &other).await.unwrap();
            others.push(other);
        }
        let [grace, cleo] = others.try_into().unwrap();
        let files = ["model-0", "model-1", "model-2"].map(|name| pfx::modern(name, FILE_PASSWORD).unwrap());
        let mut places = Vec::new();
        let mut content = Vec::new();
        for (name, kind) in [("Production", "production"), ("Sandbox", "sandbox"), ("Other", "sandbox")] {
            let id = house.environment(name, kind).await;
            let table = house.table(id).await;
            let cells = |n| vec![Cell::Text(format!("{name}-{n}")), Cell::Empty, Cell::Empty];
            let ids =
                rows::insert(&house.portal, &house.admin, table, vec![cells(0), cells(1)]).await.unwrap();
            let held = ids.into_iter().enumerate().map(|(n, id)| (id, format!("{name}-{n}"))).collect();
            places.push(id);
            content.push(Some(held));
        }
        let admins = [house.admin.clone(), grace, cleo];
        Self {
            db,
            house,
            admins,
            held: files.each_ref().map(|file| held(file)),
            files,
            keys: [None; 3],
            places: places.try_into().unwrap(),
            content: content.try_into().unwrap(),
            backups: [None, None, None],
            ended: Vec::new(),
            serial: 0,
            locked_at: [None; 3],
        }
    }

    /// Past the beginning: a key is Active since long, and an environment uses it.
    pub(super) async fn prepare(&mut self) {
        for event in [
            Event::Upload(0, 0),
            Event::RunJobs,
            Event::Apply(0, 0),
            Event::RunJobs,
            Event::Apply(1, 1),
            Event::RunJobs,
        ] {
            self.happen(&event).await.unwrap();
        }
        self.house.wait(4 * 24 * 3_600);
    }

    pub(super) async fn look(&self) -> Look {
        let db = self.house.portal.db().read();
        let ring = store::rings::get(db, self.house.admin.tenant(), self.house.ring).await.unwrap().unwrap();
        let (mut states, mut since) = ([EnvironmentState::Deleted; 3], [Timestamp(0); 3]);
        for (p, id) in self.places.into_iter().enumerate() {
            let row = store::environments::get(db, id).await.unwrap().unwrap();
            (states[p], since[p]) = (row.state, row.state_since);
        }
        let facts = store::rings::facts(db, RingId(ring.id)).await.unwrap();
        let overview = keys::overview(&self.house.portal, &self.house.admin, self.house.ring).await.unwrap();
        Look {
            now: self.house.portal.clock().now(),
            reported: facts.report.is_some(),
            two_person: facts.two_person,
            approval: facts.approval,
            roll_back_approved: facts.roll_back.is_some_and(|scheduled| scheduled.approved),
            previous: overview.previous,
            keys: store::keys::list(db, self.house.ring).await.unwrap(),
            ring,
            states,
            since,
        }
    }

    /// [`RIGHT`] is resolved before.
    pub(super) async fn happen(&mut self, event: &Event) -> Allowed {
        let portal = self.house.portal.clone();
        let ring = self.house.ring;
        let who = |who: usize| self.admins[who].clone();
        let outcome = match *event {
            Event::Upload(w, file) => return self.upload(who(w), file).await,
            Event::Generate(w, file) => return self.generate(who(w), file).await,
            Event::Prove(w, key, file) => {
                let proof = keys::Proof { file: self.files[file].clone(), password: password() };
                keys::prove(&portal, &who(w), self.key(key)?, proof).await
            }
            Event::Activate(w, file) => {
                keys::activate(&portal, &who(w), self.key(file)?, true, false).await.map(drop)
            }
            Event::Report(w) => keys::report(&portal, &who(w), ring, true, None).await,
            Event::ClearReport(w) => keys::clear_report(&portal, &who(w), ring, true).await,
            Event::ScheduleRollBack(w) => {
                keys::schedule_roll_back(&portal, &who(w), ring, true).await.map(drop)
            }
            Event::CancelRollBack(w) => keys::cancel_roll_back(&portal, &who(w), ring).await,
            Event::Rule(on) => return self.rule(on).await,
            Event::Ask(w, change, file) => return self.ask(who(w), change, file).await,
            Event::Approve(w) => {
                let question = self.question().await;
                keys::give_approval(&portal, &who(w), ring, question, true).await
            }
            Event::Refuse(w) => keys::withdraw_approval(&portal, &who(w), ring, self.question().await).await,
            Event::Lock(w, key, file) => {
                let form = keys::Lock {
                    file: self.files[file].clone(),
                    password: password(),
                    typed_text: "LOCK EUROPE".to_owned(),
                    confirmed: true,
                    risk_acknowledged: false,
                };
                keys::lock(&portal, &who(w), self.key(key)?, form).await.map(drop)
            }
            Event::UnlockKey(w, key, file) => {
                let file = self.files[file].clone();
                let form = keys::Unlock { file, password: password(), risk_acknowledged: false };
                keys::unlock(&portal, &who(w), self.key(key)?, form).await.map(drop)
            }
            Event::Apply(w, p) => {
                environments::apply(&portal, &who(w), self.places[p], true, false).await.map(drop)
            }
            Event::Return(w, p) => {
                let name = name(p).to_owned();
                environments::give_back(&portal, &who(w), self.places[p], name, true, false).await.map(drop)
            }
            Event::UnlockEnvironment(w, p) => {
                environments::unlock(&portal, &who(w), self.places[p], true, false).await.map(drop)
            }
            Event::Delete(w, p, typed) => {
                let typed = name(typed).to_owned();
                let deleted = environments::delete(&portal, &who(w), self.places[p], typed, false).await;
                if deleted.is_ok() {
                    self.content[p] = None;
                    self.backups[p] = None;
                }
                deleted.map(drop)
            }
            Event::Reset(w, p) => {
                let reset =
                    environments::reset(&portal, &who(w), self.places[p], name(p).to_owned(), false).await;
                if reset.is_ok() {
                    self.content[p] = Some(Content::new());
                    self.backups[p] = None;
                }
                reset.map(drop)
            }
            Event::BackUp(w, p) => backups::create(&portal, &who(w), self.places[p]).await.map(drop),
            Event::Restore(w, p, to) => {
                let Some((backup, _)) = self.backups[p].clone() else { return Err("NO_BACKUP") };
                let from = (self.places[p], backup);
                environments::restore(&portal, &who(w), from, self.places[to], name(to).to_owned())
                    .await
                    .map(drop)
            }
            Event::Copy(w, p, to) => {
                let (from, to_id) = (self.places[p], self.places[to]);
                environments::copy(&portal, &who(w), from, to_id, name(to).to_owned()).await.map(drop)
            }
            Event::Write(w, p) => return self.write(who(w), p).await,
            Event::CancelNewest(w) => {
                let newest = self.operations().await.first().map(|job| job.id);
                let Some(id) = newest else { return Err("NO_OPERATION") };
                operations::cancel(&portal, &who(w), id).await
            }
            Event::Advance(seconds) => {
                self.house.wait(seconds);
                Ok(())
            }
            Event::RunJobs => {
                worker::drain(&portal).await.unwrap();
                self.take_in().await;
                Ok(())
            }
            Event::RunOneJob => {
                worker::step(&portal, "model").await.unwrap();
                self.take_in().await;
                Ok(())
            }
            Event::RunTimers => {
                timers::run_once(&portal).await.unwrap();
                self.forget_deleted().await;
                Ok(())
            }
            Event::Restart => {
                self.house.portal = self.house.neighbour(self.db).await;
                Ok(())
            }
        };
        code(outcome)
    }

    /// Their accounts.
    pub(super) fn user(&self, who: Who) -> UserId {
        self.admins[who].user()
    }

    /// What is asked, whether it counts or not.
    async fn question(&self) -> ApprovalId {
        self.look().await.approval.map_or(ApprovalId(uuid::Uuid::nil()), |asked| asked.id)
    }

    /// [`BEFORE`](super::events::BEFORE).
    pub(super) async fn before(&self) -> File {
        let previous = self.look().await.previous;
        self.keys.iter().position(|id| id.is_some() && *id == previous).unwrap_or(0)
    }

    pub(super) fn key(&self, file: File) -> Result<KeyId, &'static str> {
        self.keys.get(file).copied().flatten().ok_or("NO_KEY")
    }

    /// Which of the files [`RIGHT`] is now: that of the ring's current key.
    pub(super) async fn right(&self) -> File {
        let keys = self.look().await.keys;
        let current =
            keys.iter().find(|key| !matches!(key.state, KeyState::Available | KeyState::Deleted { .. }));
        let file = self.keys.iter().position(|id| id.is_some() && *id == current.map(|key| key.id));
        file.unwrap_or(0)
    }

    async fn operations(&self) -> Vec<store::operations::Operation> {
        let all = store::operations::Filter::default();
        operations::list(&self.house.portal, &self.house.admin, all, None, 200).await.unwrap().items
    }

    /// What jobs that have just succeeded did to the environments' contents. Those of one turn work on different
    /// environments, so that their order does not matter.
    async fn take_in(&mut self) {
        let mut jobs = self.operations().await;
        jobs.reverse();
        let place = |id: Option<EnvironmentId>| self.places.iter().position(|place| Some(*place) == id);
        let mut changes: Vec<(Place, Content)> = Vec::new();
        let mut made: Vec<(Place, BackupId, Content)> = Vec::new();
        for job in jobs.iter().filter(|job| job.state.is_over() && !self.ended.contains(&job.id)) {
            let (Some(on), true) = (place(job.environment_id), job.state == OperationState::Succeeded) else {
                continue;
            };
            let held = |p: Place| self.content[p].clone().unwrap_or_default();
            match (job.kind, job.backup_id) {
                (OperationKind::EnvironmentBackup, Some(backup)) => made.push((on, backup, held(on))),
                (OperationKind::EnvironmentCopy, _) => {
                    changes.push((on, held(place(job.source_id).unwrap())));
                }
                (OperationKind::EnvironmentRestore, Some(backup)) => {
                    let from = self.backups.iter().flatten().find(|(id, _)| *id == backup);
                    changes.push((on, from.unwrap().1.clone()));
                }
                _ => {}
            }
        }
        self.ended.extend(jobs.iter().filter(|job| job.state.is_over()).map(|job| job.id));
        for (place, content) in changes {
            self.content[place] = Some(content);
        }
        for (place, backup, content) in made {
            self.backups[place] = Some((backup, content));
        }
        self.forget_deleted().await;
    }

    /// T28 deletes, too.
    async fn forget_deleted(&mut self) {
        let states = self.look().await.states;
        for (p, state) in states.into_iter().enumerate() {
            if state == EnvironmentState::Deleted {
                self.content[p] = None;
                self.backups[p] = None;
            }
        }
    }

    /// Every row of the environment, through the service.
    pub(super) async fn read(&self, p: Place) -> Result<Content, &'static str> {
        let (portal, admin) = (&self.house.portal, &self.house.admin);
        let found = tables::list(portal, admin, self.places[p]).await.map_err(refusal)?;
        let mut content = Content::new();
        for table in found {
            let page = rows::page(portal, admin, table.id, None, 1_000).await.map_err(refusal)?.1;
            for row in page.items {
                let row = row.whole().map_err(refusal)?;
                content.insert(row.id, row.cells[0].text().to_owned());
            }
        }
        Ok(content)
    }
}

fn name(p: Place) -> &'static str {
    ["Production", "Sandbox", "Other"][p]
}

pub(super) fn password() -> Password {
    Password::new(FILE_PASSWORD.to_owned())
}

pub(super) fn held(file: &[u8]) -> Kek {
    vault::pfx::read(file, &password()).map_err(|why| why.to_string()).unwrap().kek
}

pub(super) fn code(outcome: Result<(), ServiceError>) -> Allowed {
    outcome.map_err(refusal)
}

/// Nothing but a refusal is an answer to what people do.
pub(super) fn refusal(error: ServiceError) -> &'static str {
    match error {
        ServiceError::Refused(refusal) => refusal.code.as_str(),
        ServiceError::Internal(error) => panic!("{error:?}"),
    }
}
