//! The `Host` of a request (RFC 9112, section 3.2): an HTTP/1.1 request has exactly one.
//!
//! A page of another site can reach the server under that site's own name, once the name leads here
//! (DNS rebinding); to the browser they are then one site. Only a list of the server's own names
//! (`--hosts`) tells the two apart.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{StatusCode, Version};
use axum::middleware::Next;
use axum::response::Response;
use drumbeat_shared::game::Game;

use super::connection::Visitor;
use super::edge::Edge;
use super::refusal::{Refusal, shown};
use crate::config::HostName;
use crate::telemetry::reasons::RefusalReason;

/// Health checks reach the server under any address, and learn nothing.
const UNDER_ANY_HOST: [&str; 2] = ["/healthz", "/readyz"];

/// Passes on a request whose host is clear, and refuses any other with a text.
pub(crate) async fn require<G: Game>(
    State(edge): State<Arc<Edge<G>>>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
    next: Next,
) -> Response {
    match check(&request).and_then(|()| check_listed(&request, &edge.config.hosts)) {
        Ok(()) => next.run(request).await,
        Err(refusal) => edge.answer(visitor.address, &refusal),
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
        (None, _) => refuse(
            "the request names no host; send one Host header (through nginx: proxy_set_header Host \
             $http_host)",
        ),
        (Some(_), Some(_)) => refuse("the request names its host twice; send one Host header"),
        (Some(host), None) if is_host(host.as_bytes()) => Ok(()),
        (Some(_), None) => {
            refuse("the Host header must be a name or an address, perhaps with a port")
        }
    }
}

/// Refuses a request for a host that is not among these, if there are any.
fn check_listed<B>(request: &axum::http::Request<B>, hosts: &[HostName]) -> Result<(), Refusal> {
    if hosts.is_empty() || UNDER_ANY_HOST.contains(&request.uri().path()) {
        return Ok(());
    }
    let asked = of(request).unwrap_or("");
    let name = Authority::try_from(asked).ok().and_then(|host| host.host().parse().ok());
    if name.is_some_and(|name: HostName| hosts.contains(&name)) {
        return Ok(());
    }
    let (status, reason) = (StatusCode::MISDIRECTED_REQUEST, RefusalReason::OtherHost);
    let text = match asked {
        "" => "the request names no host, and this server answers only for those of its setting \
               --hosts; send a Host header"
            .into(),
        _ => format!(
            "this server does not answer for the host {}: if it should, add its name to --hosts; if a \
             proxy changed the host, have it pass on the browser's (nginx: proxy_set_header Host \
             $http_host)",
            shown(asked)
        )
        .into(),
    };
    Err(Refusal { status, reason, text })
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
    fn a_listed_host_is_answered_under_any_port_and_no_other_is() {
        let hosts = ["play.example.org", "127.0.0.1", "::1"].map(|host| host.parse().unwrap());
        let check = |path: &str, host: &str, expected: bool| {
            let request = axum::http::Request::builder().uri(path).header(HOST, host);
            let request = request.body(()).unwrap();
            let checked = check_listed(&request, &hosts);
            assert_eq!(checked.is_ok(), expected, "{path} {host}: {checked:?}");
            assert_eq!(check_listed(&request, &[]), Ok(()));
        };
        for host in [
            "play.example.org",
            "PLAY.example.org:80",
            "play.example.org.",
            "127.0.0.1:7777",
            "[::1]:7",
        ] {
            check("/", host, true);
        }
        for host in ["example.org", "play.example.org.evil.example", "127.0.0.2", "[::2]", "", "x"]
        {
            check("/", host, false);
            check("/ws", host, false);
            check("/metrics", host, false);
            check("/healthz", host, true);
            check("/readyz", host, true);
        }
        check("http://play.example.org/", "evil.example", true);
        check("http://evil.example/", "play.example.org", false);
        let unnamed = axum::http::Request::builder().body(()).unwrap();
        assert!(check_listed(&unnamed, &hosts).unwrap_err().text.contains("send a Host header"));
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
