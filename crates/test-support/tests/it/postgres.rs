use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use test_support::postgres::{self, Durability, Server, sql};
use tokio::time::{sleep, timeout};

#[tokio::test(flavor = "multi_thread")]
async fn two_databases_are_independent() -> Result<()> {
    let (first, second) = (postgres::database().await?, postgres::database().await?);
    sql(&first, "CREATE TABLE t AS SELECT 1 AS n").await?;
    assert_eq!(sql(&first, "SELECT n FROM t").await?, "1");
    let error = sql(&second, "SELECT n FROM t").await.expect_err("the table is in the other database");
    assert!(format!("{error:#}").contains("\"t\" does not exist"), "{error:#}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_database_is_gone() -> Result<()> {
    let (gone, kept) = (postgres::database().await?, postgres::database().await?);
    postgres::drop_database(&gone).await?;
    assert!(sql(&gone, "SELECT 1").await.is_err());
    assert_eq!(sql(&kept, "SELECT 1").await?, "1");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_can_be_made_at_the_same_time() -> Result<()> {
    let tasks: Vec<_> = (0..4).map(|_| tokio::spawn(postgres::database())).collect();
    let mut urls = Vec::new();
    for task in tasks {
        urls.push(task.await??);
    }
    urls.sort();
    urls.dedup();
    assert_eq!(urls.len(), 4);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn committed_rows_survive_a_crash() -> Result<()> {
    let mut server = Server::start(Durability::Full).await?;
    let url = server.create_database().await?;
    sql(&url, "CREATE TABLE t AS SELECT 7 AS n").await?;
    assert_eq!(sql(&url, "SHOW fsync").await?, "on");
    server.kill().await?;
    assert!(sql(&url, "SELECT n FROM t").await.is_err(), "the server still answers");
    server.restart().await?;
    assert_eq!(sql(&url, "SELECT n FROM t").await?, "7");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_connections_and_no_port() -> Result<()> {
    let url = postgres::database().await?;
    assert_eq!(sql(&url, "SHOW max_connections").await?, "200");
    assert_eq!(sql(&url, "SHOW listen_addresses").await?, "");
    assert_eq!(sql(&url, "SHOW fsync").await?, "off");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_server_leaves_nothing() -> Result<()> {
    let server = Server::start(Durability::Fast).await?;
    let home = home(&server.url("postgres"))?.to_owned();
    assert!(Path::new(&home).is_dir());
    drop(server);
    assert!(!Path::new(&home).exists());
    Ok(())
}

/// Says where its server is and then waits for the end: the victim of the next test, which runs it by
/// name. On its own, with nothing on its standard input, it ends at once.
#[tokio::test(flavor = "multi_thread")]
async fn victim() -> Result<()> {
    let url = postgres::database().await?;
    assert_eq!(sql(&url, "SELECT 1").await?, "1");
    if std::env::var_os("KEYSTEAD_TEST_VICTIM").is_some() {
        writeln!(std::io::stderr(), "url={url}")?;
        std::io::stdin().read_line(&mut String::new())?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_goes_away_when_its_process_is_killed() -> Result<()> {
    let mut victim = Command::new(std::env::current_exe()?)
        .args(["--exact", "postgres::victim", "--nocapture"])
        .env("KEYSTEAD_TEST_VICTIM", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let stderr = BufReader::new(victim.stderr.take().context("no output")?);
    let found = stderr.lines().find_map(|line| line.ok()?.strip_prefix("url=").map(str::to_owned));
    let url = found.context("the victim did not say where its server is")?;
    assert_eq!(sql(&url, "SELECT 1").await?, "1");
    let home = home(&url)?;
    let pid = std::fs::read_to_string(format!("{home}/data/postmaster.pid"))?;
    let server = format!("/proc/{}", pid.lines().next().context("empty postmaster.pid")?);

    victim.kill()?;
    victim.wait()?;

    let gone = async {
        while Path::new(home).exists() || Path::new(&server).exists() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(60), gone).await.context("the server or its files are still there")?;
    Ok(())
}

fn home(url: &str) -> Result<&str> {
    Ok(url.split_once("host=").context("no socket folder in the URL")?.1)
}
