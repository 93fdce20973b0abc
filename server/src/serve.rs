//! `keystead serve` and `keystead worker`: listeners, jobs, mails, clean-up, and an orderly end.

use crate::{
    commands::print,
    config::Config,
    dev_clock, open,
    open::Opened,
    ops, router,
    signals::Stop,
    state::{AppState, Site},
};
use anyhow::{Context, Result};
use axum::Router;
use service::{Portal, outbox::Smtp, setup};
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::{net::TcpListener, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

/// How long running requests and jobs may take to end. A job that is cut off is resumed by the next
/// process, once its lease ends.
const PATIENCE: Duration = Duration::from_secs(20);

/// The portal as a whole; returns after SIGTERM or SIGINT. `began` is when the process did.
///
/// # Errors
/// Whatever keeps it from starting, in words for the operator.
pub async fn serve(mut config: Config, demo: bool, began: Instant) -> Result<()> {
    let stop = CancellationToken::new();
    let listener = listen(config.listen, "listen").await?;
    let ops_listener = ops_listener(&config).await?;
    let Opened { portal, dev_clock } = open::open(&config).await?;
    let seeded = match &dev_clock {
        Some(clock) if demo => {
            service::demo::seed(&portal, clock).await.context("the demo cannot be made")?
        }
        _ => false,
    };
    let mut tasks = JoinSet::new();
    background(&mut tasks, &mut config, &portal, &stop)?;
    if let Some(clock) = &dev_clock {
        tasks.spawn(dev_clock::follow(portal.clone(), clock.clone(), stop.clone()));
    }
    let setup_code_file = config.data_dir.join("setup-code");
    let site = Site {
        public_url: config.public_url.as_str().to_owned(),
        secure: config.public_url.secure,
        dev_clock: config.dev_clock,
        trusted_proxies: config.trusted_proxies.clone(),
        setup_code_file: Some(setup_code_file.clone()),
    };
    let state = AppState { portal: portal.clone(), site: Arc::new(site) };
    let application = router::build_with(state, dev_clock.map(dev_clock::router).unwrap_or_default());
    tasks.spawn(answer(listener, application, portal.clone(), stop.clone()));
    if let Some(listener) = ops_listener {
        tasks.spawn(answer(
            listener,
            ops::router(portal.clone(), stop.clone()),
            portal.clone(),
            stop.clone(),
        ));
    }
    welcome(&config, &portal, setup_code_file).await?;
    if demo {
        present(seeded)?;
    }
    tracing::info!(millis = began.elapsed().as_millis(), listen = %config.listen, "started");
    until_stopped(stop, tasks).await
}

/// Jobs and mails without the listener: a second machine that shares the database.
///
/// # Errors
/// As [`serve`].
pub async fn worker(mut config: Config) -> Result<()> {
    let stop = CancellationToken::new();
    let Opened { portal, dev_clock } = open::open(&config).await?;
    let mut tasks = JoinSet::new();
    background(&mut tasks, &mut config, &portal, &stop)?;
    if let Some(clock) = dev_clock {
        tasks.spawn(dev_clock::follow(portal.clone(), clock, stop.clone()));
    }
    tracing::info!("the worker runs");
    until_stopped(stop, tasks).await
}

/// What runs beside the listeners.
fn background(
    tasks: &mut JoinSet<()>,
    config: &mut Config,
    portal: &Portal,
    stop: &CancellationToken,
) -> Result<()> {
    tasks.spawn(service::worker::run(portal.clone(), stop.clone()));
    match config.smtp.take() {
        Some(settings) => {
            let smtp = Smtp::new(settings).context("the mail settings cannot be used")?;
            tasks.spawn(service::outbox::run(portal.clone(), smtp, stop.clone()));
        }
        None => {
            tracing::warn!("no mail server is set (smtp-host): mails stay in the portal, under Notifications")
        }
    }
    tasks.spawn(service::upkeep::run(portal.clone(), stop.clone()));
    tasks.spawn(service::scheduler::run(portal.clone(), stop.clone()));
    tasks.spawn(service::replicas::run(portal.clone(), stop.clone()));
    Ok(())
}

async fn listen(address: SocketAddr, setting: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: is another program there? The setting {setting} names another address")
    })
}

