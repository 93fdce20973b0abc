//! Lighthouse's judgement of pages in Chromium, with its simulated desktop and mobile machines.

use crate::{house::House, peer, report, server::Server};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::{path::Path, process::Command};
use test_support::Kind;

/// Runs of a page, of which the median counts.
const RUNS: usize = 3;
const CHROMIUM: &str = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run \
                        --disable-background-networking --disable-component-update --disable-sync";
const CATEGORIES: [&str; 3] = ["performance", "accessibility", "best-practices"];

pub(crate) async fn run() -> Result<()> {
    let house = House::new(Kind::Sqlite).await?;
    house.upload("first").await?;
    house.drain().await?;
    let environments = house.self_managed(1_000).await?;
    let table = house.table(environments[0], 0).await?;
    house.fill(table, 1_000).await?;
    let server = Server::start(&house).await?;
    server.sign_in().await?;
    let cookie = server.cookie()?;
    let folder = peer::install("lighthouse")?;
    report::table(
        "Lighthouse, the median of 3",
        &["page", "machine", "performance", "accessibility", "best practices", "largest paint"],
    );
    let rows = format!("/tables/{table}");
    for path in ["/sign-in", "/environments", &rows, "/encryption-keys?region=europe"] {
        for machine in ["desktop", "mobile"] {
            let session = (path != "/sign-in").then_some(cookie.as_str());
            judge(folder.path(), &format!("{}{path}", server.url), (path, machine), session)?;
        }
    }
    server.stop().await
}

fn judge(folder: &Path, url: &str, (path, machine): (&str, &str), session: Option<&str>) -> Result<()> {
    let mut reports = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        reports.push(once(folder, url, machine, session)?);
    }
    let score =
        |report: &Value, category: &str| report["categories"][category]["score"].as_f64().unwrap_or(0.0);
    reports.sort_by(|a, b| score(a, "performance").total_cmp(&score(b, "performance")));
    let median = &reports[RUNS / 2];
    let scores = CATEGORIES.map(|category| format!("{:.0}", score(median, category) * 100.0));
    let paint =
        median["audits"]["largest-contentful-paint"]["displayValue"].as_str().unwrap_or("-").to_owned();
    let path = path.split(['?']).next().unwrap_or(path);
    report::row(&[&[path.to_owned(), machine.to_owned()][..], &scores, &[paint]].concat());
    Ok(())
}

fn once(folder: &Path, url: &str, machine: &str, session: Option<&str>) -> Result<Value> {
    let mut lighthouse = Command::new("npx");
    lighthouse.current_dir(folder).args(["lighthouse", url, "--quiet", "--output=json"]);
    lighthouse.arg(format!("--only-categories={}", CATEGORIES.join(",")));
    lighthouse.arg(format!("--chrome-flags={CHROMIUM}"));
    if machine == "desktop" {
        lighthouse.arg("--preset=desktop");
    }
    if let Some(cookie) = session {
        lighthouse.arg(format!("--extra-headers={}", serde_json::json!({ "Cookie": cookie })));
    }
    let chromium = std::env::var_os("CHROMIUM").unwrap_or_else(|| "/usr/bin/chromium".into());
    let output = lighthouse.env("CHROME_PATH", chromium).output().context("cannot start npx")?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let report: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("Lighthouse has no report: {said}"))?;
    let judged = CATEGORIES.iter().all(|category| report["categories"][category]["score"].is_number());
    ensure!(judged, "Lighthouse could not judge {url}: {}", report["runtimeError"]);
    Ok(report)
}
