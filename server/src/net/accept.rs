//! The accept loop, and one HTTP/1 connection.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use drumbeat_shared::game::Game;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};
use tracing::{Instrument, debug, field, info_span, warn};

use super::admission::{Permit, Refusal};
use super::socket::drain;
use super::{Edge, Stage, http};

/// Bytes of a request's head at most.
const HEAD_BYTES_MAX: usize = 16 << 10;
/// How long a connection may serve HTTP; a page loads in far less, a game is no HTTP any more.
const HTTP_LIFETIME: Duration = Duration::from_secs(120);
/// How long the last response of a connection may take after that.
const HTTP_GRACE: Duration = Duration::from_secs(3);
/// Refused connections that are told why at a time; further ones are just closed.
pub const REFUSALS_MAX: usize = 64;
/// How long telling one may take.
const REFUSAL_LIMIT: Duration = Duration::from_secs(1);
/// Pause after a failed accept: most often the process is out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Failed accepts are logged at most so often.
const FAILURE_LOG_PERIOD: Duration = Duration::from_secs(1);

/// What a handler knows of the connection that its request came on.
#[derive(Debug)]
pub(crate) struct Connection {
    /// A number of the process' own.
    pub(crate) id: u64,
    /// Held while the connection is open, as HTTP or as game.
    _permit: Permit,
}

/// Accepts connections until the server closes.
pub(crate) async fn accept<G: Game>(edge: Arc<Edge<G>>, listener: TcpListener) {
    static IDS: AtomicU64 = AtomicU64::new(1);
    let router = http::router(Arc::clone(&edge));
    let refusals = Arc::new(Semaphore::new(REFUSALS_MAX));
    let mut stage = edge.stage.clone();
    let mut failures = Failures::default();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stage.wait_for(|stage| *stage == Stage::Closed) => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                if let Some(failures) = failures.note(Instant::now()) {
                    warn!(%error, failures, "connections could not be accepted");
                }
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        match edge.admission.admit(peer.ip()) {
            Ok(permit) => {
                let id = IDS.fetch_add(1, Ordering::Relaxed);
                let connection = Arc::new(Connection { id, _permit: permit });
                let span = info_span!("connection", id, %peer, room = field::Empty);
                let serving = serve(Arc::clone(&edge), router.clone(), stream, connection);
                tokio::spawn(serving.instrument(span));
            }
            Err(refusal) => {
                let reason = match refusal {
                    Refusal::Full => "connections_full",
                    Refusal::AddressFull => "address_full",
                };
                edge.metrics.edge.refused.count(reason);
                debug!(%peer, reason, "connection refused");
                if let Ok(telling) = Arc::clone(&refusals).try_acquire_owned() {
                    tokio::spawn(async move {
                        let _ = timeout(REFUSAL_LIMIT, refuse(stream, refusal)).await;
                        drop(telling);
                    });
                }
            }
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

/// Serves HTTP on one connection until it ends, is upgraded, or has lived for too long.
async fn serve<G: Game>(
    edge: Arc<Edge<G>>,
    router: Router,
    stream: TcpStream,
    connection: Arc<Connection>,
) {
    // Answers are single writes; waiting to fill a packet would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "the socket was gone at once");
        return;
    }
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Arc::clone(&connection));
        router.call(request)
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(edge.config.handshake_timeout)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut serving = pin!(serving);
    let mut stage = edge.stage.clone();
    drop(edge);
    tokio::select! {
        result = serving.as_mut() => {
            if let Err(error) = result {
                debug!(%error, "HTTP ended");
            }
            return;
        }
        () = sleep(HTTP_LIFETIME) => {}
        _ = stage.wait_for(|stage| *stage == Stage::Closed) => {}
    }
    serving.as_mut().graceful_shutdown();
    let _ = timeout(HTTP_GRACE, serving).await;
}

/// Tells a client that was not admitted why, as the answer to whatever it is about to ask.
async fn refuse(mut stream: TcpStream, refusal: Refusal) -> io::Result<()> {
    let (status, text) = match refusal {
        Refusal::Full => ("503 Service Unavailable", "the server is full; try again later\n"),
        Refusal::AddressFull => (
            "429 Too Many Requests",
            "too many connections from your address; close some and try again\n",
        ),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Retry-After: 10\r\nConnection: close\r\n\r\n{text}",
        text.len()
    );
    stream.write_all(head.as_bytes()).await?;
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
