//! Where a request comes from.

use crate::state::AppState;
use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use http::{Extensions, HeaderMap};
use std::net::{IpAddr, SocketAddr};

/// The client's IP address; none where there is no network (tests).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientAddress(pub Option<String>);

/// The address among a request's extensions.
pub fn client_address(extensions: &Extensions) -> Option<String> {
    extensions.get::<ClientAddress>().and_then(|address| address.0.clone())
}

/// Puts [`ClientAddress`] into the request.
pub(crate) async fn resolve(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = peer.map(|peer| client(peer, request.headers(), &state.site.trusted_proxies).to_string());
    request.extensions_mut().insert(ClientAddress(address));
    next.run(request).await
}

/// The peer itself; behind a trusted proxy, the last address in `X-Forwarded-For` that is not a
/// trusted proxy's own. What stands before it could be the client's invention.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|known| known.to_canonical() == *ip);
    let mut address = peer.to_canonical();
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        if !is_trusted(&address) {
            break;
        }
        let Ok(next) = hop.parse::<IpAddr>() else { break };
        address = next.to_canonical();
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let trusted: Vec<IpAddr> = trusted.iter().map(|ip| ip.parse().unwrap()).collect();
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_cannot_choose_the_address() {
        assert_eq!(seen("203.0.113.9", "198.51.100.1", &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", "198.51.100.1", &["10.0.0.1"]), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_is_believed_for_one_hop() {
        assert_eq!(seen("10.0.0.1", "1.2.3.4, 198.51.100.1", &["10.0.0.1"]), "198.51.100.1");
        assert_eq!(
            seen("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2", &["10.0.0.1", "10.0.0.2"]),
            "198.51.100.1"
        );
        assert_eq!(seen("::ffff:10.0.0.1", "198.51.100.1", &["10.0.0.1"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", "unknown", &["10.0.0.1"]), "10.0.0.1");
    }
}
