//! Accepts connections, and stops listening while the fault says so.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::inbox::Fault;
use super::session::Shared;

/// Runs until aborted; `announce` tells whether the port is open.
pub(super) async fn run(address: SocketAddr, shared: Shared, announce: watch::Sender<bool>) -> Result<()> {
    let mut fault = shared.fault.clone();
    loop {
        fault.wait_for(|fault| *fault != Fault::Refuse).await?;
        let listener =
            TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
        announce.send_replace(true);
        // Dropping the set ends its sessions.
        let mut sessions = JoinSet::new();
        let mut refuse = fault.clone();
        tokio::select! {
            never = accept(&listener, &shared, &mut sessions) => never?,
            refused = refuse.wait_for(|fault| *fault == Fault::Refuse) => drop(refused?),
        }
        sessions.shutdown().await;
        drop(listener);
        announce.send_replace(false);
    }
}

async fn accept(listener: &TcpListener, shared: &Shared, sessions: &mut JoinSet<()>) -> Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        shared.count(|counts| counts.connections += 1);
        sessions.spawn(shared.clone().serve(stream));
        // Finished sessions would pile up otherwise.
        while sessions.try_join_next().is_some() {}
    }
}
