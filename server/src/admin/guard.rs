//! Who may use the admin listener: nobody's web page, and only whom a token or a ticket names where one
//! is asked for.
//!
//! A browser on this machine can reach a listener that is for this machine alone, and any page can
//! make it. Such a request names the page's origin, or, once the page's own name leads here (DNS
//! rebinding), its host.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, CONNECTION, HOST, ORIGIN, WWW_AUTHENTICATE};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use drumbeat_shared::game::Game;

use super::answer::Problem;
use super::state::{Admin, Who};
use crate::clock::unix_s;
use crate::net::host_of;
use crate::stamp::Stamp;
use crate::telemetry::admin_metrics::AdminRefusal;
use crate::telemetry::requests::Route;
use crate::tickets::{Role, Taken};

/// Stands for the other end where none is known.
const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) SocketAddr);

/// Passes on a request of whoever may ask, counts it, and adds the headers that every answer has.
pub(super) async fn require<G: Game>(
    State(admin): State<Arc<Admin<G>>>,
    mut request: Request,
    next: Next,
) -> Response {
    let route = match request.extensions().get::<MatchedPath>() {
        Some(route) => Route::of(route.as_str()),
        None => Route::Acts,
    };
    let mut response = match check(&admin, &request) {
        Ok(who) => {
            request.extensions_mut().insert(who);
            next.run(request).await
        }
        Err((refusal, problem)) => {
            admin.edge.metrics.admin.refused.count(refusal);
            let mut response = problem.into_response();
            // There are few connections, and others who may ask.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            if refusal == AdminRefusal::Token {
                let bearer = HeaderValue::from_static("Bearer");
                response.headers_mut().insert(WWW_AUTHENTICATE, bearer);
            }
            response
        }
    };
    admin.edge.metrics.edge.requests.count(route, response.status());
    admin.edge.page_headers.add_to(&mut response, false);
    response
}

fn check<G: Game>(admin: &Admin<G>, request: &Request) -> Result<Who, (AdminRefusal, Problem)> {
    let headers = request.headers();
    if headers.contains_key(ORIGIN) {
        let text =
            "the admin listener is for no web page: send the request without an Origin header";
        return Err((AdminRefusal::Page, Problem::new(StatusCode::FORBIDDEN, text)));
    }
    if admin.is_local && !is_for_this_machine(request) {
        let text = "the admin listener answers as localhost, 127.0.0.1 or [::1] alone; have whatever \
                    passes on the request send that as its Host";
        return Err((AdminRefusal::Host, Problem::new(StatusCode::MISDIRECTED_REQUEST, text)));
    }
    // Only the listener makes requests, and it says where from.
    let peer = request.extensions().get::<Peer>().map_or(NOWHERE, |peer| peer.0);
    let known = bearer(headers).and_then(|proof| who_has(admin, proof));
    if admin.tokens.is_empty() {
        return Ok(known.unwrap_or_else(|| Who(peer.to_string())));
    }
    let text = "send a token of --admin-token-file with the request or, with --admin-tickets, a ticket \
                with the role admin: Authorization: Bearer TOKEN";
    known.ok_or_else(|| (AdminRefusal::Token, Problem::new(StatusCode::UNAUTHORIZED, text)))
}

/// Who has this token or, where they are taken, this ticket: one of an admin for all rooms who is not
/// banned. A ticket that is valid once is good for one request that needs a proof.
fn who_has<G: Game>(admin: &Admin<G>, proof: &str) -> Option<Who> {
    if let Some(name) = admin.tokens.name_of(proof) {
        return Some(Who(name.to_owned()));
    }
    let (edge, now_s) = (&admin.edge, unix_s());
    if !edge.config.tickets.open_admin {
        return None;
    }
    let ticket = edge.tickets.read(Some(proof), "", now_s).ok()??;
    let opens = ticket.role == Role::Admin && ticket.rooms.is_empty();
    if !opens || edge.bans.of_subject(&ticket.subject, Stamp::now()).is_some() {
        return None;
    }
    // Given back unless it is held on to.
    let once = edge.tickets.take(&ticket, now_s).ok()?;
    if !admin.tokens.is_empty() {
        once.into_iter().for_each(Taken::keep);
    }
    // No name of a token has a space.
    Some(Who(format!("ticket {}", ticket.subject)))
}

/// The token of a request that brings one, and no other proof.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(one), None) = (all.next(), all.next()) else { return None };
    let (scheme, token) = one.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whether every host that a request names is this machine. Browsers always name one.
fn is_for_this_machine(request: &Request) -> bool {
    let mut named = request.headers().get_all(HOST).iter().map(|host| host.to_str().ok());
    let target = request.uri().authority().and_then(|_| host_of(request));
    named.all(|host| host.is_some_and(is_this_machine)) && target.is_none_or(is_this_machine)
}

fn is_this_machine(host: &str) -> bool {
    let Ok(authority) = Authority::try_from(host) else { return false };
    if authority.as_str().contains('@') {
        return false;
    }
    let host = authority.host();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse().is_ok_and(|ip: IpAddr| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_this_machine() {
        for host in
            ["localhost", "LocalHost:8777", "127.0.0.1", "127.0.0.2:8777", "[::1]:8777", "[::1]"]
        {
            assert!(is_this_machine(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:8777",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "localhost@evil.example",
            "evil@localhost",
            "192.0.2.1:8777",
            "[::2]",
            "127.0.0.1:8777, evil.example",
        ] {
            assert!(!is_this_machine(host), "{host}");
        }
    }

    #[test]
    fn all_hosts_of_a_request_count() {
        let check = |target: &str, hosts: &[&str], expected: bool| {
            let mut request = axum::http::Request::builder().uri(target);
            for host in hosts {
                request = request.header(HOST, *host);
            }
            let request = request.body(axum::body::Body::empty()).unwrap();
            assert_eq!(is_for_this_machine(&request), expected, "{target} {hosts:?}");
        };
        check("/", &[], true);
        check("/", &["localhost"], true);
        check("/", &["localhost", "evil.example"], false);
        check("http://evil.example/", &["localhost"], false);
        check("http://localhost/", &["evil.example"], false);
        check("http://localhost/", &["localhost"], true);
    }

    #[test]
    fn a_token_comes_in_one_form() {
        let check = |values: &[&str], expected| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, value.parse().unwrap());
            }
            assert_eq!(bearer(&headers), expected, "{values:?}");
        };
        check(&["Bearer abc"], Some("abc"));
        check(&["bearer  abc"], Some("abc"));
        check(&[], None);
        check(&["abc"], None);
        check(&["Basic abc"], None);
        check(&["Bearer abc", "Bearer abc"], None);
    }
}
