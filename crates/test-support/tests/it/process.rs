use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use test_support::ports::free_address;
use test_support::process::Process;

use crate::victim;

const LIMIT: Duration = Duration::from_secs(60);

/// A server that counts its starts in its data folder, says so and listens.
fn server(data: &Path, address: SocketAddr) -> Command {
    let script = r#"echo start >> "$1/starts"; echo "run $(wc -l < "$1/starts")"
        exec openssl s_server -quiet -nocert -accept "$2""#;
    let mut command = Command::new("sh");
    command.args(["-c", script, "server"]).arg(data).arg(address.to_string());
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_starts_again_on_the_same_data() -> Result<()> {
    let data = tempfile::tempdir()?;
    let address = free_address()?;
    let mut process = Process::start(server(data.path(), address), data.path().join("log"))?;
    process.wait_until_answering(address, LIMIT).await?;
    process.kill9()?;
    assert!(std::net::TcpStream::connect(address).is_err(), "it still listens");
    process.restart()?;
    process.wait_until_answering(address, LIMIT).await?;
    let output = process.output()?;
    assert!(output.contains("run 1") && output.contains("run 2"), "{output}");
    drop(process);
    assert!(std::net::TcpStream::connect(address).is_err(), "it outlived its guard");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_is_reported_with_its_output() -> Result<()> {
    let data = tempfile::tempdir()?;
    let mut command = Command::new("sh");
    command.args(["-c", "echo no such setting >&2; exit 3"]);
    let mut process = Process::start(command, data.path().join("log"))?;
    let error = process.wait_until_answering(free_address()?, LIMIT).await.expect_err("nothing listens");
    let error = format!("{error:#}");
    assert!(error.contains("no such setting") && error.contains("exit status: 3"), "{error}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_may_end_in_order() -> Result<()> {
    let data = tempfile::tempdir()?;
    let address = free_address()?;
    let mut command = Command::new("sh");
    let script =
        r#"trap 'echo bye; kill $!; exit 0' TERM; openssl s_server -quiet -nocert -accept "$1" & wait"#;
    command.args(["-c", script, "server"]).arg(address.to_string());
    let mut process = Process::start(command, data.path().join("log"))?;
    process.wait_until_answering(address, LIMIT).await?;
    assert!(process.terminate(LIMIT).await?.success());
    assert_eq!(process.output()?.lines().last(), Some("bye"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn victim() -> Result<()> {
    let data = tempfile::tempdir()?;
    let address = free_address()?;
    let mut process = Process::start(server(data.path(), address), data.path().join("log"))?;
    process.wait_until_answering(address, LIMIT).await?;
    std::fs::write(data.path().join("pid"), process.id().context("it runs")?.to_string())?;
    victim::wait_to_be_killed(&data.path().display().to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_ends_when_its_test_process_is_killed() -> Result<()> {
    let (victim, data) = victim::run("process::victim")?;
    let program = format!("/proc/{}", std::fs::read_to_string(format!("{data}/pid"))?);
    assert!(Path::new(&program).exists());
    victim::kill(victim, &[&program]).await?;
    // What the victim's own guard would have done.
    Ok(std::fs::remove_dir_all(data)?)
}

#[test]
fn ports_are_never_given_twice() -> Result<()> {
    let mut addresses = (0..50).map(|_| free_address()).collect::<Result<Vec<_>>>()?;
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), 50);
    Ok(())
}
