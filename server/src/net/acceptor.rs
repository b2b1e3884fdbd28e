//! What becomes of an accepted connection: it is admitted or refused.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use bytes::Bytes;
use drumbeat_shared::game::Game;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::{Instrument, field, info_span};

use super::admission::Use;
use super::connection::Connection;
use super::edge::{Edge, Stage};
use super::http;
use super::proxies::{Source, announcement};
use super::serve::{REFUSAL_LIMIT, REFUSED_HEAD_LIMIT, send_refusal, serve};
use super::stream::Stream;

/// A connection that has not been admitted yet.
pub(crate) struct Arrival {
    /// Unique within the process.
    pub(crate) id: u64,
    /// Where it comes from, as far as is known.
    pub(crate) source: Source,
    pub(crate) stream: TcpStream,
    /// What has been read behind the header of the PROXY protocol.
    pub(crate) already_read: Bytes,
}

/// What admits connections.
pub(crate) struct Acceptor<G: Game> {
    edge: Arc<Edge<G>>,
    router: Router,
    /// Turns of connections over the caps.
    refusals: Arc<Semaphore>,
}

impl<G: Game> Acceptor<G> {
    pub(crate) fn new(edge: Arc<Edge<G>>) -> Self {
        let router = http::router(Arc::clone(&edge));
        let refusals = Arc::new(Semaphore::new(edge.config.spare_connections));
        Self { edge, router, refusals }
    }

    /// Admits a connection, then serves it.
    pub(crate) fn admit(&self, arrival: Arrival) {
        let Arrival { id, source, stream, already_read } = arrival;
        let usage = if source.is_proxy { Use::Proxied } else { Use::Http };
        let permit = self.edge.admission.admit(source.address.ip, usage);
        let refused = permit.as_ref().err().cloned();
        let (address, room) = (field::Empty, field::Empty);
        let span = info_span!("connection", connection = id, address, room);
        // Of a proxy's connection, only what plays on it says where it comes from.
        if !source.is_proxy {
            span.record("address", field::display(source.address));
        }
        let connection =
            Arc::new(Connection { id, source, is_tls: self.edge.tls.is_some(), permit });
        let serving =
            serve(Arc::clone(&self.edge), self.router.clone(), (stream, already_read), connection);
        let Some(refusal) = refused else {
            tokio::spawn(serving.instrument(span));
            return;
        };
        // Answers a health check, and refuses anything else with the reason.
        match Arc::clone(&self.refusals).try_acquire_owned() {
            Ok(turn) => drop(tokio::spawn(async move {
                let _ = timeout(REFUSAL_LIMIT, serving.instrument(span)).await;
                drop(turn);
            })),
            Err(_) => self.edge.refuse(source.address, &refusal),
        }
    }

    /// Reads the header with which a trusted proxy begins its connection, then admits that.
    pub(crate) fn wait_for_header(self: &Arc<Self>, mut arrival: Arrival, peer: SocketAddr) {
        // It counts while it waits.
        let permit = self.edge.admission.admit(peer.ip(), Use::Proxied);
        let turn = Arc::clone(&self.refusals).try_acquire_owned();
        let limit = match (&permit, &turn) {
            (Ok(_), _) => self.edge.config.handshake_timeout,
            (Err(_), Ok(_)) => self.edge.config.handshake_timeout.min(REFUSED_HEAD_LIMIT),
            (Err(refusal), Err(_)) => return self.edge.refuse(peer.into(), refusal),
        };
        let turn = if permit.is_ok() { None } else { turn.ok() };
        let acceptor = Arc::clone(self);
        let mut stage = self.edge.stage.clone();
        tokio::spawn(async move {
            let announced = tokio::select! {
                announced = announcement(&mut arrival.stream, limit) => announced,
                _ = stage.wait_for(|stage| *stage == Stage::Closed) => return,
            };
            match announced {
                Ok((sender, already_read)) => {
                    let source = acceptor.edge.proxies.announced(peer, sender);
                    drop((permit, turn));
                    acceptor.admit(Arrival { source, already_read, ..arrival });
                }
                Err(refusal) => {
                    let Some(refusal) = refusal else { return };
                    acceptor.edge.refuse(peer.into(), &refusal);
                    let answer = refusal.to_http(&acceptor.edge.page_headers.lines(false));
                    let sending = send_refusal(Stream::Plain(arrival.stream), &refusal, &answer);
                    let _ = timeout(REFUSAL_LIMIT, sending).await;
                }
            }
        });
    }
}
