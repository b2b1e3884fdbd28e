//! The WebSocket handshake (RFC 6455, section 4.2) for `drumbeat.v1`. What does not fit gets a
//! readable answer.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::{
    CONNECTION, HOST, ORIGIN, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::SUBPROTOCOL;
use hyper::upgrade::Parts;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tracing::{Instrument, debug};

use super::accept::Connection;
use super::admission::Use;
use super::http_stream::HttpStream;
use super::{Edge, Stage, origin, session};
use crate::config::Origin;
use crate::engine::incident::Peer;

/// A request that becomes no game connection.
#[derive(Debug, PartialEq, Eq)]
struct Refusal {
    status: StatusCode,
    /// For the counter.
    reason: &'static str,
    text: &'static str,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let text = format!("{}\n", self.text);
        if self.status == StatusCode::UPGRADE_REQUIRED {
            let headers = [(UPGRADE, "websocket"), (SEC_WEBSOCKET_VERSION, "13")];
            return (self.status, headers, text).into_response();
        }
        (self.status, text).into_response()
    }
}

/// Answers `/ws`, and has the connection played once it is a WebSocket.
pub(crate) async fn upgrade<G: Game>(
    State(edge): State<Arc<Edge<G>>>,
    Extension(connection): Extension<Arc<Connection>>,
    mut request: Request,
) -> Response {
    let checked = if edge.stage() == Stage::Open {
        check(request.headers(), &edge.config.allowed_origins)
    } else {
        Err(Refusal {
            status: StatusCode::SERVICE_UNAVAILABLE,
            reason: "draining",
            text: "the server is shutting down; reconnect in a moment",
        })
    };
    let accept_key = match checked {
        Ok(accept_key) => accept_key,
        Err(refusal) => {
            edge.refused(refusal.reason, connection.peer);
            return refusal.into_response();
        }
    };
    let permit = match edge.admission.admit(connection.peer.ip(), Use::Game) {
        Ok(permit) => permit,
        Err(refusal) => {
            edge.refused(refusal.label(), connection.peer);
            return (&refusal).into_response();
        }
    };
    let upgrading = hyper::upgrade::on(&mut request);
    let peer = Peer { connection: connection.id, address: connection.peer };
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
        let Parts { io, read_buf, .. } = parts;
        let (stream, _) = io.into_inner().into_parts();
        // From the threads that serve HTTP to those that read the game.
        let Ok(stream) = stream.into_std() else { return };
        let game = edge.game.clone();
        let playing = async move {
            match TcpStream::from_std(stream) {
                Ok(stream) => session::play(edge, stream, read_buf, peer, permit).await,
                Err(error) => debug!(%error, "the socket was gone at once"),
            }
        };
        game.spawn(playing.in_current_span());
    };
    tokio::spawn(playing.in_current_span());
    let headers = [
        (UPGRADE, "websocket"),
        (CONNECTION, "Upgrade"),
        (SEC_WEBSOCKET_ACCEPT, accept_key.as_str()),
        (SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

/// The `Sec-WebSocket-Accept` for a request that is as it should be.
fn check(headers: &HeaderMap, allowed: &[Origin]) -> Result<String, Refusal> {
    let refuse = |status, reason, text| Err(Refusal { status, reason, text });
    if !lists(headers, UPGRADE, "websocket") || !lists(headers, CONNECTION, "upgrade") {
        let text = "this is the game's WebSocket; open / in a browser to play";
        return refuse(StatusCode::UPGRADE_REQUIRED, "not_websocket", text);
    }
    if text(headers, SEC_WEBSOCKET_VERSION) != Some("13") {
        let text = "only version 13 of the WebSocket protocol is spoken here";
        return refuse(StatusCode::UPGRADE_REQUIRED, "not_websocket", text);
    }
    let key = text(headers, SEC_WEBSOCKET_KEY).filter(|key| is_key(key));
    let Some(key) = key else {
        let text = "Sec-WebSocket-Key must be 16 bytes in base64";
        return refuse(StatusCode::BAD_REQUEST, "not_websocket", text);
    };
    // A value that is no text is not one that a browser would send: it matches nothing.
    let origin = headers.get(ORIGIN).map(|value| value.to_str().unwrap_or(""));
    if !origin::is_allowed(origin, text(headers, HOST), allowed) {
        let text = "pages of this origin may not connect; the server allows them with \
                    --allow-origin";
        return refuse(StatusCode::FORBIDDEN, "origin", text);
    }
    if !lists(headers, SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        let text = "only the subprotocol drumbeat.v1 is spoken here; ask for it with \
                    Sec-WebSocket-Protocol, or use the client that belongs to this server";
        return refuse(StatusCode::BAD_REQUEST, "subprotocol", text);
    }
    Ok(derive_accept_key(key.as_bytes()))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Whether a header that is a list holds this word, in any case.
fn lists(headers: &HeaderMap, name: HeaderName, word: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|listed| listed.trim().eq_ignore_ascii_case(word))
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

    /// The good request with one header changed (left out if empty).
    fn check_with(name: &'static str, value: &str) -> Result<String, Refusal> {
        let mut headers: HeaderMap = GOOD
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        headers.remove(name);
        if !value.is_empty() {
            headers.insert(name, value.parse().unwrap());
        }
        check(&headers, &[])
    }

    #[test]
    fn the_example_of_the_standard_is_accepted() {
        let accept = check_with("origin", "http://127.0.0.1:7777").unwrap();
        assert_eq!(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_eq!(check_with("origin", "").unwrap(), accept);
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let check = |name, value, status: u16, part: &str| {
            let refusal = check_with(name, value).unwrap_err();
            assert_eq!(refusal.status.as_u16(), status, "{name}: {value}");
            assert!(refusal.text.contains(part), "{part} in {}", refusal.text);
        };
        check("upgrade", "", 426, "open / in a browser");
        check("connection", "keep-alive", 426, "open / in a browser");
        check("sec-websocket-version", "8", 426, "version 13");
        check("sec-websocket-key", "", 400, "Sec-WebSocket-Key");
        check("sec-websocket-key", "short", 400, "Sec-WebSocket-Key");
        check("sec-websocket-key", "dGhlIHNhbXBsZSBub25j ZQ==", 400, "Sec-WebSocket-Key");
        check("origin", "https://elsewhere.example", 403, "--allow-origin");
        check("sec-websocket-protocol", "", 400, "drumbeat.v1");
        check("sec-websocket-protocol", "drumbeat.v2", 400, "drumbeat.v1");
    }
}
