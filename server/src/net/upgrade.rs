//! The WebSocket handshake (RFC 6455, section 4.2) for `drumbeat.v1`. A request that does not fit
//! gets a readable answer.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Extension;
use axum::body::HttpBody;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    CONNECTION, HeaderName, ORIGIN, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, Method, StatusCode, Version};
use axum::response::{IntoResponse, Response};
use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::{SUBPROTOCOL, TEXT_SUBPROTOCOL};
use hyper::upgrade::Parts;
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tracing::field::display;
use tracing::{Instrument, Span, debug};

use super::admission::Use;
use super::connection::Visitor;
use super::edge::{Edge, Stage};
use super::http_stream::HttpStream;
use super::refusal::Refusal;
use super::session::Upgraded;
use super::{host, origin, session, terminal};
use crate::config::Origin;
use crate::engine::incident::Peer;
use crate::telemetry::reasons::RefusalReason;

/// The query that asks for JSON text where no subprotocol is requested.
const TEXT_QUERY: &str = "json";

/// The server ends.
const ENDING: Refusal = Refusal::new(
    StatusCode::SERVICE_UNAVAILABLE,
    RefusalReason::Draining,
    "the server is shutting down; reconnect in a moment",
);

/// Somebody opened the game's path as if it were a page.
const NOT_WEBSOCKET: Refusal = Refusal::new(
    StatusCode::UPGRADE_REQUIRED,
    RefusalReason::NotWebsocket,
    "this is the game's WebSocket; open / in a browser to play",
);
/// The headers of a handshake arrived but those that are for the next hop alone.
const NO_UPGRADE: Refusal = Refusal::new(
    StatusCode::UPGRADE_REQUIRED,
    RefusalReason::NoUpgrade,
    "the request for a WebSocket lacks its headers Upgrade: websocket and Connection: Upgrade; have \
     the proxy pass them on (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
     proxy_set_header Connection upgrade)",
);

/// A refusal of an invalid handshake; `text` says what is wrong.
fn bad_handshake(text: impl Into<Cow<'static, str>>) -> Refusal {
    let (status, reason) = (StatusCode::BAD_REQUEST, RefusalReason::BadHandshake);
    Refusal { status, reason, text: text.into() }
}

/// Answers `/ws` and `/ws/ROOM`, and starts a session once the connection is a WebSocket.
pub(crate) async fn upgrade<G: Game>(
    State(edge): State<Arc<Edge<G>>>,
    Extension(visitor): Extension<Visitor>,
    room: Option<Path<String>>,
    request: Request,
) -> Response {
    let room = room.map(|Path(room)| room).unwrap_or_default();
    match types(&request) {
        Some(agreed) => accept(edge, visitor, (request, room), agreed, terminal::play).await,
        None => accept(edge, visitor, (request, room), Some(SUBPROTOCOL), session::play).await,
    }
}

/// Whether a request is for JSON text, and if so, by which subprotocol: by none for tools with which a
/// header is hard to send.
fn types(request: &Request) -> Option<Option<&'static str>> {
    let lists = |name: &str| lists(request.headers(), SEC_WEBSOCKET_PROTOCOL, name, str::eq);
    let names_any = request.headers().contains_key(SEC_WEBSOCKET_PROTOCOL);
    if !lists(SUBPROTOCOL) && lists(TEXT_SUBPROTOCOL) {
        Some(Some(TEXT_SUBPROTOCOL))
    } else {
        (!names_any && request.uri().query() == Some(TEXT_QUERY)).then_some(None)
    }
}

