//! a key change that somebody did not know of is reported, cleared, rolled back.

use crate::{
    activation::since_activation,
    house::{House, add_user, caller, code},
};
use domain::{KeyId, RingId, Timestamp, UserId, events::Event, keys::KeyState, roles::Role};
use service::{Caller, ServiceResult, keys, timers};
use test_support::{TestDb, both_databases};

const HOUR: i64 = 3600;

/// `first` was active, `second` is; Ada changed it, and there are others.
struct Changed {
    house: House,
    first: KeyId,
    second: KeyId,
    /// A second Global administrator.
    grace: Caller,
    /// A Service administrator.
    bob: Caller,
}

impl Changed {
    async fn new(db: &TestDb) -> Self {
        let house = House::new(db).await;
        let first = house.upload("first").await.unwrap().id;
        house.drain().await;
        let second = house.upload("second").await.unwrap().id;
        since_activation(&house, 24 * HOUR).await;
        house.activate(second).await.unwrap();
        house.drain().await;
        let ada = house.admin.user();
        let grace = add_user(&house.portal, ada, "grace", Role::GlobalAdministrator).await;
        let bob = add_user(&house.portal, ada, "bob", Role::ServiceAdministrator).await;
        let (grace, bob) = (signed_in(&house, grace).await, signed_in(&house, bob).await);
        Self { house, first, second, grace, bob }
    }

    async fn report(&self, who: &Caller) -> ServiceResult<()> {
        keys::report(&self.house.portal, who, self.house.ring, true, None).await
    }

    async fn clear(&self, who: &Caller) -> ServiceResult<()> {
        keys::clear_report(&self.house.portal, who, self.house.ring, true).await
    }

    async fn schedule(&self, who: &Caller) -> ServiceResult<Timestamp> {
        keys::schedule_roll_back(&self.house.portal, who, self.house.ring, true).await
    }

    /// What is due, and the jobs of it.
    async fn timers(&self) {
        timers::run_once(&self.house.portal).await.unwrap();
        self.house.drain().await;
    }

    async fn state(&self, key: KeyId) -> KeyState {
        store::keys::get(self.house.portal.db().read(), key).await.unwrap().unwrap().state
    }

    async fn active(&self) -> KeyId {
        let ring = self.house.ring;
        store::keys::active(self.house.portal.db().read(), ring).await.unwrap().unwrap().id
    }

    /// The messages of that kind: one for each of the seven administrators.
    async fn mails(&self, event: Event) -> Vec<store::messages::Message> {
        let db = self.house.portal.db().read();
        let page = store::messages::list(db, self.house.admin.tenant(), None, 1_000).await.unwrap();
        let mut found = Vec::new();
        for listed in page.items.iter().filter(|message| message.event == event) {
            found
                .push(store::messages::get(db, self.house.admin.tenant(), listed.id).await.unwrap().unwrap());
        }
        found
    }

