//! The cast at their browsers, and what is said about an answer.

use crate::{
    cast::{ACTORS, Cast},
    harness::House,
    rest::client::{Answer, Client},
    shell::browser::Browser,
};
use service::audit;
use store::audit::{Filter, StoredEntry};
use test_support::TestDb;

/// A house with its cast, each signed in and with the risk acknowledged.
pub(crate) struct Stage {
    pub house: House,
    pub cast: Cast,
    browsers: [Browser; 7],
}

impl Stage {
    pub(crate) async fn new(db: &TestDb) -> Self {
        let house = House::new(db).await;
        let cast = Cast::new(&house).await;
        let browsers = std::array::from_fn(|_| Browser::new(&house.router));
        let mut stage = Self { house, cast, browsers };
        for actor in 1..ACTORS.len() {
            let mut browser = stage.sign_in(actor).await;
            assert_eq!(browser.post("/encryption-keys/risk", &[]).await.header("location"), "/");
            stage.browsers[actor] = browser;
        }
        stage
    }

    /// A session of its own for that actor.
    pub(crate) async fn sign_in(&self, actor: usize) -> Browser {
        match self.cast.person(actor) {
            Some((_, email)) => Browser::signed_in(&self.house, email).await,
            None => Browser::new(&self.house.router),
        }
    }

    /// The actor's browser as it was at the start.
    pub(crate) fn browser(&self, actor: usize) -> Browser {
        self.browsers[actor].clone()
    }

    /// The path with Contoso's ids in its places.
    pub(crate) async fn address(&self, path: &str) -> String {
        self.cast.address(&self.house, path).await
    }

    /// What is wrong with that actor's answer; `leads` is where a 303 goes, its query aside.
    pub(crate) fn judge(
        &self,
        (request, sent): (&str, &str),
        actor: usize,
        answer: &Answer,
        (expected, leads): (u16, &str),
    ) -> Vec<String> {
        let (mut wrong, who) = (Vec::new(), ACTORS[actor]);
        if answer.status != expected {
            wrong.push(format!("{request} as {who}: {}, not {expected}: {}", answer.status, answer.text()));
        }
        let location = answer.header("location");
        if answer.status == 303 && location.split('?').next() != Some(leads) {
            wrong.push(format!("{request} as {who} leads to {location}, not {leads}"));
        }
        // What the caller sent is no news.
        let hidden = self.cast.hidden_from(actor, request).into_iter().filter(|text| !sent.contains(text));
        for text in hidden.filter(|&text| answer.text().contains(text)) {
            wrong.push(format!("{request} shows {text} to {who}"));
        }
        wrong
    }

    /// Everything of Contoso's that forms change, and who is signed in, as texts to be compared.
    pub(crate) async fn snapshot(&self) -> Vec<String> {
        let client = Client::admin(&self.house).await;
        let mut texts = Vec::new();
        for path in [
            "/environments",
            "/regions/europe/keys",
            "/environments/{id}/tables",
            "/tables/{id}/rows",
            "/operations",
            "/messages",
        ] {
            let answer = client.get(&self.address(path).await).await;
            assert_eq!(answer.status, 200, "{path}");
            texts.push(answer.text().to_owned());
        }
        for mut browser in self.browsers.clone() {
            texts.push(format!("signed in: {}", browser.is_signed_in().await));
        }
        texts
    }

    /// What was done in Contoso after this place of its trail, but for reads of rows and what the
    /// operator did.
    pub(crate) async fn changes(&self, after: i64) -> Vec<String> {
        let reads = ["row.read", "row.export"];
        let entries = self.trail(200).await.into_iter().filter(|entry| entry.seq > after);
        let changes =
            entries.filter(|entry| entry.actor != "operator" && !reads.contains(&entry.action.as_str()));
        changes.map(|entry| format!("{} {} {}", entry.action, entry.target, entry.outcome)).collect()
    }

    /// Where Contoso's trail ends.
    pub(crate) async fn end_of_trail(&self) -> i64 {
        self.trail(1).await[0].seq
    }

    async fn trail(&self, limit: u64) -> Vec<StoredEntry> {
        let filter = Filter::default();
        audit::list(&self.house.portal, &self.house.admin, &filter, None, limit).await.unwrap()
    }
}
