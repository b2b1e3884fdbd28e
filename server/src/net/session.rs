//! A game connection from its upgrade until a room has taken the player.
//!
//! Until then this task owns the whole socket; a client that is turned away is told why.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::messages::{ClientMessage, Hello};
use drumbeat_shared::protocol::names::is_room_name;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;
use tracing::{Span, debug};

use super::admission::Permit;
use super::reader::{Reader, decode, messages_per_s_max};
use super::socket::{Ended, Socket, SocketLink, drain, tune};
use super::text::clean_name;
use super::{Edge, Stage};
use crate::engine::close::{CloseReason, close_frame};
use crate::engine::inbox::inbox;
use crate::engine::incident::Peer;
use crate::engine::viewer::Role;
use crate::rooms::{Join, Seat};

/// Pings and the like that may come before the hello.
const EARLY_MESSAGES_MAX: u32 = 8;
/// How long a client may take to read why it ends.
const GOODBYE_LIMIT: Duration = Duration::from_secs(1);

/// Plays one connection to its end. `already_read` came with the upgrade request; the permit is
/// held until then.
pub(crate) async fn play<G: Game>(
    edge: Arc<Edge<G>>,
    stream: TcpStream,
    already_read: Bytes,
    peer: Peer,
    _permit: Permit,
) {
    if let Err(error) = tune(&stream) {
        debug!(%error, "the socket was gone at once");
        return;
    }
    let (read, write) = stream.into_split();
    let (sender, receiver) = inbox();
    let bytes_in = edge.metrics.edge.bytes_in.clone();
    let messages_max = messages_per_s_max(edge.config.setup.tick_hz);
    let mut socket = Socket::new(read, &already_read, sender, bytes_in, messages_max);
    // A part of the HTTP library's much larger buffer, which need not live as long as the player.
    drop(already_read);
    let (seat, name) = match be_seated(&edge, &mut socket, peer.connection).await {
        Ok(seated) => seated,
        Err(ended) => {
            let (read, _) = socket.into_parts();
            return turn_away(&edge, peer, ended, read, write).await;
        }
    };
    Span::current().record("room", seat.room());
    debug!(name, "joining");
    let role = seat.role();
    let link = Box::new(SocketLink(write));
    if let Err(reason) = seat.take(Join { peer, name, role, link, inbox: receiver }) {
        edge.refused(reason.label(), peer.address);
        let (mut read, _) = socket.into_parts();
        let _ = timeout(GOODBYE_LIMIT, drain(&mut read)).await;
        return;
    }
    let ended = Reader::new(&edge, &mut socket, role).run().await;
    drop(edge);
    debug!(?ended, "the reader has ended");
    let (mut read, sender) = socket.into_parts();
    match ended {
        Ended::Gone => return,
        Ended::LetGo => drop(sender),
        // The room writes the reason.
        Ended::Fault(reason) => {
            debug!(reason = reason.label(), text = &*reason.text(), "closing the connection");
            sender.close(reason);
        }
    }
    let _ = timeout(GOODBYE_LIMIT, drain(&mut read)).await;
}

/// Waits for the hello and reserves a place. Returns the player's cleaned name with it.
async fn be_seated<G: Game>(
    edge: &Edge<G>,
    socket: &mut Socket<G::Input>,
    connection: u64,
) -> Result<(Seat<G>, String), Ended> {
    let mut stage = edge.stage.clone();
    let limit = edge.config.handshake_timeout;
    let hello = tokio::select! {
        hello = timeout(limit, first_message::<G>(edge, socket)) => {
            hello.map_err(|_| Ended::Fault(CloseReason::NoHello))??
        }
        _ = stage.wait_for(|stage| *stage != Stage::Open) => {
            return Err(Ended::Fault(CloseReason::ShuttingDown));
        }
    };
    let refuse = |reason| Err(Ended::Fault(reason));
    if hello.schema != G::SCHEMA.hash() {
        return refuse(CloseReason::OutOfDate);
    }
    if !hello.room.is_empty() && !is_room_name(&hello.room) {
        return refuse(CloseReason::BadRoomName);
    }
    let name = clean_name(&hello.name, &format!("Guest {connection}"));
    let role = if hello.spectate { Role::Spectator } else { Role::Player };
    let seat = edge.lobby.seat(&hello.room, role).map_err(Ended::Fault)?;
    Ok((seat, name))
}

async fn first_message<G: Game>(
    edge: &Edge<G>,
    socket: &mut Socket<G::Input>,
) -> Result<Hello, Ended> {
    for _ in 0..=EARLY_MESSAGES_MAX {
        let Some(bytes) = socket.next().await? else {
            continue;
        };
        edge.metrics.edge.frames_in.increment(1);
        return match decode::<G::Input>(&bytes).map_err(Ended::Fault)? {
            ClientMessage::Hello(hello) => Ok(hello),
            _ => break,
        };
    }
    Err(Ended::Fault(CloseReason::OutOfPlace("the first message must be a hello")))
}

/// Ends a connection that no room has taken, with the reason if the client is still there.
async fn turn_away<G: Game>(
    edge: &Edge<G>,
    peer: Peer,
    ended: Ended,
    mut read: OwnedReadHalf,
    mut write: OwnedWriteHalf,
) {
    let Ended::Fault(reason) = ended else {
        edge.metrics.edge.refused.count("gone");
        return;
    };
    edge.refused(reason.label(), peer.address);
    debug!(reason = reason.label(), text = &*reason.text(), "turned away");
    let telling = async {
        write.write_all(&close_frame(&reason)).await?;
        write.shutdown().await?;
        drain(&mut read).await
    };
    let _ = timeout(GOODBYE_LIMIT, telling).await;
}
