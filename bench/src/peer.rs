//! What the pages are measured against.

use anyhow::{Context, Result, ensure};
use axum::{Router, routing::get};
use std::{path::Path, process::Command, time::Duration};
use test_support::{ports::free_address, process::Process};

/// An axum route that answers as many bytes and does nothing else; its URL. It ends with the bench.
pub(crate) async fn bare(bytes: usize) -> Result<String> {
    let address = free_address()?;
    let body = axum::body::Bytes::from(vec![b'x'; bytes]);
    let router = Router::new().route("/", get(move || async move { body }));
    let listener = tokio::net::TcpListener::bind(address).await?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}/"))
}

/// `bench/peers/sveltekit`, built and served by Node.
pub(crate) struct SvelteKit {
    pub url: String,
    _process: Process,
    _folder: tempfile::TempDir,
}

impl SvelteKit {
    pub(crate) async fn start() -> Result<Self> {
        let folder = install("sveltekit")?;
        run(folder.path(), "npx", &["vite", "build"])?;
        let address = free_address()?;
        let mut node = Command::new("node");
        node.arg(folder.path().join("build"))
            .env("HOST", "127.0.0.1")
            .env("PORT", address.port().to_string());
        let mut process = Process::start(node, folder.path().join("log"))?;
        process.wait_until_answering(address, Duration::from_secs(30)).await?;
        Ok(Self { url: format!("http://{address}/"), _process: process, _folder: folder })
    }
}

/// A copy of a folder of `bench/peers`, from the clone that cargo runs this in, with its packages.
pub(crate) fn install(name: &str) -> Result<tempfile::TempDir> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let folder = tempfile::tempdir()?;
    copy(&Path::new(&package).join("peers").join(name), folder.path())?;
    run(folder.path(), "npm", &["install", "--no-audit", "--no-fund", "--loglevel=error"])?;
    Ok(folder)
}

/// Runs a program of Node.js in `folder`.
fn run(folder: &Path, program: &str, args: &[&str]) -> Result<()> {
    let output = Command::new(program).args(args).current_dir(folder).output();
    let output = output.with_context(|| format!("cannot start {program}: it takes Node.js with npm"))?;
    ensure!(output.status.success(), "{program} failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in from.read_dir()? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let target = to.join(name);
        if path.is_dir() {
            std::fs::create_dir_all(&target)?;
            copy(&path, &target)?;
        } else {
            std::fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
