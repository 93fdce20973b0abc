use anyhow::{Result, ensure};
use test_support::{Kind, TestDb, both_databases};

both_databases! {
    /// The URL and the kind agree.
    async fn gets_a_database(db: TestDb) -> Result<()> {
        let scheme = match db.kind {
            Kind::Sqlite => "sqlite://",
            Kind::Postgres => "postgres://",
        };
        ensure!(db.url.starts_with(scheme), "{}", db.url);
        Ok(())
    }

    #[should_panic(expected = "seen in both")]
    async fn passes_attributes_on(db: TestDb) {
        assert!(db.url.is_empty(), "seen in both");
    }
}
