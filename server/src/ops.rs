//! The ops listener: for orchestrators and Prometheus, without sign-in and without details.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header::CONTENT_TYPE};
use service::Portal;
use std::{fmt::Write as _, time::Duration};
use tokio_util::sync::CancellationToken;
use vault::counters;

/// A database that does not answer for so long is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Clone)]
struct Ops {
    portal: Portal,
    stop: CancellationToken,
}

/// `/livez`, `/readyz`, `/metrics`. Not ready once `stop` is cancelled: no new requests, please.
pub fn router(portal: Portal, stop: CancellationToken) -> Router {
    Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Ops { portal, stop })
}

async fn ready(State(ops): State<Ops>) -> Response {
    let answer = tokio::time::timeout(PATIENCE, store::portal::get(ops.portal.db().read())).await;
    match answer {
        Ok(Ok(Some(portal))) if !ops.stop.is_cancelled() => match ops.portal.keyring().roots().check(&portal)
        {
            Ok(()) => "ok\n".into_response(),
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "not ready: the root key was rotated elsewhere"
                );
                (StatusCode::SERVICE_UNAVAILABLE, "root key\n").into_response()
            }
        },
        Ok(Err(error)) => {
            tracing::error!(%error, "not ready: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "database\n").into_response()
        }
        Ok(Ok(_)) => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "database\n").into_response(),
    }
}

async fn metrics(State(ops): State<Ops>) -> Response {
    match text(&ops.portal).await {
        Ok(text) => ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Prometheus' text format, by hand: a dozen numbers need no library.
async fn text(portal: &Portal) -> store::StoreResult<String> {
    let gauges = store::gauges::read(portal.db().read()).await?;
    let mut out = String::new();
    let version = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
    family(&mut out, "keystead_build_info", "gauge", "The version that runs.", [(version, 1)]);
    let rsa = [
        ("kind=\"private\"".to_owned(), counters::rsa_private()),
        ("kind=\"public\"".to_owned(), counters::rsa_public()),
    ];
    family(&mut out, "keystead_rsa_operations_total", "counter", "RSA operations of this process.", rsa);
    let rewraps = [(String::new(), counters::aes_rewraps())];
    family(
        &mut out,
        "keystead_data_keys_rewrapped_total",
        "counter",
        "Data keys moved to another ring key.",
        rewraps,
    );
    let answers = crate::middleware::answers().map(|(class, count)| (format!("class=\"{class}\""), count));
    family(&mut out, "keystead_http_responses_total", "counter", "Answers of this process.", answers);
    for (name, help, counts) in [
        ("keystead_messages", "Mails in the outbox.", gauges.messages),
        ("keystead_operations", "Long-running jobs.", gauges.operations),
        ("keystead_protection_keys", "Administrators' keys.", gauges.keys),
        ("keystead_environments", "Environments.", gauges.environments),
    ] {
        let counts = counts.into_iter().map(|(state, count)| (format!("state=\"{state}\""), count));
        family(&mut out, name, "gauge", help, counts);
    }
    let age = gauges.oldest_message.map_or(0, |at| portal.clock().now().since(at).as_secs());
    let help = "Age of the oldest mail that waits.";
    family(&mut out, "keystead_oldest_message_seconds", "gauge", help, [(String::new(), age)]);
    Ok(out)
}

fn family(
    out: &mut String,
    name: &str,
    kind: &str,
    help: &str,
    values: impl IntoIterator<Item = (String, u64)>,
) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
    for (labels, value) in values {
        let labels = if labels.is_empty() { labels } else { format!("{{{labels}}}") };
        let _ = writeln!(out, "{name}{labels} {value}");
    }
}
