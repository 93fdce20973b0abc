//! No other site can post a form or call a server function (ASVS 3.5).

use super::{Stage, functions, matrix::FORMS};
use crate::{
    harness::PUBLIC_URL,
    rest::client::{MULTIPART, multipart},
    shell::browser::FORM,
};
use http::{Request, header};
use test_support::{TestDb, both_databases};

const ELSEWHERE: [&[(&str, &str)]; 4] = [
    &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
    &[("sec-fetch-site", "same-site"), ("origin", PUBLIC_URL)],
    &[("origin", "https://evil.example")],
    &[],
];

both_databases! {
    async fn no_form_and_no_server_function_is_taken_from_elsewhere(db: TestDb) {
        let stage = Stage::new(&db).await;
        let mut requests = Vec::new();
        for (path, ..) in FORMS {
            // Both shapes of a form, with everything a form may want.
            let fields = "confirmed=on&delete=on&do=end_others&name=Eve&type=sandbox&region=europe&c0=Eve&theme=dark";
            let address = stage.address(path).await;
            requests.push((address.clone(), FORM, fields.as_bytes().to_vec()));
            let parts = multipart(&[("file", b"Name\nEve\n"), ("name", b"Eve"), ("c0", b"Eve"), ("region", b"europe")]);
            requests.push((address, MULTIPART, parts));
        }
        for (path, arguments) in functions::calls(&stage).await {
            requests.push((path.to_owned(), FORM, arguments.into_bytes()));
        }
        let (before, end) = (stage.snapshot().await, stage.end_of_trail().await);
        let (mut browser, mut wrong) = (stage.browser(2), Vec::new());
        for (address, media, body) in requests {
            for headers in ELSEWHERE {
                let request = Request::post(&address).header(header::CONTENT_TYPE, media);
                let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
                let answer = browser.send(request, body.clone().into()).await;
                if answer.status != 403 || !answer.text().contains("does not come from the portal's own pages") {
                    wrong.push(format!("{address} with {headers:?}: {} {}", answer.status, answer.text()));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(stage.changes(end).await, Vec::<String>::new());
        assert_eq!(stage.snapshot().await, before);
    }
}