/// Answers the request for a WebSocket with this subprotocol, and starts a session on it. The request
/// comes with the room that its path names.
pub(super) async fn accept<G: Game, S: Future<Output = ()> + Send + 'static>(
    edge: Arc<Edge<G>>,
    visitor: Visitor,
    (mut request, room): (Request, String),
    subprotocol: Option<&'static str>,
    session: impl FnOnce(Arc<Edge<G>>, Upgraded) -> S + Send + 'static,
) -> Response {
    let checked = if edge.stage() != Stage::Open {
        Err(ENDING)
    } else if let Some(ban) = edge.ban_of(visitor.address.ip, None) {
        Err(Refusal::banned(&ban))
    } else {
        check(&request, subprotocol, &edge.config.allowed_origins)
    };
    let accept_key = match checked {
        Ok(accept_key) => accept_key,
        Err(refusal) => return edge.answer(visitor.address, &refusal),
    };
    let permit = match edge.admission.admit(visitor.address.ip, Use::Game) {
        Ok(permit) => permit,
        Err(refusal) => {
            let refusal = edge.proxies.explain(refusal, visitor.address, request.headers());
            return edge.answer(visitor.address, &refusal);
        }
    };
    let upgrading = hyper::upgrade::on(&mut request);
    let connection = &visitor.connection;
    if connection.source.is_proxy {
        Span::current().record("address", display(visitor.address));
    }
    let peer = Peer { connection: connection.id, address: visitor.address };
    let playing = async move {
        let limit = edge.config.handshake_timeout;
        let Ok(Ok(upgraded)) = timeout(limit, upgrading).await else {
            debug!("the client left during the upgrade");
            return;
        };
        // Only the accept loop makes connections, and it makes them of this type.
        let Ok(parts) = upgraded.downcast::<TokioIo<HttpStream>>() else {
            return;
        };
        let Parts { io, read_buf: already_read, .. } = parts;
        let (stream, _) = io.into_inner().into_parts();
        // Moves from the threads that serve HTTP to those that read the game.
        let Ok(stream) = stream.into_bare() else { return };
        let game = edge.game.clone();
        let upgraded = Upgraded { stream, already_read, peer, room, permit };
        game.spawn(session(edge, upgraded).in_current_span());
    };
    tokio::spawn(playing.in_current_span());
    let headers = [
        (UPGRADE, "websocket"),
        (CONNECTION, "Upgrade"),
        (SEC_WEBSOCKET_ACCEPT, accept_key.as_str()),
    ];
    let agreed = subprotocol.map(|name| [(SEC_WEBSOCKET_PROTOCOL, name)]);
    (StatusCode::SWITCHING_PROTOCOLS, headers, agreed, ()).into_response()
}

/// The `Sec-WebSocket-Accept` for a valid request.
fn check(
    request: &Request,
    subprotocol: Option<&str>,
    allowed: &[Origin],
) -> Result<String, Refusal> {
    let headers = request.headers();
    let any_case = |listed: &str, word: &str| listed.eq_ignore_ascii_case(word);
    if !lists(headers, UPGRADE, "websocket", any_case)
        || !lists(headers, CONNECTION, "upgrade", any_case)
    {
        return Err(if headers.contains_key(SEC_WEBSOCKET_KEY) {
            NO_UPGRADE
        } else {
            NOT_WEBSOCKET
        });
    }
    check_request(request)?;
    if single(headers, &SEC_WEBSOCKET_VERSION)? != Some("13") {
        let text = "this server speaks only version 13 of the WebSocket protocol";
        return Err(Refusal::new(StatusCode::UPGRADE_REQUIRED, RefusalReason::BadHandshake, text));
    }
    let key = single(headers, &SEC_WEBSOCKET_KEY)?.filter(|key| is_key(key));
    let key = key.ok_or_else(|| bad_handshake("Sec-WebSocket-Key must be 16 bytes in base64"))?;
    origin::check(single(headers, &ORIGIN)?, host::of(request), allowed)?;
    let lacks = |name: &str| !lists(headers, SEC_WEBSOCKET_PROTOCOL, name, str::eq);
    if subprotocol.is_some_and(lacks) {
        let text = "this server speaks only the subprotocols drumbeat.v1 and, in JSON text, \
                    drumbeat.v1.json; request one, in lower case, with Sec-WebSocket-Protocol, use the \
                    client that belongs to this server, or type JSON at /ws?json";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, RefusalReason::Subprotocol, text));
    }
    Ok(derive_accept_key(key.as_bytes()))
}

/// Whether this request can turn a connection into a WebSocket, whatever its headers say.
fn check_request(request: &Request) -> Result<(), Refusal> {
    if request.version() != Version::HTTP_11 {
        let text = "the WebSocket handshake needs HTTP/1.1; make the proxy in front of the server speak \
                    it (nginx: proxy_http_version 1.1)";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, RefusalReason::HttpVersion, text));
    }
    if request.method() != Method::GET {
        let text = "request a WebSocket with GET";
        return Err(Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            RefusalReason::BadHandshake,
            text,
        ));
    }
    if request.body().size_hint().exact() != Some(0) {
        return Err(bad_handshake("the request for a WebSocket must have no body"));
    }
    Ok(())
}

