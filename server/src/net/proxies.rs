//! Where connections and requests come from, by what trusted proxies say, and nobody else.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, StatusCode};
use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::fault;
use super::forwarded::{Misleading, Node, origin_of_request};
use super::patience::within;
use super::proxy_header::{Announced, HEADER_BYTES_MAX, Sender, read};
use super::refusal::Refusal;
use crate::address::Address;
use crate::config::{Config, Network};
use crate::telemetry::reasons::RefusalReason;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED: HeaderName = HeaderName::from_static("forwarded");

/// A trusted proxy passes on headers that don't tell where the request comes from.
const MALFORMED: Refusal = Refusal::new(
    StatusCode::BAD_REQUEST,
    RefusalReason::BadForwarded,
    "the X-Forwarded-For or Forwarded header is not valid; a proxy must append the client's address \
     to it (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for)",
);
/// The two headers of a trusted proxy differ.
const CONTRADICTION: Refusal = Refusal::new(
    StatusCode::BAD_REQUEST,
    RefusalReason::BadForwarded,
    "the headers X-Forwarded-For and Forwarded name different clients; have the proxy remove the one \
     that it does not write itself (nginx: proxy_set_header Forwarded \"\")",
);
/// Too many players from a trusted proxy that names no client.
const NAMES_NOBODY: Refusal = Refusal::new(
    StatusCode::TOO_MANY_REQUESTS,
    RefusalReason::ClientUnnamed,
    "too many connections of clients that the proxy does not name; have it send their addresses \
     (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; HAProxy: option \
     forwardfor)",
);
/// Too many players from an address that looks like a proxy's.
const NOT_TRUSTED: Refusal = Refusal::new(
    StatusCode::TOO_MANY_REQUESTS,
    RefusalReason::ProxyNotTrusted,
    "too many connections from your address; if it is that of your proxy, name it with \
     --trusted-proxies when you start the server",
);

/// The proxies that are believed.
#[derive(Debug)]
pub(crate) struct Proxies {
    trusted: Vec<Network>,
    /// Whether each of their connections begins with a header of the PROXY protocol.
    announce: bool,
}

/// Where a connection comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) address: Address,
    /// Whether it is a trusted proxy's, which says with each request where that comes from.
    pub(crate) is_proxy: bool,
}

impl Proxies {
    pub(crate) fn new<S>(config: &Config<S>) -> Self {
        Self { trusted: config.trusted_proxies.clone(), announce: config.proxy_protocol }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(address))
    }

    /// Whether a connection of this peer begins with a header of the PROXY protocol.
    pub(crate) fn announces(&self, peer: SocketAddr) -> bool {
        self.announce && self.trusts(peer.ip())
    }

    /// The source of a connection of this peer.
    pub(crate) fn source(&self, peer: SocketAddr) -> Source {
        Source { address: peer.into(), is_proxy: self.trusts(peer.ip()) }
    }

    /// The source of a connection that this peer announced.
    pub(crate) fn announced(&self, peer: SocketAddr, sender: Sender) -> Source {
        match sender {
            Sender::Client(address) => self.source(address),
            Sender::Proxy => self.source(peer),
            // Its requests are a client's, so what they say is not the proxy's word.
            Sender::Unnamed => Source { address: peer.into(), is_proxy: false },
        }
    }

    /// Where a request comes from.
    ///
    /// # Errors
    /// When a trusted proxy does not say that clearly; with what to do.
    pub(crate) fn client(&self, source: Source, headers: &HeaderMap) -> Result<Address, Refusal> {
        if !source.is_proxy {
            return Ok(source.address);
        }
        let lines = |name| -> Vec<&[u8]> {
            headers.get_all(name).iter().map(axum::http::HeaderValue::as_bytes).collect()
        };
        let (plain, named) = (lines(X_FORWARDED_FOR), lines(FORWARDED));
        match origin_of_request(&plain, &named, |address| self.trusts(address)) {
            Ok(Some(Node::At(address, port))) => Ok(Address::new(address, port)),
            Ok(Some(Node::Unknown) | None) => Ok(source.address),
            Err(Misleading::Malformed) => Err(MALFORMED),
            Err(Misleading::Contradiction) => Err(CONTRADICTION),
        }
    }

    /// The refusal of a player over the cap of its address, with the cure if it seems to be the
    /// address of a proxy.
    pub(crate) fn explain(
        &self,
        refusal: Refusal,
        client: Address,
        headers: &HeaderMap,
    ) -> Refusal {
        let names = |name| headers.contains_key(name);
        if refusal.reason != RefusalReason::AddressFull {
            refusal
        } else if self.trusts(client.ip) {
            NAMES_NOBODY
        } else if self.trusted.is_empty() && (names(X_FORWARDED_FOR) || names(FORWARDED)) {
            NOT_TRUSTED
        } else {
            refusal
        }
    }
}

/// Reads the header with which a proxy begins a connection. Also returns what arrived behind it.
///
/// # Errors
/// What to answer, or nothing if the proxy has left, or sent nothing within the limit.
pub(crate) async fn announcement(
    stream: &mut (impl AsyncRead + Unpin),
    limit: Duration,
) -> Result<(Sender, Bytes), Option<Refusal>> {
    let mut bytes = BytesMut::with_capacity(256);
    let reading = async {
        loop {
            match stream.read_buf(&mut bytes).await {
                Ok(0) | Err(_) => return Err(None),
                Ok(_) => {}
            }
            match read(&bytes) {
                Announced::Complete(sender, length) => return Ok((sender, length)),
                Announced::Missing => return Err(Some(fault::PROXY_HEADER_MISSING)),
                Announced::Malformed => return Err(Some(fault::BAD_PROXY_HEADER)),
                Announced::Incomplete => bytes.reserve(HEADER_BYTES_MAX),
            }
        }
    };
    match within(limit, reading).await {
        Some(Ok((sender, length))) => Ok((sender, bytes.split_off(length).freeze())),
        Some(Err(refusal)) => Err(refusal),
        None if bytes.is_empty() => Err(None),
        None => Err(Some(fault::SLOW_REQUEST)),
    }
}

#[cfg(test)]
mod tests;
