//! A refused download is the page it was offered on.

use super::authorization::stage::Stage;
use test_support::{TestDb, both_databases};

const AUDITOR: usize = 6;
const SCRIPT: &str = "<script type=\"module\"";

both_databases! {
    /// The script would look for the page of the download's address and find another document.
    async fn its_page_comes_without_script(db: TestDb) {
        let stage = Stage::new(&db).await;
        let mut browser = stage.browser(AUDITOR);
        let page = browser.get(&stage.address("/tables/{id}").await).await;
        let refused = browser.get(&stage.address("/tables/{id}/export.csv").await).await;
        assert_eq!((page.status, refused.status), (200, 403));
        assert!(refused.text().contains("Salaries"), "the table's page");
        if server::assets::manifest().js.is_some() {
            assert!(page.text().contains(SCRIPT));
        }
        assert!(!refused.text().contains(SCRIPT));
    }
}