/// The value of a header that may occur only once; one that is not text matches nothing.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(bad_handshake(format!("the header {name} must come once"))),
        (value, None) => Ok(value.map(|value| value.to_str().unwrap_or(""))),
    }
}

/// Whether a header that is a list contains this word.
fn lists(
    headers: &HeaderMap,
    name: HeaderName,
    word: &str,
    is: impl Fn(&str, &str) -> bool,
) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|listed| is(listed.trim(), word))
}

/// Whether this is the base64 of 16 bytes.
fn is_key(key: &str) -> bool {
    key.len() == 24
        && key.ends_with("==")
        && key[..22]
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 6] = [
        ("host", "127.0.0.1:7777"),
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "WebSocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-protocol", "chat, drumbeat.v1"),
    ];

    /// A valid request.
    fn good() -> Request {
        let mut request = Request::default();
        for (name, value) in GOOD {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        request
    }

    /// The valid request with one header changed (left out if empty).
    fn check_with(name: &'static str, value: &str) -> Result<String, Refusal> {
        let mut request = good();
        request.headers_mut().remove(name);
        if !value.is_empty() {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        check(&request, Some(SUBPROTOCOL), &[])
    }

    #[track_caller]
    fn assert_refused(checked: Result<String, Refusal>, status: u16, part: &str) {
        let refusal = checked.unwrap_err();
        assert_eq!(refusal.status.as_u16(), status, "{}", refusal.text);
        assert!(refusal.text.contains(part), "{part} in {}", refusal.text);
    }

    #[test]
    fn the_example_of_the_standard_is_accepted() {
        let accept = check_with("origin", "http://127.0.0.1:7777").unwrap();
        assert_eq!(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_eq!(check_with("origin", "").unwrap(), accept);
        assert_eq!(check_with("sec-websocket-protocol", "chat ,\tdrumbeat.v1 , x"), Ok(accept));
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let check = |name, value, status, part| {
            assert_refused(check_with(name, value), status, part);
        };
        check("upgrade", "", 426, "proxy_set_header Upgrade $http_upgrade");
        check("upgrade", "websocket2", 426, "proxy_set_header Upgrade");
        check("connection", "keep-alive", 426, "proxy_set_header Connection upgrade");
        check("sec-websocket-version", "", 426, "version 13");
        check("sec-websocket-version", "8", 426, "version 13");
        check("sec-websocket-version", "13, 8", 426, "version 13");
        check("sec-websocket-key", "", 400, "Sec-WebSocket-Key");
        check("sec-websocket-key", "short", 400, "Sec-WebSocket-Key");
        check("sec-websocket-key", "dGhlIHNhbXBsZSBub25j ZQ==", 400, "Sec-WebSocket-Key");
        check("origin", "https://elsewhere.example", 403, "--allow-origin");
        check("origin", "http://somebody@127.0.0.1:7777", 403, "not the origin of a page");
        check("sec-websocket-protocol", "", 400, "drumbeat.v1");
        check("sec-websocket-protocol", "drumbeat.v2", 400, "drumbeat.v1");
        check("sec-websocket-protocol", "Drumbeat.V1", 400, "in lower case");
    }

    #[test]
    fn who_asks_for_a_page_is_shown_the_way() {
        assert_refused(
            check(&Request::default(), Some(SUBPROTOCOL), &[]),
            426,
            "open / in a browser",
        );
    }

    #[test]
    fn what_comes_once_must_not_come_twice() {
        for (name, value) in [
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="),
            ("origin", "http://127.0.0.1:7777"),
        ] {
            let mut request = good();
            request.headers_mut().insert("origin", "http://127.0.0.1:7777".parse().unwrap());
            request.headers_mut().append(name, value.parse().unwrap());
            assert_refused(check(&request, Some(SUBPROTOCOL), &[]), 400, name);
        }
    }

    #[test]
    fn a_request_that_cannot_become_a_websocket_is_refused() {
        let check = |change: &dyn Fn(&mut Request), status, part| {
            let mut request = good();
            change(&mut request);
            assert_refused(check(&request, Some(SUBPROTOCOL), &[]), status, part);
        };
        check(&|request| *request.version_mut() = Version::HTTP_10, 400, "proxy_http_version 1.1");
        check(&|request| *request.method_mut() = Method::HEAD, 405, "GET");
        check(&|request| *request.body_mut() = "hello".into(), 400, "no body");
    }
}
