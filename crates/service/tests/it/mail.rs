//! Every administrator hears of every key change, whatever happens to the mail server.

use crate::house::House;
use domain::messages::MessageState;
use service::{
    audit, messages,
    outbox::{self, Smtp, SmtpSettings, Tls},
    users,
};
use std::collections::BTreeSet;
use std::time::Duration;
use store::ConnectionTrait;
use test_support::{
    TestDb, both_databases,
    smtp::{Fault, Security, Sink},
};

fn smtp(sink: &Sink) -> Smtp {
    Smtp::new(SmtpSettings {
        host: "localhost".to_owned(),
        port: sink.address().port(),
        tls: Tls::StartTls,
        login: None,
        from: "Keystead <keys@contoso.example>".to_owned(),
        ca_pem: Some(sink.ca_pem().as_bytes().to_vec()),
    })
    .unwrap()
}

async fn deliver(house: &House, smtp: &Smtp) {
    while outbox::step(&house.portal, smtp, "test").await.unwrap() > 0 {}
}

both_databases! {
    async fn pp_033_five_administrators_receive_five_mails_per_event(db: TestDb) {
        let house = House::new(&db).await;
        let sink = Sink::start(Security::StartTls).await.unwrap();
        let smtp = smtp(&sink);
        house.upload("contoso-2026").await.unwrap();
        house.drain().await;
        deliver(&house, &smtp).await;
        let mails = sink.wait_for(10, Duration::from_secs(10)).await.unwrap();
        assert_eq!(mails.len(), 10, "added and activated, to five each");
        for subject in ["contoso-2026 was added", "contoso-2026 is now active"] {
            let to: BTreeSet<String> = mails
                .iter()
                .filter(|mail| mail.subject().unwrap().contains(subject))
                .flat_map(|mail| mail.to.clone())
                .collect();
            assert_eq!(to.len(), 5, "{subject}: {to:?}");
            assert!(!to.iter().any(|to| to.contains("auditor")));
        }
        let text = mails[9].text().unwrap();
        for fact in ["Ada Admin (ada@contoso.example)", "Contoso", "europe", "contoso-2026, SHA-256 ", "192.0.2.7", "UTC"] {
            assert!(mails.iter().any(|mail| mail.text().unwrap().contains(fact)), "{fact} in {text}");
        }
        assert!(!mails.iter().any(|mail| mail.raw.windows(5).any(|w| w == b"BEGIN")));
    }

    async fn with_the_mail_server_down_all_mails_arrive_after_it_returns(db: TestDb) {
        let house = House::new(&db).await;
        let mut sink = Sink::start(Security::StartTls).await.unwrap();
        let smtp = smtp(&sink);
        sink.set_fault(Fault::Refuse).await.unwrap();
        house.upload("contoso-2026").await.unwrap();
        house.drain().await;
        deliver(&house, &smtp).await;
        assert!(troubled(&house).await >= 10);
        sink.set_fault(Fault::Reject4xx).await.unwrap();
        house.wait(6);
        deliver(&house, &smtp).await;
        sink.set_fault(Fault::Accept).await.unwrap();
        // A pooled connection may have died with the fault: that message's turn comes with its next attempt.
        for _ in 0..3 {
            house.wait(3600);
            deliver(&house, &smtp).await;
        }
        assert_eq!(sink.messages().len(), 10);
        let ids: BTreeSet<Option<String>> = sink.messages().iter().map(|mail| mail.message_id()).collect();
        assert_eq!(ids.len(), 10);
        assert_eq!(troubled(&house).await, 0);
    }

    async fn only_a_refused_recipient_is_given_up_and_only_after_days(db: TestDb) {
        let house = House::new(&db).await;
        let mut sink = Sink::start(Security::StartTls).await.unwrap();
        let smtp = smtp(&sink);
        house.upload("contoso-2026").await.unwrap();
        house.drain().await;
        // 554 after the data is about the server; a week of it loses nothing.
        sink.set_fault(Fault::RejectData).await.unwrap();
        for _ in 0..7 * 4 {
            house.wait(6 * 3600);
            outbox::step(&house.portal, &smtp, "test").await.unwrap();
            outbox::step(&house.portal, &smtp, "test").await.unwrap();
        }
        assert_eq!(states(&house).await, BTreeSet::from(["queued"]));
        // 550 is about the recipient: given up, but not within three days.
        sink.set_fault(Fault::Reject5xx).await.unwrap();
        deliver(&house, &smtp).await;
        house.portal.db().write().execute_unprepared("UPDATE messages SET attempts = 78").await.unwrap();
        house.wait(3601);
        deliver(&house, &smtp).await;
        assert_eq!(states(&house).await, BTreeSet::from(["queued"]));
        house.wait(3601);
        deliver(&house, &smtp).await;
        assert_eq!(states(&house).await, BTreeSet::from(["failed"]));
    }

    async fn x_40_a_mail_that_was_given_up_is_sent_again_once(db: TestDb) {
        let house = House::new(&db).await;
        let mut sink = Sink::start(Security::StartTls).await.unwrap();
        let smtp = smtp(&sink);
        house.upload("contoso-2026").await.unwrap();
        let page = store::messages::list(house.portal.db().read(), house.admin.tenant(), None, 200).await.unwrap();
        let (id, address) = (page.items[0].id, page.items[0].address.clone());
        let again = async || messages::send_again(&house.portal, &house.admin, id).await;
        let sql = "UPDATE messages SET state = 'failed', attempts = 80, last_error = 'no such mailbox', next_attempt_at = 0";
        assert!(again().await.unwrap_err().to_string().contains("first attempt"));
        house.portal.db().write().execute_unprepared(sql).await.unwrap();
        deliver(&house, &smtp).await;
        assert!(sink.messages().is_empty(), "given up is given up");

        again().await.unwrap();
        sink.set_fault(Fault::Reject5xx).await.unwrap();
        deliver(&house, &smtp).await;
        let (found, send) = messages::details(&house.portal, &house.admin, id).await.unwrap();
        assert_eq!((found.state, found.attempts, send), (MessageState::Queued, 1, Ok(())), "not given up at once");

        sink.set_fault(Fault::Accept).await.unwrap();
        again().await.unwrap();
        again().await.unwrap();
        deliver(&house, &smtp).await;
        let to: Vec<_> = sink.messages().iter().flat_map(|mail| mail.to.clone()).collect();
        assert_eq!(to, [address], "once, and no other");
        let refusal = again().await.unwrap_err().to_string();
        assert!(refusal.contains("has taken this mail"), "{refusal}");
        let filter = store::audit::Filter { action: Some("message.send".to_owned()), ..Default::default() };
        let trail = audit::list(&house.portal, &house.admin, &filter, None, 10).await.unwrap();
        let outcomes: Vec<&str> = trail.iter().map(|entry| entry.outcome.as_str()).collect();
        assert_eq!(outcomes, ["refused", "succeeded", "succeeded", "succeeded", "refused"]);
        assert!(trail[1].details.contains("contoso-2026 was added"), "{}", trail[1].details);
    }

    async fn x_40_an_attempt_that_fails_meanwhile_does_not_undo_that_a_mail_is_sent_again(db: TestDb) {
        let house = House::new(&db).await;
        house.upload("contoso-2026").await.unwrap();
        let write = house.portal.db().write();
        let sql = "UPDATE messages SET attempts = 79, last_error = 'no such mailbox'";
        write.execute_unprepared(sql).await.unwrap();
        let now = house.portal.clock().now();
        let lease = (now, now + Duration::from_secs(60));
        let claimed = store::messages::claim(write, "another process", lease, 1).await.unwrap().remove(0);
        messages::send_again(&house.portal, &house.admin, claimed.id).await.unwrap();
        // It was the 80th attempt: this one gives the mail up, and the next one is still to come.
        store::messages::set_failed(write, &claimed, "no such mailbox", None).await.unwrap();
        let found = messages::get(&house.portal, &house.admin, claimed.id).await.unwrap();
        assert_eq!((found.state, found.attempts), (MessageState::Queued, 0));
        assert!(found.next_attempt_at <= now + Duration::from_secs(1), "due at once");
        let later = (now + Duration::from_secs(1), now + Duration::from_secs(61));
        let again = store::messages::claim(write, "a third", later, 100).await.unwrap();
        assert!(again.iter().any(|message| message.id == claimed.id), "the lease is over");
    }

    async fn x_40_nothing_is_sent_again_to_who_is_no_administrator_any_more(db: TestDb) {
        let house = House::new(&db).await;
        house.upload("contoso-2026").await.unwrap();
        let page = store::messages::list(house.portal.db().read(), house.admin.tenant(), None, 200).await.unwrap();
        let other = page.items.iter().find(|mail| mail.address != house.admin.email()).unwrap();
        let sql = "UPDATE messages SET state = 'failed', last_error = 'no such mailbox'";
        house.portal.db().write().execute_unprepared(sql).await.unwrap();
        users::disable(&house.portal, &house.admin, other.user_id).await.unwrap();
        let (_, send) = messages::details(&house.portal, &house.admin, other.id).await.unwrap();
        let refused = messages::send_again(&house.portal, &house.admin, other.id).await.unwrap_err().to_string();
        let page = send.unwrap_err().detail;
        assert!(page.contains("not an administrator any more") && refused.contains(&page), "{page}: {refused}");
        assert_eq!(states(&house).await, BTreeSet::from(["failed"]));
    }

    async fn x_40_mails_name_the_keys_before_and_after_the_place_and_the_hours(db: TestDb) {
        let house = House::new(&db).await;
        let environment = house.environment("Payroll", "production").await;
        let first = house.upload("contoso-2026").await.unwrap();
        house.drain().await;
        house.apply(environment).await.unwrap();
        house.drain().await;
        let second = house.upload("contoso-2027").await.unwrap();
        house.wait(24 * 3600);
        house.activate(second.id).await.unwrap();
        house.drain().await;
        house.give_back(environment, "Payroll").await.unwrap();
        house.drain().await;
        let print = |key: store::keys::Key| format!("{}, SHA-256 {}", key.name, service::keys::hex(&key.fingerprint));
        let db = house.portal.db().read();
        let first = print(store::keys::get(db, first.id).await.unwrap().unwrap());
        let second = print(store::keys::get(db, second.id).await.unwrap().unwrap());
        let standard = "Microsoft-provided key";
        let expect = [
            ("now encrypted with your own key", vec![format!("Key before: {standard}"), format!("Key: {first}")]),
            ("contoso-2027 is being activated", vec![
                format!("Key before: {first}"),
                format!("Key: {second}"),
                "Environments affected: 1".to_owned(),
                "Locking possible from: 72 hours after".to_owned(),
                "Roll-back possible: from 24 until 72 hours".to_owned(),
            ]),
            ("contoso-2027 is now active", vec![
                format!("Key before: {first}"),
                "Environments affected: 1".to_owned(),
                "Roll-back possible: from ".to_owned(),
            ]),
            ("back on standard encryption", vec![format!("Key before: {second}"), format!("Key: {standard}")]),
        ];
        let page = store::messages::list(db, house.admin.tenant(), None, 200).await.unwrap();
        for (subject, facts) in expect {
            let message = page.items.iter().find(|message| message.subject.contains(subject)).unwrap();
            for fact in facts.iter().map(String::as_str).chain(["From address: 192.0.2.7"]) {
                assert!(message.text.contains(fact), "{subject}: no {fact:?} in\n{}", message.text);
            }
        }
    }
}

async fn states(house: &House) -> BTreeSet<&'static str> {
    let page =
        store::messages::list(house.portal.db().read(), house.admin.tenant(), None, 200).await.unwrap();
    page.items.iter().map(|message| message.state.as_str()).collect()
}

/// What the banner on every page counts.
async fn troubled(house: &House) -> u64 {
    service::overview::place(&house.portal, &house.admin).await.unwrap().troubled
}
