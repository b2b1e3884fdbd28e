//! The `Host` of a request (RFC 9112, section 3.2): an HTTP/1.1 request has exactly one.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{StatusCode, Version};
use axum::middleware::Next;
use axum::response::Response;
use drumbeat_shared::game::Game;

use super::connection::Connection;
use super::edge::Edge;
use super::refusal::Refusal;
use crate::telemetry::reasons::RefusalReason;

/// Passes on a request whose host is clear, and refuses any other with a text.
pub(crate) async fn require<G: Game>(
    State(edge): State<Arc<Edge<G>>>,
    Extension(connection): Extension<Arc<Connection>>,
    request: Request,
    next: Next,
) -> Response {
    match check(&request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => edge.answer(connection.peer, &refusal),
    }
}

/// The host that a request is for. One named in its target takes precedence over the header.
pub(crate) fn of<B>(request: &axum::http::Request<B>) -> Option<&str> {
    match request.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => request.headers().get(HOST)?.to_str().ok(),
    }
}

fn check<B>(request: &axum::http::Request<B>) -> Result<(), Refusal> {
    let refuse = |text| Err(Refusal::new(StatusCode::BAD_REQUEST, RefusalReason::BadHost, text));
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if request.version() < Version::HTTP_11 => Ok(()),
        (None, _) => refuse("the request names no host; send one Host header"),
        (Some(_), Some(_)) => refuse("the request names its host twice; send one Host header"),
        (Some(host), None) if is_host(host.as_bytes()) => Ok(()),
        (Some(_), None) => {
            refuse("the Host header must be a name or an address, perhaps with a port")
        }
    }
}

/// Whether this is a host, perhaps with a port. It is empty if the target has none.
fn is_host(text: &[u8]) -> bool {
    if text.is_empty() {
        return true;
    }
    let Ok(authority) = Authority::try_from(text) else {
        return false;
    };
    let host = authority.host();
    // Anything before the host is user information.
    let port = authority.as_str().strip_prefix(host).filter(|_| !host.is_empty());
    port.is_some_and(|port| ["", ":"].contains(&port) || authority.port_u16().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_one_host_and_a_clear_one() {
        let check = |version, hosts: &[&str], expected: bool| {
            let mut request = axum::http::Request::builder().version(version);
            for host in hosts {
                request = request.header(HOST, *host);
            }
            let checked = check(&request.body(()).unwrap());
            assert_eq!(checked.is_ok(), expected, "{version:?} {hosts:?}: {checked:?}");
        };
        for host in ["x", "127.0.0.1:7777", "[::1]:7777", "play.example", "play_example:80", ""] {
            check(Version::HTTP_11, &[host], true);
            check(Version::HTTP_10, &[host], true);
            check(Version::HTTP_11, &[host, host], false);
        }
        check(Version::HTTP_10, &[], true);
        check(Version::HTTP_11, &[], false);
        check(Version::HTTP_10, &["a", "b"], false);
        for host in ["a b", "a/b", "http://a", "somebody@a", "a:b", ":80", "[::1", "a,b c"] {
            check(Version::HTTP_11, &[host], false);
        }
    }

    #[test]
    fn the_target_goes_before_the_header() {
        let request = |target: &str| {
            axum::http::Request::builder().uri(target).header(HOST, "b:80").body(()).unwrap()
        };
        assert_eq!(of(&request("/ws")), Some("b:80"));
        assert_eq!(of(&request("http://a:7777/ws")), Some("a:7777"));
    }
}
