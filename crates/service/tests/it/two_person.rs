//! The two-person rule: lock, activation and roll-back wait for another administrator, who approves exactly that.

use crate::{
    activation::since_activation,
    house::{FILE_PASSWORD, House, add_user, caller, code},
};
use domain::{ApprovalId, KeyId, approvals::Change, keys::KeyState, roles::Role};
use service::{Caller, ServiceResult, keys, tenants, timers};
use store::ConnectionTrait;
use test_support::{TestDb, both_databases, pfx};
use vault::Password;

const HOUR: i64 = 3_600;

/// `first` is Active since long, `second` is Available, the rule is on; Ada, and Grace.
struct Two {
    house: House,
    first: KeyId,
    second: KeyId,
    grace: Caller,
}

impl Two {
    async fn new(db: &TestDb) -> Self {
        let house = House::new(db).await;
        let file = pfx::modern("first", FILE_PASSWORD).unwrap();
        let first = house.upload_file("first", file, FILE_PASSWORD).await.unwrap().id;
        house.drain().await;
        let environment = house.environment("Payroll", "production").await;
        house.apply(environment).await.unwrap();
        house.drain().await;
        let second = house.upload("second").await.unwrap().id;
        since_activation(&house, 72 * HOUR).await;
        let grace = add_user(&house.portal, house.admin.user(), "grace", Role::ServiceAdministrator).await;
        let grace = caller(&house.portal, grace).await;
        service::risk::acknowledge(&house.portal, &grace).await.unwrap();
        let two = Self { house, first, second, grace };
        two.rule(true).await;
        two
    }

    async fn rule(&self, on: bool) {
        let portal = &self.house.portal;
        let operator = tenants::operator(portal, self.house.admin.tenant()).await.unwrap();
        let change = tenants::Change { two_person: Some(on), ..tenants::Change::default() };
        tenants::set(portal, &operator, change).await.unwrap();
    }

    async fn ask(&self, who: &Caller, key: KeyId, change: Change) -> &'static str {
        code(keys::ask_approval(&self.house.portal, who, key, change, true).await)
    }

    /// What is asked now, as a page shows it.
    async fn question(&self) -> ApprovalId {
        let overview = keys::overview(&self.house.portal, &self.grace, self.house.ring).await.unwrap();
        overview.facts.approval.map_or(ApprovalId(uuid::Uuid::nil()), |asked| asked.id)
    }

    async fn give(&self, who: &Caller) -> &'static str {
        self.answer(who, self.question().await).await
    }

    async fn answer(&self, who: &Caller, question: ApprovalId) -> &'static str {
        code(keys::give_approval(&self.house.portal, who, self.house.ring, question, true).await)
    }

    async fn withdraw(&self, who: &Caller) -> &'static str {
        self.refuse(who, self.question().await).await
    }

    async fn refuse(&self, who: &Caller, question: ApprovalId) -> &'static str {
        code(keys::withdraw_approval(&self.house.portal, who, self.house.ring, question).await)
    }

    async fn activate(&self, who: &Caller, key: KeyId) -> &'static str {
        code(keys::activate(&self.house.portal, who, key, true, false).await)
    }

    async fn lock(&self, who: &Caller) -> ServiceResult<domain::OperationId> {
        let form = keys::Lock {
            file: pfx::modern("first", FILE_PASSWORD).unwrap(),
            password: Password::new(FILE_PASSWORD.to_owned()),
            typed_text: "LOCK EUROPE".to_owned(),
            confirmed: true,
            risk_acknowledged: false,
        };
        keys::lock(&self.house.portal, who, self.first, form).await
    }

    async fn state(&self, key: KeyId) -> KeyState {
        store::keys::get(self.house.portal.db().read(), key).await.unwrap().unwrap().state
    }
}