    /// The token in the newest mail of the change to `who`.
    async fn link_to(&self, who: &Caller) -> String {
        let mails = self.mails(Event::KeyActivated).await;
        let mail =
            mails.iter().find(|mail| mail.user_id == who.user() && mail.text.contains("&link=")).unwrap();
        let (_, rest) = mail.text.split_once("&link=").unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

async fn signed_in(house: &House, user: UserId) -> Caller {
    let caller = caller(&house.portal, user).await;
    service::risk::acknowledge(&house.portal, &caller).await.unwrap();
    caller
}

both_databases! {
    async fn x_10_a_reported_change_stops_keys_and_locks_until_another_global_administrator_clears_it(db: TestDb) {
        let c = Changed::new(&db).await;
        c.report(&c.bob).await.unwrap();
        assert_eq!(c.mails(Event::ChangeReported).await.len(), 7);
        assert_eq!(code(c.report(&c.grace).await), "CHANGE_REPORTED", "once is enough");
        since_activation(&c.house, 73 * HOUR).await;
        assert_eq!(code(c.house.activate(c.first).await), "CHANGE_REPORTED");
        let overview = keys::overview(&c.house.portal, &c.grace, c.house.ring).await.unwrap();
        let lock = &overview.keys.iter().find(|key| key.key.id == c.second).unwrap().lock;
        assert_eq!(lock.as_ref().unwrap_err().code.as_str(), "CHANGE_REPORTED");
        assert_eq!(overview.facts.report.unwrap().email, c.bob.email());
        // Not the Service administrator, and not who reported.
        assert_eq!(code(c.clear(&c.bob).await), "FORBIDDEN");
        c.clear(&c.grace).await.unwrap();
        assert_eq!(c.mails(Event::ReportCleared).await.len(), 7);
        assert_eq!(code(c.clear(&c.grace).await), "NOTHING_TO_REPORT");
        c.house.activate(c.first).await.unwrap();
    }

    async fn x_10_who_reported_or_made_the_change_does_not_clear_the_report(db: TestDb) {
        let c = Changed::new(&db).await;
        c.report(&c.grace).await.unwrap();
        assert_eq!(code(c.clear(&c.grace).await), "OWN_REPORT");
        assert_eq!(code(c.clear(&c.house.admin).await), "OWN_REPORT", "Ada made the change");
        let operator = service::setup::operator(&c.house.portal, c.house.admin.user()).await.unwrap();
        c.clear(&operator).await.unwrap();
    }

    async fn x_10_a_change_can_be_reported_for_72_hours(db: TestDb) {
        let c = Changed::new(&db).await;
        since_activation(&c.house, 72 * HOUR).await;
        assert_eq!(code(c.report(&c.grace).await), "NOTHING_TO_REPORT");
        since_activation(&c.house, 72 * HOUR - 1).await;
        let unconfirmed = keys::report(&c.house.portal, &c.grace, c.house.ring, false, None).await;
        assert_eq!(code(unconfirmed), "NOT_CONFIRMED");
        c.report(&c.grace).await.unwrap();
    }

    async fn x_10_a_mails_link_reports_once_for_its_recipient_and_its_change_alone(db: TestDb) {
        let c = Changed::new(&db).await;
        let with = |who: Caller, link: String| {
            let (portal, ring) = (c.house.portal.clone(), c.house.ring);
            async move { keys::report(&portal, &who, ring, true, Some(link)).await }
        };
        let link = c.link_to(&c.house.admin).await;
        assert_eq!(link.len(), 32);
        assert_eq!(code(with(c.grace.clone(), link.clone()).await), "NOTHING_TO_REPORT", "somebody else's");
        assert_eq!(code(with(c.house.admin.clone(), "00".repeat(16)).await), "NOTHING_TO_REPORT", "made up");
        with(c.house.admin.clone(), link.clone()).await.unwrap();
        c.clear(&c.grace).await.unwrap();
        assert_eq!(code(with(c.house.admin.clone(), link).await), "NOTHING_TO_REPORT", "used up");
        // Of the request's mail and the change's, the other one is still good, until the key changes again.
        let earlier = c.mails(Event::KeyActivationRequested).await;
        let mail = earlier.iter().find(|mail| mail.user_id == c.house.admin.user()).unwrap();
        let link = mail.text.split_once("&link=").unwrap().1.split_whitespace().next().unwrap().to_owned();
        since_activation(&c.house, 24 * HOUR).await;
        c.house.activate(c.first).await.unwrap();
        c.house.drain().await;
        assert_eq!(code(with(c.house.admin.clone(), link).await), "NOTHING_TO_REPORT", "of an older change");
    }

    async fn x_10_only_who_may_report_is_given_a_link(db: TestDb) {
        let c = Changed::new(&db).await;
        let environment = c.house.environment("Sales", "sandbox").await;
        let emi = add_user(&c.house.portal, c.house.admin.user(), "emi", Role::SystemAdministrator(environment)).await;
        since_activation(&c.house, 24 * HOUR).await;
        c.house.activate(c.first).await.unwrap();
        c.house.drain().await;
        let mails = c.mails(Event::KeyActivated).await;
        let with_link = |who: UserId| {
            mails.iter().filter(|mail| mail.user_id == who && mail.text.contains("&link=")).count()
        };
        assert!(mails.iter().any(|mail| mail.user_id == emi), "she is told");
        assert_eq!((with_link(emi), with_link(c.bob.user())), (0, 1));
    }

    async fn x_10_a_scheduled_roll_back_begins_at_24_hours_and_not_a_second_before(db: TestDb) {
        let c = Changed::new(&db).await;
        let due = c.schedule(&c.bob).await.unwrap();
        let ring = store::rings::get(c.house.portal.db().read(), c.house.admin.tenant(), c.house.ring).await;
        let changed = Timestamp(ring.unwrap().unwrap().last_activation_at.unwrap());
        assert_eq!(due, changed + domain::rings::BETWEEN_ACTIVATIONS);
        assert_eq!(c.mails(Event::RollBackScheduled).await.len(), 7);
        assert_eq!(code(c.schedule(&c.grace).await), "CONFLICT", "there is one");
        since_activation(&c.house, 24 * HOUR - 1).await;
        c.timers().await;
        assert_eq!(c.active().await, c.second);
        since_activation(&c.house, 24 * HOUR).await;
        c.timers().await;
        assert_eq!(c.active().await, c.first);
        assert_eq!(c.state(c.second).await, KeyState::Available);
        c.timers().await;
        let trail = service::audit::list(&c.house.portal, &c.house.admin, &Default::default(), None, 200).await;
        let asked = trail.unwrap().into_iter().filter(|entry| entry.details.contains("\"scheduled\":true"));
        assert_eq!(asked.count(), 1, "once");
    }

    async fn x_10_at_24_hours_a_roll_back_is_an_activation_and_not_scheduled(db: TestDb) {
        let c = Changed::new(&db).await;
        since_activation(&c.house, 24 * HOUR).await;
        assert_eq!(code(c.schedule(&c.grace).await), "CONFLICT");
        c.house.activate(c.first).await.unwrap();
        c.house.drain().await;
        assert_eq!(c.active().await, c.first);
    }

    async fn x_10_a_roll_back_is_called_off_by_anybody_and_by_another_change(db: TestDb) {
        let c = Changed::new(&db).await;
        c.schedule(&c.bob).await.unwrap();
        keys::cancel_roll_back(&c.house.portal, &c.grace, c.house.ring).await.unwrap();
        assert_eq!(c.mails(Event::RollBackCancelled).await.len(), 7);
        let again = keys::cancel_roll_back(&c.house.portal, &c.grace, c.house.ring).await;
        assert_eq!(code(again), "NOTHING_TO_ROLL_BACK");
        since_activation(&c.house, 25 * HOUR).await;
        c.timers().await;
        assert_eq!(c.active().await, c.second);
    }

    async fn x_10_a_reported_change_holds_a_roll_back_until_it_is_cleared(db: TestDb) {
        let c = Changed::new(&db).await;
        c.schedule(&c.bob).await.unwrap();
        c.report(&c.bob).await.unwrap();
        since_activation(&c.house, 30 * HOUR).await;
        for _ in 0..3 {
            c.timers().await;
        }
        assert_eq!(c.active().await, c.second);
        assert_eq!(c.mails(Event::RollBackCancelled).await.len(), 0, "it waits");
        c.clear(&c.grace).await.unwrap();
        c.timers().await;
        assert_eq!(c.active().await, c.first);
    }

    async fn x_10_nobody_rolls_back_who_lost_the_role_meanwhile(db: TestDb) {
        let c = Changed::new(&db).await;
        c.schedule(&c.bob).await.unwrap();
        let db = c.house.portal.db();
        let now = c.house.portal.clock().now();
        store::users::set_disabled(db.write(), c.bob.user(), Some(now)).await.unwrap();
        since_activation(&c.house, 24 * HOUR).await;
        for _ in 0..3 {
            c.timers().await;
        }
        assert_eq!(c.active().await, c.second);
        assert_eq!(c.mails(Event::RollBackCancelled).await.len(), 6, "told once to the six who are left");
    }

    async fn x_10_two_processes_begin_one_roll_back(db: TestDb) {
        let c = Changed::new(&db).await;
        c.schedule(&c.bob).await.unwrap();
        let neighbour = c.house.neighbour(&db).await;
        since_activation(&c.house, 24 * HOUR).await;
        let (one, two) = tokio::join!(timers::run_once(&c.house.portal), timers::run_once(&neighbour));
        one.unwrap();
        two.unwrap();
        c.house.drain().await;
        assert_eq!(c.active().await, c.first);
        assert_eq!(c.mails(Event::KeyActivationRequested).await.len(), 5 + 7, "the change's and the roll-back's");
    }

    async fn without_a_key_before_there_is_nothing_to_roll_back(db: TestDb) {
        let house = House::new(&db).await;
        let nothing = |ring: RingId| {
            let (portal, admin) = (house.portal.clone(), house.admin.clone());
            async move { keys::schedule_roll_back(&portal, &admin, ring, true).await }
        };
        assert_eq!(code(nothing(house.ring).await), "NOTHING_TO_ROLL_BACK");
        house.upload("first").await.unwrap();
        house.drain().await;
        assert_eq!(code(nothing(house.ring).await), "NOTHING_TO_ROLL_BACK");
        // But it may be reported.
        keys::report(&house.portal, &house.admin, house.ring, true, None).await.unwrap();
    }
}
