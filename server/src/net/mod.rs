//! The asynchronous edge: from an accepted socket to a player that a room has taken.
//!
//! ```text
//! accept (caps) -> http (page, health, api) -> upgrade (WebSocket rules) -> session (hello, seat)
//!        -> reader (decode, validate, inbox)
//! ```
//! Nothing here simulates, and after a room has taken a player nothing here writes: the room owns
//! the writing half.

mod accept;
mod admission;
mod assets;
mod connection;
mod cors;
mod fault;
mod frames;
mod host;
mod http;
mod http_stream;
mod origin;
mod patience;
mod reader;
mod refusal;
mod session;
mod socket;
mod text;
mod upgrade;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use drumbeat_shared::game::Game;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::info;

pub use assets::bundled_text;

pub(crate) use accept::accept;
pub(crate) use admission::Admission;

use self::refusal::Refusal;
use crate::config::Config;
use crate::labels::Label;
use crate::rooms::Lobby;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::notices::{Line, Notices};
use crate::telemetry::reasons::Refused;

/// Connections that the kernel holds until they are accepted: a whole room that reconnects at
/// once must fit (the system's own cap may be lower).
const BACKLOG: i32 = 4_096;

/// How far the end has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Players are welcome.
    Open,
    /// No new players; those who play are being told. Pages and health are still served.
    Draining,
    /// Nothing is accepted any more, what is open ends.
    Closed,
}

/// What every connection shares.
pub(crate) struct Edge<G: Game> {
    pub(crate) config: Config,
    pub(crate) lobby: Arc<Lobby<G>>,
    pub(crate) metrics: Metrics,
    pub(crate) admission: Arc<Admission>,
    pub(crate) stage: watch::Receiver<Stage>,
    /// Lines of the log that visitors cause.
    pub(crate) notices: Notices,
    /// Where game connections are read. HTTP has threads of its own.
    pub(crate) game: Handle,
}

impl<G: Game> Edge<G> {
    pub(crate) fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    /// Counts a visitor that gets no place, and says so once in a while. `text` is what it is told.
    pub(crate) fn turned_away(&self, peer: SocketAddr, refused: Refused, text: &str) {
        self.metrics.edge.refused.count(refused);
        let reason = refused.label();
        if let Some(Line { held_back, .. }) = self.notices.note(reason) {
            info!(reason, address = %peer, held_back, text, "a visitor was turned away");
        }
    }

    /// The same, of one whose request is refused.
    pub(crate) fn refuse(&self, peer: SocketAddr, refusal: &Refusal) {
        self.turned_away(peer, Refused::Http(refusal.reason), &refusal.text);
    }

    /// The answer to a request that is refused, and counted.
    pub(crate) fn answer(&self, peer: SocketAddr, refusal: &Refusal) -> Response {
        self.refuse(peer, refusal);
        refusal.into_response()
    }
}

/// Opens the listener of a server.
///
/// # Errors
/// When the address is not this machine's, is taken, or needs rights.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
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
