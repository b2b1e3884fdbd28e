//! The listener and the accept loop.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use drumbeat_shared::game::Game;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;
use tracing::warn;

use super::acceptor::{Acceptor, Arrival};
use super::edge::{Edge, Stage};
use crate::clock::now_us;
use crate::telemetry::notices::Budget;

/// Connections that the kernel holds until they are accepted. A whole room that reconnects at once
/// must fit (the system's own cap may be lower).
const BACKLOG: i32 = 4_096;
/// How long a peer may leave bytes unacknowledged, or take none, until the kernel gives it up: it has
/// vanished. All that a client may take is over before; this frees what the kernel holds.
#[cfg(any(target_os = "linux", target_os = "android"))]
const UNACKNOWLEDGED: Duration = Duration::from_secs(15);
/// Kinds of failed accepts that say nothing about this machine.
const GONE: [ErrorKind; 3] =
    [ErrorKind::ConnectionAborted, ErrorKind::ConnectionReset, ErrorKind::Interrupted];
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

/// Accepts players' and visitors' connections until the server closes.
pub(crate) async fn accept<G: Game>(edge: Arc<Edge<G>>, listener: TcpListener) {
    static IDS: AtomicU64 = AtomicU64::new(1);
    let acceptor = Arc::new(Acceptor::new(Arc::clone(&edge)));
    accept_each(edge.stage.clone(), listener, |stream, peer| {
        let (id, source) = (IDS.fetch_add(1, Relaxed), edge.proxies.source(peer));
        let arrival = Arrival { id, source, stream, already_read: Bytes::new() };
        if edge.proxies.announces(peer) {
            acceptor.wait_for_header(arrival, peer);
        } else {
            acceptor.admit(arrival);
        }
    })
    .await;
}

/// Hands over each connection until the server closes.
pub(crate) async fn accept_each(
    mut stage: watch::Receiver<Stage>,
    listener: TcpListener,
    mut take: impl FnMut(TcpStream, SocketAddr),
) {
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
        // If this fails the socket is gone, as its reader will notice.
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let _ = SockRef::from(&stream).set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        take(stream, peer);
    }
}
