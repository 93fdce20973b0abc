//! Whole pages from the running program: session, database, encryption and rendering included.

use crate::{Options, house::House, load, peer, report, server::Server};
use anyhow::Result;
use test_support::Kind;

/// Requests of a page in one run.
const COUNT: usize = 1_000;

pub(crate) async fn run(kind: Kind, options: &Options) -> Result<()> {
    let environments = options.environments.iter().copied().max().unwrap_or(100_000);
    let house = House::new(kind).await?;
    house.upload("first").await?;
    house.drain().await?;
    let ids = house.self_managed(environments).await?;
    let table = house.table(ids[environments / 2], 0).await?;
    house.fill(table, options.rows).await?;
    let server = Server::start(&house).await?;
    server.sign_in().await?;
    let title = format!("Pages, {kind:?}: {environments} environments, a table of {} rows", options.rows);
    report::table(
        &title,
        &["page", "kB", "1 client: req/s", "p50", "p99", "25 clients: req/s", "p50", "p99"],
    );
    let idle = server.memory()?;
    let rows = format!("/tables/{table}");
    let pages = [
        ("environments, 50 a page", "/environments", 50),
        ("rows, 50 a page, opened", &rows, 50),
        ("keys", "/encryption-keys?region=europe", 1),
        ("sign-in, without a session", "/sign-in", 0),
    ];
    let mut list = None;
    for (name, path, wanted) in pages {
        let stranger = reqwest::Client::new();
        let client = if path == "/sign-in" { &stranger } else { &server.client };
        let measured = measure(name, client, &format!("{}{path}", server.url), wanted).await?;
        list = list.or(Some(measured));
    }
    let after = server.memory()?;
    server.stop().await?;
    if let Some((alone, together)) = list {
        peers(options, &alone, &together).await?;
    }
    report::line(&format!("\nResident memory: {idle:.1} MiB idle, {after:.1} MiB after these requests."));
    Ok(())
}

async fn measure(
    name: &str,
    client: &reqwest::Client,
    url: &str,
    wanted: usize,
) -> Result<(load::Run, load::Run)> {
    let alone = load::run(client, url, 1, COUNT, wanted).await?;
    let together = load::run(client, url, 25, COUNT * 2, wanted).await?;
    let head = [name.to_owned(), format!("{:.1}", alone.bytes as f64 / 1e3)];
    report::row(&[&head[..], &alone.cells()[..], &together.cells()[..]].concat());
    Ok((alone, together))
}

/// The list page against what renders nothing, and against another framework's page, in the same run.
async fn peers(options: &Options, alone: &load::Run, together: &load::Run) -> Result<()> {
    let client = reqwest::Client::new();
    let ceiling = peer::bare(alone.bytes).await?;
    measure("bare axum, as many bytes", &client, &ceiling, 0).await?;
    if !options.peers {
        return Ok(());
    }
    let svelte = peer::SvelteKit::start().await?;
    let (theirs, theirs_together) =
        measure("SvelteKit, 50 rows, no database, no session", &client, &svelte.url, 50).await?;
    report::line(&format!(
        "\nThe list of environments answers {:.2} times the SvelteKit page's requests alone, {:.2} times with 25 clients; aim: 2.",
        alone.per_second / theirs.per_second,
        together.per_second / theirs_together.per_second,
    ));
    Ok(())
}
