//! From the start of the process to its first page, what an idle one holds, and what a first visit loads.

use crate::{Options, house::House, report, server::Server};
use anyhow::Result;
use std::{collections::BTreeSet, time::Duration};
use test_support::Kind;

/// Starts, of which the median counts.
const STARTS: usize = 11;

pub(crate) async fn run(kind: Kind, options: &Options) -> Result<()> {
    let house = House::new(kind).await?;
    let environment = house.self_managed_first().await?;
    let table = house.table(environment, 0).await?;
    house.fill(table, options.rows).await?;
    let mut times = Vec::with_capacity(STARTS);
    let mut server = Server::start(&house).await?;
    for _ in 0..STARTS {
        server.stop().await?;
        server = Server::start(&house).await?;
        times.push(server.took);
    }
    times.sort_unstable();
    tokio::time::sleep(Duration::from_secs(3)).await;
    report::table(&format!("Start, {kind:?}, {} rows", options.rows), &["what", "measured", "aim"]);
    let (median, worst) = (report::percentile(&times, 50.0), report::percentile(&times, 100.0));
    let first = format!("{} (slowest of {STARTS}: {})", report::time(median), report::time(worst));
    report::row(&["start to first page".to_owned(), first, "150 ms".to_owned()]);
    report::row(&["idle memory".to_owned(), format!("{:.1} MiB", server.memory()?), "40 MiB".to_owned()]);
    if kind == Kind::Sqlite {
        first_load(&server).await?;
    }
    server.stop().await
}

/// What the sign-in page and everything it names weigh, as brotli.
async fn first_load(server: &Server) -> Result<()> {
    let client = reqwest::Client::new();
    let page = client.get(format!("{}/sign-in", server.url)).send().await?.text().await?;
    let addresses = page.split('"').filter(|part| part.starts_with("/assets/"));
    let addresses: BTreeSet<&str> = addresses.map(|part| part.split('#').next().unwrap_or(part)).collect();
    let script = addresses.iter().find(|address| address.ends_with(".js"));
    let script = script.ok_or_else(|| anyhow::anyhow!("the page names no script"))?;
    let script = client.get(format!("{}{script}", server.url)).send().await?.text().await?;
    // The script names it, not the page: it is fetched once the page stands.
    let named = script.split(['"', '\'', '/']).find(|part| part.ends_with(".wasm"));
    let wasm_address = named.ok_or_else(|| anyhow::anyhow!("the script names no wasm"))?;
    let wasm_address = format!("/assets/{wasm_address}");
    report::table("A first load, as brotli", &["file", "kB"]);
    let (mut wasm, mut rest) = (0, 0);
    for address in ["/sign-in", wasm_address.as_str()].into_iter().chain(addresses) {
        let request = client.get(format!("{}{address}", server.url)).header("accept-encoding", "br");
        let bytes = request.send().await?.error_for_status()?.bytes().await?.len();
        if address.ends_with(".wasm") {
            wasm += bytes
        } else {
            rest += bytes
        }
        report::row(&[address.to_owned(), format!("{:.1}", bytes as f64 / 1e3)]);
    }
    report::line(&format!(
        "\nwasm {:.0} kB (aim: 300), everything else {:.1} kB (aim: 40).",
        wasm as f64 / 1e3,
        rest as f64 / 1e3
    ));
    Ok(())
}
