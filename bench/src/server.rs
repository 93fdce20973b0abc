//! The program itself, started beside a database that the bench has filled, and a browser's requests.

use crate::house::{House, PASSWORD};
use anyhow::{Context, Result, ensure};
use reqwest::cookie::{CookieStore, Jar};
use std::{
    net::SocketAddr,
    path::PathBuf,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};
use test_support::{ports::free_address, process::Process};

/// A running `keystead serve` and a client that is signed in to it.
pub(crate) struct Server {
    process: Process,
    pub url: String,
    pub client: reqwest::Client,
    jar: Arc<Jar>,
    /// From the start of the process to its first answer.
    pub took: Duration,
}

impl Server {
    /// Starts the release binary that `cargo xtask bench` has built, on the house's database.
    pub(crate) async fn start(house: &House) -> Result<Self> {
        let binary =
            PathBuf::from(std::env::var_os("KEYSTEAD_BIN").context("run it by `cargo xtask bench`")?);
        let (listen, ops) = (free_address()?, free_address()?);
        let mut command = Command::new(binary);
        command.env_clear().args(["serve", "--database-url", house.url(), "--listen", &listen.to_string()]);
        command.args(["--ops-listen", &ops.to_string()]).arg("--data-dir").arg(house.folder());
        let jar = Arc::new(Jar::default());
        let client = reqwest::Client::builder()
            .cookie_provider(jar.clone())
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let began = Instant::now();
        let process = Process::start(command, house.folder().join("log"))?;
        first_answer(&client, listen, &process).await?;
        let took = began.elapsed();
        Ok(Self { process, url: format!("http://{listen}"), client, jar, took })
    }

    /// Signs in and acknowledges the risk, as the pages of keys want it.
    pub(crate) async fn sign_in(&self) -> Result<()> {
        self.post(
            "/sign-in",
            &format!("email=ada%40contoso.example&password={}", PASSWORD.replace(' ', "+")),
        )
        .await?;
        self.post("/encryption-keys/risk", "next=%2F").await
    }

    async fn post(&self, path: &str, form: &str) -> Result<()> {
        let request = self.client.post(format!("{}{path}", self.url)).header("sec-fetch-site", "same-origin");
        let request =
            request.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned());
        let status = request.send().await?.status();
        ensure!(status == 303, "POST {path} answered {status}: {}", self.process.output()?);
        Ok(())
    }

    /// The cookies of [`Self::sign_in`], as a browser's header has them.
    pub(crate) fn cookie(&self) -> Result<String> {
        let cookies = self.jar.cookies(&self.url.parse()?).context("nobody is signed in")?;
        Ok(cookies.to_str()?.to_owned())
    }

    /// Resident memory, in MiB.
    pub(crate) fn memory(&self) -> Result<f64> {
        let id = self.process.id().context("the server has ended")?;
        let statm = std::fs::read_to_string(format!("/proc/{id}/statm"))?;
        let pages: u64 = statm.split(' ').nth(1).context("statm has a second field")?.parse()?;
        Ok((pages * 4096) as f64 / 1_048_576.0)
    }

    pub(crate) async fn stop(mut self) -> Result<()> {
        self.process.terminate(Duration::from_secs(30)).await.map(drop)
    }
}

/// Asks for the sign-in page until it comes, every millisecond.
async fn first_answer(client: &reqwest::Client, listen: SocketAddr, process: &Process) -> Result<()> {
    let url = format!("http://{listen}/sign-in");
    for _ in 0..30_000 {
        if client.get(&url).send().await.is_ok_and(|answer| answer.status() == 200) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    anyhow::bail!("the server does not answer: {}", process.output()?)
}
