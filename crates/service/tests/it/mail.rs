//! Every administrator hears of every key change, whatever happens to the mail server.

use crate::house::House;
use service::outbox::{self, Smtp, SmtpSettings, Tls};
use std::collections::BTreeSet;
use std::time::Duration;
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
        assert!(service::messages::troubled(&house.portal, &house.admin).await.unwrap() >= 10);
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
        assert_eq!(service::messages::troubled(&house.portal, &house.admin).await.unwrap(), 0);
    }
}