both_databases! {
    async fn an_activation_waits_for_another_administrator(db: TestDb) {
        let two = Two::new(&db).await;
        let (ada, grace) = (&two.house.admin, &two.grace);
        assert_eq!(two.activate(ada, two.second).await, "APPROVAL_NEEDED");
        assert_eq!(two.give(grace).await, "NOTHING_TO_APPROVE");
        assert_eq!(two.ask(ada, two.first, Change::Activate).await, "KEY_NOT_AVAILABLE");
        assert_eq!(two.ask(ada, two.second, Change::Activate).await, "allowed");
        assert_eq!(two.ask(grace, two.second, Change::Activate).await, "CONFLICT", "one at a time");
        assert_eq!(two.activate(ada, two.second).await, "APPROVAL_NEEDED", "not yet");
        assert_eq!(two.give(ada).await, "OWN_APPROVAL");
        let question = two.question().await;
        let unconfirmed = keys::give_approval(&two.house.portal, grace, two.house.ring, question, false).await;
        assert_eq!(code(unconfirmed), "NOT_CONFIRMED");
        assert_eq!(two.give(grace).await, "allowed");
        assert_eq!(two.activate(grace, two.second).await, "APPROVAL_NEEDED", "who approved did not ask");
        assert_eq!(code(two.lock(ada).await), "APPROVAL_NEEDED", "another change");
        assert_eq!(two.activate(ada, two.second).await, "allowed");
        two.house.drain().await;
        assert!(matches!(two.state(two.second).await, KeyState::Active { .. }));
        // Used up: the next one asks again.
        since_activation(&two.house, 25 * HOUR).await;
        assert_eq!(two.activate(ada, two.first).await, "APPROVAL_NEEDED");
    }

    async fn an_answer_is_never_to_another_question(db: TestDb) {
        let two = Two::new(&db).await;
        let (ada, grace) = (&two.house.admin, &two.grace);
        assert_eq!(two.ask(ada, two.second, Change::Activate).await, "allowed");
        let looked_at = two.question().await;
        // Grace reads; Ada puts another question in its place.
        assert_eq!(two.withdraw(ada).await, "allowed");
        assert_eq!(two.ask(ada, two.first, Change::Lock).await, "allowed");
        assert_eq!(two.answer(grace, looked_at).await, "CONFLICT");
        assert_eq!(two.refuse(grace, looked_at).await, "CONFLICT", "nor is it refused by that");
        assert_eq!(code(two.lock(ada).await), "APPROVAL_NEEDED");
        // The same question again is another one, too: time has passed.
        assert_eq!(two.withdraw(ada).await, "allowed");
        assert_eq!(two.ask(ada, two.second, Change::Activate).await, "allowed");
        assert_eq!(two.answer(grace, looked_at).await, "CONFLICT");
        assert_eq!(two.give(grace).await, "allowed");
        assert_eq!(two.activate(ada, two.second).await, "allowed");
    }

    async fn an_approval_counts_as_long_as_who_gave_it_may(db: TestDb) {
        let two = Two::new(&db).await;
        let (portal, ada, grace) = (&two.house.portal, &two.house.admin, &two.grace);
        assert_eq!(two.ask(ada, two.second, Change::Activate).await, "allowed");
        assert_eq!(two.give(grace).await, "allowed");
        service::users::disable(portal, ada, grace.user()).await.unwrap();
        assert_eq!(two.activate(ada, two.second).await, "APPROVAL_NEEDED");
        // Somebody else may approve it instead.
        let linus = add_user(portal, ada.user(), "linus", Role::GlobalAdministrator).await;
        let linus_id = linus;
        let linus = caller(portal, linus).await;
        service::risk::acknowledge(portal, &linus).await.unwrap();
        assert_eq!(two.give(&linus).await, "allowed");
        service::users::remove_role(portal, ada, linus_id, Role::GlobalAdministrator).await.unwrap();
        assert_eq!(two.activate(ada, two.second).await, "APPROVAL_NEEDED", "no role, no approval");
        service::users::enable(portal, ada, grace.user()).await.unwrap();
        assert_eq!(two.give(grace).await, "allowed");
        assert_eq!(two.activate(ada, two.second).await, "allowed");
    }

    async fn a_lock_waits_for_another_administrator(db: TestDb) {
        let two = Two::new(&db).await;
        let (ada, grace) = (&two.house.admin, &two.grace);
        assert_eq!(code(two.lock(grace).await), "APPROVAL_NEEDED");
        assert_eq!(two.ask(grace, two.second, Change::Lock).await, "KEY_NOT_ACTIVE");
        assert_eq!(two.ask(grace, two.first, Change::Lock).await, "allowed");
        assert_eq!(two.give(ada).await, "allowed");
        assert_eq!(code(two.lock(ada).await), "APPROVAL_NEEDED", "Grace asked, not Ada");
        assert_eq!(code(two.lock(grace).await), "allowed");
        two.house.drain().await;
        assert!(matches!(two.state(two.first).await, KeyState::Locked { .. }));
    }

    async fn an_approval_expires_and_another_activation_makes_it_void(db: TestDb) {
        let two = Two::new(&db).await;
        let (ada, grace) = (&two.house.admin, &two.grace);
        assert_eq!(two.ask(ada, two.first, Change::Lock).await, "allowed");
        assert_eq!(two.give(grace).await, "allowed");
        two.house.wait(24 * HOUR - 2);
        let portal = &two.house.portal;
        let before = keys::overview(portal, ada, two.house.ring).await.unwrap();
        assert!(before.keys.iter().any(|listed| listed.lock.is_ok()), "two seconds before the end");
        two.house.wait(3);
        assert_eq!(code(two.lock(ada).await), "APPROVAL_NEEDED", "24 hours are over");
        assert_eq!(two.withdraw(ada).await, "NOTHING_TO_APPROVE");
        // Asked for again, and then somebody else's activation comes first.
        assert_eq!(two.ask(ada, two.first, Change::Lock).await, "allowed");
        assert_eq!(two.give(grace).await, "allowed");
        two.rule(false).await;
        assert_eq!(two.activate(grace, two.second).await, "allowed");
        two.house.drain().await;
        two.rule(true).await;
        assert_eq!(two.give(grace).await, "NOTHING_TO_APPROVE", "it was about the key before");
        assert_eq!(two.ask(ada, two.second, Change::Lock).await, "allowed", "nothing stands in the way");
        assert_eq!(two.withdraw(grace).await, "allowed", "refused by the other");
        assert_eq!(two.give(grace).await, "NOTHING_TO_APPROVE");
    }

    async fn a_roll_back_is_approved_when_it_is_scheduled_and_begins_by_itself(db: TestDb) {
        let two = Two::new(&db).await;
        let (ada, grace) = (&two.house.admin, &two.grace);
        assert_eq!(two.ask(ada, two.second, Change::Activate).await, "allowed");
        assert_eq!(two.give(grace).await, "allowed");
        assert_eq!(two.activate(ada, two.second).await, "allowed");
        two.house.drain().await;
        let (portal, ring) = (&two.house.portal, two.house.ring);
        assert_eq!(code(keys::schedule_roll_back(portal, grace, ring, true).await), "APPROVAL_NEEDED");
        assert_eq!(two.ask(grace, two.first, Change::RollBack).await, "allowed");
        assert_eq!(two.give(ada).await, "allowed");
        assert_eq!(code(keys::schedule_roll_back(portal, grace, ring, true).await), "allowed");
        since_activation(&two.house, 24 * HOUR + 1).await;
        timers::run_once(portal).await.unwrap();
        two.house.drain().await;
        assert!(matches!(two.state(two.first).await, KeyState::Active { .. }));
    }

    async fn a_scheduled_roll_back_needs_an_approver_who_still_may_when_it_begins(db: TestDb) {
        let two = Two::new(&db).await;
        let (portal, ring, ada, grace) = (&two.house.portal, two.house.ring, &two.house.admin, &two.grace);
        // Scheduled before the rule is turned on: nobody has approved it.
        two.rule(false).await;
        assert_eq!(two.activate(ada, two.second).await, "allowed");
        two.house.drain().await;
        assert_eq!(code(keys::schedule_roll_back(portal, ada, ring, true).await), "allowed");
        two.rule(true).await;
        since_activation(&two.house, 24 * HOUR + 1).await;
        timers::run_once(portal).await.unwrap();
        two.house.drain().await;
        assert!(matches!(two.state(two.second).await, KeyState::Active { .. }), "not rolled back");
        assert!(store::rings::facts(portal.db().read(), ring).await.unwrap().roll_back.is_none(), "called off");
        // Approved, and the approver is gone when it is due.
        assert_eq!(two.ask(ada, two.first, Change::Activate).await, "allowed");
        assert_eq!(two.give(grace).await, "allowed");
        assert_eq!(two.activate(ada, two.first).await, "allowed");
        two.house.drain().await;
        assert_eq!(two.ask(ada, two.second, Change::RollBack).await, "allowed");
        assert_eq!(two.give(grace).await, "allowed");
        assert_eq!(code(keys::schedule_roll_back(portal, ada, ring, true).await), "allowed");
        service::users::disable(portal, ada, grace.user()).await.unwrap();
        since_activation(&two.house, 24 * HOUR + 1).await;
        timers::run_once(portal).await.unwrap();
        two.house.drain().await;
        assert!(matches!(two.state(two.first).await, KeyState::Active { .. }), "not rolled back");
        let mails = store::messages::list(portal.db().read(), ada.tenant(), None, 200).await.unwrap();
        let called_off = mails.items.iter().filter(|mail| mail.event == domain::events::Event::RollBackCancelled);
        assert_eq!(called_off.count(), 11, "six, and the five that are left");
    }

    async fn x_10_who_approved_a_change_does_not_clear_a_report_of_it(db: TestDb) {
        let two = Two::new(&db).await;
        let (portal, ring, ada) = (&two.house.portal, two.house.ring, &two.house.admin);
        let mut others = Vec::new();
        for name in ["linus", "margaret"] {
            let id = add_user(portal, ada.user(), name, Role::GlobalAdministrator).await;
            let other = caller(portal, id).await;
            service::risk::acknowledge(portal, &other).await.unwrap();
            others.push(other);
        }
        assert_eq!(two.ask(ada, two.second, Change::Activate).await, "allowed");
        assert_eq!(two.give(&others[0]).await, "allowed");
        assert_eq!(two.activate(ada, two.second).await, "allowed");
        two.house.drain().await;
        keys::report(portal, &two.grace, ring, true, None).await.unwrap();
        assert_eq!(code(keys::clear_report(portal, ada, ring, true).await), "OWN_REPORT");
        assert_eq!(code(keys::clear_report(portal, &others[0], ring, true).await), "OWN_REPORT", "approved it");
        assert_eq!(code(keys::clear_report(portal, &others[1], ring, true).await), "allowed");
    }

    async fn the_rule_wants_two_who_can_answer_each_other(db: TestDb) {
        let house = House::new(&db).await;
        let (portal, ada) = (&house.portal, &house.admin);
        for other in service::users::list(portal, ada).await.unwrap() {
            if other.id != ada.user() {
                service::users::disable(portal, ada, other.id).await.unwrap();
            }
        }
        let operator = tenants::operator(portal, ada.tenant()).await.unwrap();
        let change = tenants::Change { two_person: Some(true), ..tenants::Change::default() };
        assert_eq!(code(tenants::set(portal, &operator, change).await), "INVALID");
        add_user(portal, ada.user(), "grace", Role::ServiceAdministrator).await;
        assert_eq!(code(tenants::set(portal, &operator, change).await), "allowed");
    }

    async fn under_the_rule_no_key_activates_itself_and_the_database_refuses_the_own_answer(db: TestDb) {
        let two = Two::new(&db).await;
        let portal = &two.house.portal;
        let rings = keys::rings(portal, &two.house.admin).await.unwrap();
        let other = rings.iter().find(|ring| ring.id != two.house.ring.0).unwrap();
        let operator = tenants::operator(portal, two.house.admin.tenant()).await.unwrap();
        tenants::set_feature(portal, &operator, other.region.clone(), true).await.unwrap();
        let form = keys::Upload {
            name: "third".to_owned(),
            file: pfx::modern("third", FILE_PASSWORD).unwrap(),
            password: Password::new(FILE_PASSWORD.to_owned()),
            risk_acknowledged: false,
        };
        let uploaded = keys::upload(portal, &two.house.admin, domain::RingId(other.id), form).await.unwrap();
        assert!(!uploaded.activating, "PP-070 would be a way round");
        assert_eq!(two.ask(&two.house.admin, two.second, Change::Activate).await, "allowed");
        let write = portal.db().write();
        let cheat = "UPDATE approvals SET approved_by = asked_by, approved_at = 1";
        assert!(write.execute_unprepared(cheat).await.is_err());
        let mails = "SELECT COUNT(*) AS n FROM messages WHERE event = 'approval_asked'";
        let row = write.query_one_raw(sea_orm::Statement::from_string(write.get_database_backend(), mails));
        let told: i64 = row.await.unwrap().unwrap().try_get("", "n").unwrap();
        assert_eq!(told, 6, "every administrator");
    }
}
