//! Measurements behind `docs/PERFORMANCE.md`: ours and a peer or a limit, side by side in one run.
//!
//! `cargo xtask bench [switch|lock|rows|backup|pages|start|lighthouse] [--environments N] [--rows N] [--peers]`; without
//! a name, all of them. What needs npm runs only when asked for: `lighthouse` by its name or `--peers`, and
//! the other framework's page, built and measured in the same run as ours, by `--peers`.

mod backup;
mod house;
mod lighthouse;
mod load;
mod lock;
mod memory;
mod pages;
mod peer;
mod report;
mod rows;
mod server;
mod start;
mod switch;

use test_support::Kind;

/// What to measure and how much of it.
pub(crate) struct Options {
    pub only: Option<String>,
    pub environments: Vec<usize>,
    pub rows: usize,
    pub peers: bool,
}

fn options() -> Options {
    let mut options =
        Options { only: None, environments: vec![1_000, 10_000, 100_000], rows: 100_000, peers: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--environments" => {
                options.environments = arguments.next().and_then(|n| n.parse().ok()).into_iter().collect();
            }
            "--rows" => options.rows = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(options.rows),
            "--peers" => options.peers = true,
            name => options.only = Some(name.to_owned()),
        }
    }
    options
}

fn main() -> anyhow::Result<()> {
    let options = options();
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    report::machine();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    for kind in [Kind::Sqlite, Kind::Postgres] {
        if wanted("switch") {
            runtime.block_on(switch::run(kind, &options))?;
        }
        if wanted("lock") {
            runtime.block_on(lock::run(kind, &options))?;
        }
        if wanted("rows") {
            runtime.block_on(rows::run(kind, &options))?;
        }
        if wanted("backup") {
            runtime.block_on(backup::run(kind, &options))?;
        }
        if wanted("pages") {
            runtime.block_on(pages::run(kind, &options))?;
        }
        if wanted("start") {
            runtime.block_on(start::run(kind, &options))?;
        }
    }
    if wanted("lighthouse") && (options.peers || options.only.is_some()) {
        runtime.block_on(lighthouse::run())?;
    }
    Ok(())
}
