//! Why connections are refused and rooms end, as metrics and log name it.

use drumbeat_shared::protocol::close::CloseCode;

use crate::labels::{Label, labels};

labels! {
    /// Why a request is refused, or a connection ends before it is a game connection.
    pub enum RefusalReason {
        /// The server has as many connections as it may have.
        ConnectionsFull = "connections_full",
        /// The visitor's address has as many connections as it may have.
        AddressFull = "address_full",
        /// As many wait for news as may.
        WatchersFull = "watchers_full",
        /// As many from the visitor's address wait for news as may.
        AddressWatches = "address_watches",
        /// The head is not HTTP/1.
        NotHttp = "not_http",
        /// The first bytes are those of TLS, which the port does not speak.
        Tls = "tls",
        /// The first bytes are not those of TLS, which the port speaks.
        TlsExpected = "tls_expected",
        /// The TLS handshake did not succeed.
        TlsFailed = "tls_failed",
        /// The TLS handshake did not end in time.
        TlsSlow = "tls_slow",
        /// The first bytes are those of the PROXY protocol, which is not expected there.
        ProxyProtocol = "proxy_protocol",
        /// A trusted proxy did not begin with a header of the PROXY protocol.
        ProxyHeaderMissing = "proxy_header_missing",
        /// The header of the PROXY protocol is not valid.
        BadProxyHeader = "bad_proxy_header",
        /// A trusted proxy passed on headers that do not tell where the request comes from.
        BadForwarded = "bad_forwarded",
        /// As many players as may come from a trusted proxy without being named.
        ClientUnnamed = "client_unnamed",
        /// The address has as many connections as it may have, and seems to be that of a proxy.
        ProxyNotTrusted = "proxy_not_trusted",
        /// The first bytes are those of HTTP/2.
        Http2 = "http2",
        /// The head has too many bytes or lines.
        HeadTooLong = "head_too_long",
        /// The address in the head is too long.
        AddressTooLong = "address_too_long",
        /// The head did not arrive in time.
        SlowRequest = "slow_request",
        /// The answer was not taken in time.
        SlowReader = "slow_reader",
        /// The head does not clearly say which host it is for.
        BadHost = "bad_host",
        /// The request is for a host that the settings do not list.
        OtherHost = "other_host",
        /// The host lacks the port that the page's origin has.
        PortlessHost = "portless_host",
        /// The visitor comes from where somebody is banned.
        Banned = "address_banned",
        /// The server lets nobody in any more.
        Draining = "draining",
        /// A WebSocket was requested in another version of HTTP.
        HttpVersion = "http_version",
        /// The game's path was requested without a WebSocket.
        NotWebsocket = "not_websocket",
        /// A WebSocket was requested without the header that asks for it: a proxy removed it.
        NoUpgrade = "no_upgrade",
        /// The WebSocket handshake violates the standard.
        BadHandshake = "bad_handshake",
        /// A page of another origin may not connect.
        Origin = "origin",
        /// Another subprotocol was requested.
        Subprotocol = "subprotocol",
        /// The client left without a close frame.
        Gone = "gone",
    }
}

labels! {
    /// Why a room ends without a close reason of its own.
    pub enum RoomEnd {
        /// Nobody had been in it for a while.
        Empty = "empty",
    }
}

/// Why a visitor has no seat in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Its request was refused, or its connection ended before it could play.
    Http(RefusalReason),
    /// Its game connection was closed.
    Closed(CloseCode),
}

impl Label for Refused {
    fn all() -> impl Iterator<Item = Self> {
        RefusalReason::all().map(Self::Http).chain(CloseCode::all().map(Self::Closed))
    }

    fn label(self) -> &'static str {
        match self {
            Self::Http(reason) => reason.label(),
            Self::Closed(close) => close.label(),
        }
    }
}
