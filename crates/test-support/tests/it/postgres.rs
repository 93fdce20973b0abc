use std::path::Path;

use anyhow::{Context, Result};
use test_support::postgres::{self, Durability, Server, sql};

use crate::victim;

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

#[tokio::test(flavor = "multi_thread")]
async fn victim() -> Result<()> {
    let url = postgres::database().await?;
    assert_eq!(sql(&url, "SELECT 1").await?, "1");
    victim::wait_to_be_killed(&url)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_goes_away_when_its_process_is_killed() -> Result<()> {
    let (victim, url) = victim::run("postgres::victim")?;
    assert_eq!(sql(&url, "SELECT 1").await?, "1");
    let home = home(&url)?;
    let pid = std::fs::read_to_string(format!("{home}/data/postmaster.pid"))?;
    let server = format!("/proc/{}", pid.lines().next().context("empty postmaster.pid")?);
    assert!(Path::new(&server).exists());
    victim::kill(victim, &[home, &server]).await
}

fn home(url: &str) -> Result<&str> {
    Ok(url.split_once("host=").context("no socket folder in the URL")?.1)
}
