//! No other site can make a browser change anything (ASVS 3.5).

use super::browser::Browser;
use crate::{
    harness::{House, PASSWORD, PUBLIC_URL},
    rest::client::Answer,
};
use axum::body::Body;
use http::{Request, header};
use test_support::{TestDb, both_databases};

const FORM: &str = "application/x-www-form-urlencoded";

async fn post(browser: &mut Browser, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = Request::post(path).header(header::CONTENT_TYPE, FORM);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    browser.send(request, Body::from("do=end_others")).await
}

both_databases! {
    async fn only_our_own_pages_post(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        let elsewhere: [&[(&str, &str)]; 6] = [
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site"), ("origin", PUBLIC_URL)],
            &[("sec-fetch-site", "none")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[],
        ];
        for headers in elsewhere {
            let answer = post(&mut browser, "/account", headers).await;
            assert_eq!(answer.status, 403, "{headers:?}");
            assert!(answer.text().contains("does not come from the portal's own pages"));
        }
        let ours: [&[(&str, &str)]; 2] = [&[("sec-fetch-site", "same-origin")], &[("origin", PUBLIC_URL)]];
        for headers in ours {
            assert_eq!(post(&mut browser, "/account", headers).await.status, 303, "{headers:?}");
        }
    }

    /// Signing a visitor in to an account of the attacker's choice needs no cookie.
    async fn nobody_is_signed_in_from_elsewhere(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::new(&house.router);
        let body = format!("email=ada@contoso.example&password={}", PASSWORD.replace(' ', "+"));
        let request = Request::post("/sign-in").header("origin", "https://evil.example").header(header::CONTENT_TYPE, FORM);
        assert_eq!(browser.send(request, body.into()).await.status, 403);
        assert!(browser.cookies.is_empty());
    }

    async fn the_api_says_it_as_a_problem(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        let answer = post(&mut browser, "/api/v1/environments", &[("origin", "https://evil.example")]).await;
        answer.problem(403, "FORBIDDEN");
    }

    async fn a_request_is_a_sessions_or_a_tokens_not_both(db: TestDb) {
        let house = House::new(&db).await;
        let token = format!("Bearer {}", house.token(house.admin.user()).await);
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        let both = Request::get("/api/v1/tenant").header(header::AUTHORIZATION, &token);
        browser.send(both, Body::empty()).await.problem(400, "INVALID");
        browser.cookies.remove("__Host-id");
        // Other cookies are no session, and a token needs no origin.
        browser.cookies.insert("theme".to_owned(), "dark".to_owned());
        let token_only = Request::get("/api/v1/tenant").header(header::AUTHORIZATION, &token);
        assert_eq!(browser.send(token_only, Body::empty()).await.status, 200);
    }

    /// Every GET is safe: a link from elsewhere is followed with the session (SameSite=Lax).
    async fn links_from_elsewhere_work(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        let request = Request::get("/account").header("sec-fetch-site", "cross-site");
        assert_eq!(browser.send(request, Body::empty()).await.status, 200);
    }
}