/// The default address gives way when it is taken; one that somebody asked for does not.
async fn ops_listener(config: &Config) -> Result<Option<TcpListener>> {
    let Some(address) = config.ops_listen else { return Ok(None) };
    match listen(address, "ops-listen").await {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if config.ops_asked => Err(error),
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "there is no /readyz and no /metrics");
            Ok(None)
        }
    }
}

/// Answers until `stop`. After a lock has begun, every connection ends with the answer that it is at: clients
/// connect anew, and nothing of before stays in buffers.
async fn answer(listener: TcpListener, application: Router, portal: Portal, stop: CancellationToken) {
    if let Err(error) = answer_all(listener, application, portal, &stop).await {
        tracing::error!(%error, "a listener ended");
        stop.cancel();
    }
}

async fn answer_all(
    listener: TcpListener,
    application: Router,
    portal: Portal,
    stop: &CancellationToken,
) -> std::io::Result<()> {
    let listener = listener.into_std()?;
    let mut running = JoinSet::new();
    loop {
        let locked = portal.connections().notified();
        let generation = stop.child_token();
        let service = application.clone().into_make_service_with_connect_info::<SocketAddr>();
        let shared = TcpListener::from_std(listener.try_clone()?)?;
        let served =
            axum::serve(shared, service).with_graceful_shutdown(generation.clone().cancelled_owned());
        running.spawn(served.into_future());
        if !until_locked(locked, &mut running).await? {
            return Ok(());
        }
        generation.cancel();
    }
}

/// Waits for a lock, while generations of connections end; `false` when all of them have.
async fn until_locked(
    locked: impl Future<Output = ()>,
    running: &mut JoinSet<std::io::Result<()>>,
) -> std::io::Result<bool> {
    tokio::pin!(locked);
    loop {
        tokio::select! {
            () = &mut locked => return Ok(true),
            ended = running.join_next() => match ended {
                Some(ended) => ended??,
                None => return Ok(false),
            },
        }
    }
}

/// Says where the portal is and, before set-up, the one-time code, which is in a file too.
async fn welcome(config: &Config, portal: &Portal, file: PathBuf) -> Result<()> {
    let (url, version) = (config.public_url.as_str(), env!("CARGO_PKG_VERSION"));
    if !config.public_url.secure && !config.public_url.is_loopback() {
        tracing::warn!(
            url,
            "the public address is not https: anybody on the way can read passwords and sessions"
        );
    }
    let Some(code) = setup::new_setup_code(portal).await? else {
        forget_setup_code(&file).await?;
        return print(&format!("Keystead {version} runs at {url}\n"));
    };
    open::write_private(&file, format!("{code}\n").as_bytes())?;
    print(&format!(
        "Keystead {version} runs at {url}\n\nSet it up at {url}/setup with this code, within 30 minutes:\n\n    {code}\n\n\
         The code is also in {}.\n",
        file.display()
    ))
}

/// Says who can sign in to the demo.
fn present(seeded: bool) -> Result<()> {
    if !seeded {
        tracing::warn!("the portal was set up before: nothing was added for the demo");
    }
    let people = service::demo::ACCOUNTS.iter().map(|(email, role)| format!("    {email:28} {role}\n"));
    print(&format!(
        "\nThis is a demo: its password is public, never expose it. Sign in with the password {} as\n\n{}\n",
        service::demo::PASSWORD,
        people.collect::<String>()
    ))
}

/// Removes the file of the setup code: set-up is done.
///
/// # Errors
/// When it is there and cannot be removed.
pub async fn forget_setup_code(file: &std::path::Path) -> Result<()> {
    match tokio::fs::remove_file(file).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", file.display()))
        }
        _ => Ok(()),
    }
}

/// Waits for a signal, or for a task that ends by itself, which is a defect; then for all to end.
async fn until_stopped(stop: CancellationToken, mut tasks: JoinSet<()>) -> Result<()> {
    let mut signals = Stop::new()?;
    let ended = tokio::select! {
        () = signals.recv() => None,
        ended = tasks.join_next() => ended,
    };
    tracing::info!("stopping");
    stop.cancel();
    let all = async { while tasks.join_next().await.is_some() {} };
    tokio::select! {
        () = all => {}
        () = tokio::time::sleep(PATIENCE) => tracing::warn!("what still ran was cut off"),
        () = signals.recv() => {}
    }
    tracing::info!("stopped");
    match ended {
        None => Ok(()),
        Some(ended) => {
            ended.context("a part of the portal ended with a defect")?;
            anyhow::bail!("a part of the portal ended by itself; the log says more")
        }
    }
}
