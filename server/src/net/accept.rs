//! The accept loop, and one HTTP/1 connection.

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
use socket2::SockRef;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};
use tracing::{Instrument, debug, field, info_span, warn};

use super::admission::{Permit, Refusal, Use};
use super::fault::Fault;
use super::http_stream::HttpStream;
use super::socket::drain;
use super::{Edge, Stage, http};

/// Bytes of a request's head at most: cookies of other programs on the same host come along.
const HEAD_BYTES_MAX: usize = 96 << 10;
/// Fields of a request's head at most.
const HEAD_FIELDS_MAX: usize = 256;
/// How long the last response of a connection may take once the server closes.
const HTTP_GRACE: Duration = Duration::from_secs(3);
/// How long telling one may take.
const REFUSAL_LIMIT: Duration = Duration::from_secs(2);
/// Kinds of failed accepts that say nothing about this machine.
const GONE: [ErrorKind; 3] =
    [ErrorKind::ConnectionAborted, ErrorKind::ConnectionReset, ErrorKind::Interrupted];
/// How long a connection over the caps may take to ask: others wait to.
const REFUSED_HEAD_LIMIT: Duration = Duration::from_millis(500);
/// Pause after a failed accept: most often the process is out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Failed accepts are logged at most so often.
const FAILURE_LOG_PERIOD: Duration = Duration::from_secs(1);

/// What a handler knows of the connection that its request came on.
#[derive(Debug)]
pub(crate) struct Connection {
    /// A number of the process' own.
    pub(crate) id: u64,
    /// The other end.
    pub(crate) peer: SocketAddr,
    /// Held while the connection serves HTTP. One that was refused it is told so, whatever it
    /// asks, unless it is a health check.
    pub(crate) permit: Result<Permit, Refusal>,
}

/// Accepts connections until the server closes.
pub(crate) async fn accept<G: Game>(edge: Arc<Edge<G>>, listener: TcpListener) {
    static IDS: AtomicU64 = AtomicU64::new(1);
    let router = http::router(Arc::clone(&edge));
    let refusals = Arc::new(Semaphore::new(edge.config.spare_connections));
    let mut stage = edge.stage.clone();
    let mut failures = Failures::default();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stage.wait_for(|stage| *stage == Stage::Closed) => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // Of one visitor, who has gone again.
            Err(error) if GONE.contains(&error.kind()) => continue,
            Err(error) => {
                if let Some(failures) = failures.note(Instant::now()) {
                    warn!(%error, failures, "connections could not be accepted");
                }
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let id = IDS.fetch_add(1, Relaxed);
        let permit = edge.admission.admit(peer.ip(), Use::Http);
        let refused = permit.as_ref().err().copied();
        let span = info_span!("connection", connection = id, address = %peer, room = field::Empty);
        let connection = Arc::new(Connection { id, peer, permit });
        let serving = serve(Arc::clone(&edge), router.clone(), stream, connection);
        let Some(refusal) = refused else {
            tokio::spawn(serving.instrument(span));
            continue;
        };
        // A health check is answered; anything else is told why it is not.
        match Arc::clone(&refusals).try_acquire_owned() {
            Ok(telling) => drop(tokio::spawn(async move {
                let _ = timeout(REFUSAL_LIMIT, serving.instrument(span)).await;
                drop(telling);
            })),
            Err(_) => edge.refused(refusal.label(), peer, refusal.text()),
        }
    }
}

/// Failed accepts that no line of the log has told of.
#[derive(Debug, Default)]
struct Failures {
    untold: u64,
    told: Option<Instant>,
}

impl Failures {
    /// Counts one; returns how many there are to tell of if it is time to.
    fn note(&mut self, now: Instant) -> Option<u64> {
        self.untold += 1;
        if self.told.is_some_and(|told| now - told < FAILURE_LOG_PERIOD) {
            return None;
        }
        self.told = Some(now);
        Some(std::mem::take(&mut self.untold))
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
    // The library says nothing at all to who begins with HTTP/2.
    let unread = || served.is_err_and(|error| error.is_parse());
    let fault = fault.or_else(|| unread().then(|| Fault::of_head(&parts.read_buf)));
    if let Some(fault) = fault {
        edge.refused(fault.label(), peer, fault.text());
        let _ = timeout(REFUSAL_LIMIT, tell(stream, fault)).await;
    }
}

/// Tells a visitor what is wrong with its request.
async fn tell(mut stream: TcpStream, fault: Fault) -> io::Result<()> {
    if fault == Fault::TakesNothing {
        // What it has not taken goes with the socket, instead of waiting in the kernel.
        return SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    }
    let text = fault.text();
    let answer = format!(
        "HTTP/1.1 {}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\
         x-content-type-options: nosniff\r\nconnection: close\r\n\r\n{text}\n",
        fault.status(),
        text.len() + 1
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    drain(&mut stream).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_once_in_a_while_and_all_of_them() {
        let mut failures = Failures::default();
        let start = Instant::now();
        let mut note = |after_ms| failures.note(start + Duration::from_millis(after_ms));
        assert_eq!(note(0), Some(1));
        assert_eq!(note(100), None);
        assert_eq!(note(999), None);
        assert_eq!(note(1_000), Some(3));
        assert_eq!(note(1_999), None);
        assert_eq!(note(9_000), Some(2));
    }
}
