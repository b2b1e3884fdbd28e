//! What becomes of an accepted connection: it is admitted or refused, and serves HTTP/1.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use bytes::Bytes;
use drumbeat_shared::game::Game;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::{Instrument, debug, field, info_span};

use super::admission::Use;
use super::connection::Connection;
use super::edge::{Edge, Stage};
use super::http_stream::HttpStream;
use super::proxies::{Source, announcement};
use super::refusal::Refusal;
use super::socket::drain;
use super::{fault, http};
use crate::telemetry::reasons::RefusalReason;

/// Limit of a request's head, bytes: it includes cookies of other programs on the same host.
const HEAD_BYTES_MAX: usize = 96 << 10;
/// Limit of fields in a request's head.
const HEAD_FIELDS_MAX: usize = 256;
/// How long a connection's last response may take once the server closes.
const HTTP_GRACE: Duration = Duration::from_secs(3);
/// How long sending a refusal may take.
const REFUSAL_LIMIT: Duration = Duration::from_secs(2);
/// How long a connection over the caps may take to send its head: others are waiting to be refused.
const REFUSED_HEAD_LIMIT: Duration = Duration::from_millis(500);

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
        let connection = Arc::new(Connection { id, source, permit });
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
                    let answer = refusal.to_http(acceptor.edge.page_headers.lines());
                    let sending = send_refusal(arrival.stream, &refusal, &answer);
                    let _ = timeout(REFUSAL_LIMIT, sending).await;
                }
            }
        });
    }
}

/// Serves HTTP on one connection until it ends, is upgraded, or the server closes.
async fn serve<G: Game>(
    edge: Arc<Edge<G>>,
    router: Router,
    (stream, already_read): (TcpStream, Bytes),
    connection: Arc<Connection>,
) {
    let address = connection.source.address;
    let heads = Arc::new(AtomicUsize::new(0));
    let head_limit = match connection.permit {
        Ok(_) => edge.config.handshake_timeout,
        Err(_) => edge.config.handshake_timeout.min(REFUSED_HEAD_LIMIT),
    };
    let stream = HttpStream::new(stream, already_read, head_limit, Arc::clone(&heads));
    let Ok(stream) = stream.inspect_err(|error| debug!(%error, "the socket was gone at once"))
    else {
        return;
    };
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        heads.fetch_add(1, Relaxed);
        request.extensions_mut().insert(Arc::clone(&connection));
        router.call(request)
    });
    let mut serving = http1::Builder::new()
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEAD_FIELDS_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut stage = edge.stage.clone();
    let served = tokio::select! {
        served = &mut serving => Some(served),
        _ = stage.wait_for(|stage| *stage == Stage::Closed) => None,
    };
    let Some(served) = served else {
        Pin::new(&mut serving).graceful_shutdown();
        let _ = timeout(HTTP_GRACE, serving).await;
        return;
    };
    let Some(parts) = serving.into_parts() else { return };
    let (stream, fault) = parts.io.into_inner().into_parts();
    // The library sends no answer at all to a client that begins with HTTP/2.
    let unread = || served.is_err_and(|error| error.is_parse());
    let refusal = fault.or_else(|| unread().then(|| fault::of_head(&parts.read_buf)));
    if let Some(refusal) = refusal {
        edge.refuse(address, &refusal);
        let answer = refusal.to_http(edge.page_headers.lines());
        let _ = timeout(REFUSAL_LIMIT, send_refusal(stream, &refusal, &answer)).await;
    }
}

/// Sends a visitor what is wrong with its request.
async fn send_refusal(mut stream: TcpStream, refusal: &Refusal, answer: &str) -> io::Result<()> {
    if refusal.reason == RefusalReason::SlowReader {
        // Discards with the socket what the visitor has not taken, so that it does not wait in the
        // kernel.
        return SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    }
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    drain(&mut stream).await
}
