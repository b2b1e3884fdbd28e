//! Serves HTTP/1 on an admitted connection, encrypted if the server has a certificate.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
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
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::debug;

use super::connection::Connection;
use super::edge::{Edge, Stage};
use super::exchange::Exchange;
use super::fault;
use super::handshake::{Failed, encrypt};
use super::http_stream::{HttpStream, IDLE, Waits};
use super::refusal::Refusal;
use super::socket::drain;
use super::stream::Stream;
use crate::telemetry::reasons::RefusalReason;

/// Limit of a request's head, bytes: it includes cookies of other programs on the same host.
const HEAD_BYTES_MAX: usize = 96 << 10;
/// Limit of fields in a request's head.
const HEAD_FIELDS_MAX: usize = 256;
/// How long a connection's last response may take once the server closes.
const HTTP_GRACE: Duration = Duration::from_secs(3);
/// How long sending a refusal may take.
pub(crate) const REFUSAL_LIMIT: Duration = Duration::from_secs(2);
/// How long a connection over the caps may take to send its head: others are waiting to be refused.
pub(crate) const REFUSED_HEAD_LIMIT: Duration = Duration::from_millis(500);

/// Serves one connection until it ends, is upgraded, or the server closes.
pub(crate) async fn serve<G: Game>(
    edge: Arc<Edge<G>>,
    router: Router,
    (tcp, already_read): (TcpStream, Bytes),
    connection: Arc<Connection>,
) {
    let Some(tls) = edge.tls.clone() else {
        let plain = (Stream::Plain(tcp), already_read);
        return serve_http(edge, router, plain, connection).await;
    };
    let mut stage = edge.stage.clone();
    let encrypted = tokio::select! {
        encrypted = encrypt(&tls, tcp, already_read, head_limit(&edge, &connection)) => encrypted,
        _ = stage.wait_for(|stage| *stage == Stage::Closed) => return,
    };
    match encrypted {
        Ok(stream) => serve_http(edge, router, (stream, Bytes::new()), connection).await,
        Err(Failed::Plain(tcp, already_read)) => {
            let Connection { id, source, .. } = *connection;
            let refused =
                Connection { id, source, is_tls: false, permit: Err(fault::TLS_EXPECTED) };
            let plain = (Stream::Plain(tcp), already_read);
            serve_http(edge, router, plain, Arc::new(refused)).await;
            // It counts until then.
            drop(connection);
        }
        Err(Failed::Refused(refusal)) => edge.refuse(connection.source.address, &refusal),
        Err(Failed::Gone) => debug!("the client left before the end of the TLS handshake"),
    }
}

/// How long a client may take to begin.
fn head_limit<G: Game>(edge: &Edge<G>, connection: &Connection) -> Duration {
    match connection.permit {
        Ok(_) => edge.config.handshake_timeout,
        Err(_) => edge.config.handshake_timeout.min(REFUSED_HEAD_LIMIT),
    }
}

/// Serves HTTP on one connection until it ends, is upgraded, or the server closes.
async fn serve_http<G: Game>(
    edge: Arc<Edge<G>>,
    router: Router,
    (stream, already_read): (Stream, Bytes),
    connection: Arc<Connection>,
) {
    let is_tls = connection.is_tls;
    let speaks_plain = connection.permit.as_ref().err() == Some(&fault::TLS_EXPECTED);
    let address = connection.source.address;
    let waits = Waits { head: head_limit(&edge, &connection), idle: IDLE };
    let arrived = (stream, already_read, waits);
    let answer = answering(router, connection);
    let Some((stream, refusal)) = converse(arrived, answer, edge.stage.clone(), HTTP_GRACE).await
    else {
        return;
    };
    let refusal = if speaks_plain { fault::without_tls(refusal) } else { refusal };
    edge.refuse(address, &refusal);
    let answer = refusal.to_http(&edge.page_headers.lines(is_tls));
    let _ = timeout(REFUSAL_LIMIT, send_refusal(stream, &refusal, &answer)).await;
}

/// Answers requests by this router, whose handlers find `known` among a request's extensions.
pub(crate) fn answering<K: Clone + Send + Sync + 'static>(
    router: Router,
    known: K,
) -> impl Fn(Request<Incoming>) -> Answering {
    let router = TowerToHyperService::new(router);
    move |mut request| {
        request.extensions_mut().insert(known.clone());
        router.call(request)
    }
}

/// An answer in the making.
type Answering = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

/// Serves HTTP until the connection ends, is upgraded, or the server closes; the last answer may then take
/// `grace`. Returns the connection and the reason if a request does not reach a handler: the client is still
/// to be told.
///
/// A client may end its half once it has asked: it gets its answers.
pub(crate) async fn converse(
    (stream, already_read, waits): (Stream, Bytes, Waits),
    answer: impl Fn(Request<Incoming>) -> Answering,
    mut stage: watch::Receiver<Stage>,
    grace: Duration,
) -> Option<(Stream, Refusal)> {
    let exchange = Arc::<Exchange>::default();
    let stream = HttpStream::new(stream, already_read, waits, Arc::clone(&exchange));
    let stream = stream.inspect_err(|error| debug!(%error, "the socket was gone at once")).ok()?;
    let service = service_fn(|mut request| {
        exchange.note_head();
        request.extensions_mut().insert(Arc::clone(&exchange));
        answer(request)
    });
    let mut serving = http1::Builder::new()
        // Nobody notices then that a client has left until its answer is due. Handlers that wait
        // for long have the socket attended.
        .half_close(true)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEAD_FIELDS_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let served = tokio::select! {
        served = &mut serving => Some(served),
        _ = stage.wait_for(|stage| *stage == Stage::Closed) => None,
    };
    let Some(served) = served else {
        Pin::new(&mut serving).graceful_shutdown();
        let _ = timeout(grace, serving).await;
        return None;
    };
    let parts = serving.into_parts()?;
    let (stream, fault) = parts.io.into_inner().into_parts();
    // The library sends no answer at all to a client that begins with HTTP/2.
    let unread = || served.is_err_and(|error| error.is_parse());
    let refusal = fault.or_else(|| unread().then(|| fault::of_head(&parts.read_buf)))?;
    Some((stream, refusal))
}

/// Sends a visitor what is wrong with its request.
pub(crate) async fn send_refusal(
    mut stream: Stream,
    refusal: &Refusal,
    answer: &str,
) -> io::Result<()> {
    if refusal.reason == RefusalReason::SlowReader {
        // Discards with the socket what the visitor has not taken, so that it does not wait in the
        // kernel.
        return SockRef::from(stream.tcp()).set_linger(Some(Duration::ZERO));
    }
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    drain(&mut stream).await
}
