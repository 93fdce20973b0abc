//! The program itself, started beside a database that the bench has filled, and a browser's requests.

use crate::house::{House, PASSWORD};
use anyhow::{Context, Result, ensure};
use std::{
    net::SocketAddr,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};
use test_support::{ports::free_address, process::Process};

/// A running `keystead serve` and a client that is signed in to it.
pub(crate) struct Server {
    process: Process,
    pub url: String,
    pub client: reqwest::Client,
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
        let client = reqwest::Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let began = Instant::now();
        let process = Process::start(command, house.folder().join("log"))?;
        first_answer(&client, listen, &process).await?;
        let took = began.elapsed();
        Ok(Self { process, url: format!("http://{listen}"), client, took })
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

    /// A session of the administrator as a browser's header has it, the risk acknowledged.
    pub(crate) async fn session(&self) -> Result<String> {
        let form = format!("email=ada%40contoso.example&password={}", PASSWORD.replace(' ', "+"));
        let stranger = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let send = |path: &str, form: String, cookie: String| {
            let request =
                stranger.post(format!("{}{path}", self.url)).header("sec-fetch-site", "same-origin");
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            request.header("cookie", cookie).body(form).send()
        };
        let answer = send("/sign-in", form, "theme=light".to_owned()).await?;
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        let pairs: Vec<&str> = cookies.filter_map(|line| line.split(';').next()).collect();
        let cookie = pairs.join("; ");
        ensure!(!cookie.is_empty(), "signing in answered {} without a cookie", answer.status());
        send("/encryption-keys/risk", "next=%2F".to_owned(), cookie.clone()).await?;
        Ok(cookie)
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
