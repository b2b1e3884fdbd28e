//! Why connections are turned away, as the metrics count it.

use drumbeat_shared::protocol::close::CloseCode;

use crate::labels::{Label, labels};

labels! {
    /// Why a request gets no answer but this, or a connection ends before it is a game's.
    pub enum RefusalReason {
        /// The server has as many connections as it takes.
        ConnectionsFull = "connections_full",
        /// The visitor's address has as many as it may.
        AddressFull = "address_full",
        /// The head is not HTTP/1.
        NotHttp = "not_http",
        /// The first bytes are those of TLS.
        Tls = "tls",
        /// The first bytes are those of the PROXY protocol.
        ProxyProtocol = "proxy_protocol",
        /// The first bytes are those of HTTP/2.
        Http2 = "http2",
        /// The head has too many bytes or lines.
        HeadTooLong = "head_too_long",
        /// The address in the head is too long.
        AddressTooLong = "address_too_long",
        /// The head did not come in time.
        SlowRequest = "slow_request",
        /// The answer was not taken in time.
        SlowReader = "slow_reader",
        /// The head does not say clearly which host it is for.
        BadHost = "bad_host",
        /// The server lets nobody in any more.
        Draining = "draining",
        /// A WebSocket was asked for in another version of HTTP.
        HttpVersion = "http_version",
        /// The way to the game was asked for without a WebSocket.
        NotWebsocket = "not_websocket",
        /// The WebSocket handshake is against the standard.
        BadHandshake = "bad_handshake",
        /// A page of another origin may not connect.
        Origin = "origin",
        /// Another subprotocol was asked for.
        Subprotocol = "subprotocol",
    }
}

/// Why a visitor has no place in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Its request, or its connection, was not one to play with.
    Http(RefusalReason),
    /// Its game connection was closed.
    Closed(CloseCode),
    /// It went without a word.
    Gone,
}

impl Label for Refused {
    fn all() -> impl Iterator<Item = Self> {
        let closed = CloseCode::all().map(Self::Closed);
        RefusalReason::all().map(Self::Http).chain(closed).chain([Self::Gone])
    }

    fn label(self) -> &'static str {
        match self {
            Self::Http(reason) => reason.label(),
            Self::Closed(close) => close.label(),
            Self::Gone => "gone",
        }
    }
}
