//! The listener, the accept loop, and one HTTP/1 connection.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use drumbeat_shared::game::Game;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tracing::{Instrument, debug, field, info_span, warn};

use super::admission::Use;
use super::connection::Connection;
use super::edge::{Edge, Stage};
use super::http_stream::HttpStream;
use super::refusal::Refusal;
use super::socket::drain;
use super::{fault, http};
use crate::clock::now_us;
use crate::telemetry::notices::Budget;
use crate::telemetry::reasons::RefusalReason;

/// Connections that the kernel holds until they are accepted. A whole room that reconnects at once
/// must fit (the system's own cap may be lower).
const BACKLOG: i32 = 4_096;
/// Limit of a request's head, bytes: it includes cookies of other programs on the same host.
const HEAD_BYTES_MAX: usize = 96 << 10;
/// Limit of fields in a request's head.
const HEAD_FIELDS_MAX: usize = 256;
/// How long a connection's last response may take once the server closes.
const HTTP_GRACE: Duration = Duration::from_secs(3);
/// How long sending a refusal may take.
const REFUSAL_LIMIT: Duration = Duration::from_secs(2);
/// Kinds of failed accepts that say nothing about this machine.
const GONE: [ErrorKind; 3] =
    [ErrorKind::ConnectionAborted, ErrorKind::ConnectionReset, ErrorKind::Interrupted];
/// How long a connection over the caps may take to send its head: others are waiting to be refused.
const REFUSED_HEAD_LIMIT: Duration = Duration::from_millis(500);
/// Pause after a failed accept: usually the process is out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Time between two log lines about failed accepts.
const FAILURE_LOG_PERIOD: Duration = Duration::from_secs(1);

/// Opens the listener of a server.
///
/// # Errors
/// When the address does not belong to this machine, is taken, or needs privileges.
pub fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    // On Windows this option would let two servers share the port.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Accepts connections until the server closes.
pub(crate) async fn accept<G: Game>(edge: Arc<Edge<G>>, listener: TcpListener) {
    static IDS: AtomicU64 = AtomicU64::new(1);
    let router = http::router(Arc::clone(&edge));
    let refusals = Arc::new(Semaphore::new(edge.config.spare_connections));
    let mut stage = edge.stage.clone();
    let mut failures = Budget::new(1, FAILURE_LOG_PERIOD);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stage.wait_for(|stage| *stage == Stage::Closed) => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // Concerns one visitor, who has left again.
            Err(error) if GONE.contains(&error.kind()) => continue,
            Err(error) => {
                if let Some(line) = failures.note(1, now_us()) {
                    let failures = line.events;
                    warn!(%error, failures, "connections could not be accepted");
                }
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let id = IDS.fetch_add(1, Relaxed);
        let permit = edge.admission.admit(peer.ip(), Use::Http);
        let refused = permit.as_ref().err().cloned();
        let span = info_span!("connection", connection = id, address = %peer, room = field::Empty);
        let connection = Arc::new(Connection { id, peer, permit });
        let serving = serve(Arc::clone(&edge), router.clone(), stream, connection);
        let Some(refusal) = refused else {
            tokio::spawn(serving.instrument(span));
            continue;
        };
        // Answers a health check, and refuses anything else with the reason.
        match Arc::clone(&refusals).try_acquire_owned() {
            Ok(turn) => drop(tokio::spawn(async move {
                let _ = timeout(REFUSAL_LIMIT, serving.instrument(span)).await;
                drop(turn);
            })),
            Err(_) => edge.refuse(peer, &refusal),
        }
    }
}

/// Serves HTTP on one connection until it ends, is upgraded, or the server closes.
async fn serve<G: Game>(
    edge: Arc<Edge<G>>,
    router: Router,
    stream: TcpStream,
    connection: Arc<Connection>,
) {
    let peer = connection.peer;
    let heads = Arc::new(AtomicUsize::new(0));
    let head_limit = match connection.permit {
        Ok(_) => edge.config.handshake_timeout,
        Err(_) => edge.config.handshake_timeout.min(REFUSED_HEAD_LIMIT),
    };
    let stream = HttpStream::new(stream, head_limit, Arc::clone(&heads));
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
        edge.refuse(peer, &refusal);
        let _ = timeout(REFUSAL_LIMIT, send_refusal(stream, &refusal)).await;
    }
}

/// Sends a visitor what is wrong with its request.
async fn send_refusal(mut stream: TcpStream, refusal: &Refusal) -> io::Result<()> {
    if refusal.reason == RefusalReason::SlowReader {
        // Discards with the socket what the visitor has not taken, so that it does not wait in the
        // kernel.
        return SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    }
    stream.write_all(refusal.to_http().as_bytes()).await?;
    stream.shutdown().await?;
    drain(&mut stream).await
}
