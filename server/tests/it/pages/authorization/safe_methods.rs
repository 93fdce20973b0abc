//! GET changes nothing, whatever the address, whatever stands behind its question mark.

use super::{
    Stage,
    matrix::{FORMS, FUNCTIONS, PAGES},
    pages::pages,
};
use std::collections::BTreeSet;
use test_support::{TestDb, both_databases};

/// What forms send, where a GET could carry it.
const FIELDS: &str = "?confirmed=on&confirmation=Payroll&delete=on&do=end_others&session=00&name=Eve&type=sandbox\
                      &region=europe&c0=Eve&theme=dark&nav=rail&email=ada@contoso.example&next=/";

both_databases! {
    async fn no_get_changes_anything(db: TestDb) {
        let stage = Stage::new(&db).await;
        let all = PAGES.iter().map(|page| page.0).chain(FORMS.iter().map(|form| form.0));
        let all: BTreeSet<_> = all.chain(FUNCTIONS.iter().map(|function| function.0)).collect();
        let mut addresses = Vec::new();
        for path in all {
            addresses.push((path, stage.address(path).await));
        }
        let (before, end) = (stage.snapshot().await, stage.end_of_trail().await);
        let (mut browser, mut wrong) = (stage.browser(2), Vec::new());
        for (path, address) in addresses {
            let answer = browser.get(&format!("{address}{FIELDS}")).await;
            let page = PAGES.iter().any(|page| page.0 == path);
            if !page && answer.status != 405 {
                wrong.push(format!("GET {path}: {}", answer.status));
            }
            if answer.headers.contains_key("set-cookie") {
                wrong.push(format!("GET {path} sets a cookie: {}", answer.header("set-cookie")));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(stage.changes(end).await, Vec::<String>::new());
        assert_eq!(stage.snapshot().await, before);
    }

    /// Pages are read, forms are posted: no other method does anything.
    async fn no_address_answers_another_method(db: TestDb) {
        let stage = Stage::new(&db).await;
        let (mut browser, mut wrong) = (stage.browser(2), Vec::new());
        let forms: BTreeSet<_> = FORMS.iter().map(|form| form.0).collect();
        let known = pages().into_iter().filter(|path| !forms.contains(path.as_str()));
        let known = known.map(|path| ("POST", path)).chain(
            ["PUT", "PATCH", "DELETE"].into_iter().flat_map(|method| forms.iter().map(move |path| (method, (*path).to_owned()))),
        );
        for (method, path) in known {
            let request = http::Request::builder().method(method).uri(stage.address(&path).await);
            let answer = browser.send(request.header("sec-fetch-site", "same-origin"), axum::body::Body::empty()).await;
            // After set-up whatever is asked of the wizard leads away from it.
            let wizard = path == "/setup" && answer.status == 303 && answer.header("location") == "/sign-in";
            if answer.status != 405 && !wizard {
                wrong.push(format!("{method} {path}: {}", answer.status));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
