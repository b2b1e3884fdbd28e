//! A game connection from its upgrade until a room has taken the player.
//!
//! Until then this task owns the whole socket; it sends a refused client the reason.

use std::any::Any;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::codec::schema_of_hello;
use drumbeat_shared::protocol::messages::{ClientMessage, Encoding, Hello};
use drumbeat_shared::schema_hash::schema_hash;
use metrics::Counter;
use tokio::sync::watch;
use tracing::{Span, debug};

use super::admission::Permit;
use super::edge::{Edge, Stage};
use super::gate;
use super::halves::{ReadHalf, WriteHalf, split};
use super::patience::within;
use super::reader::{Limits, Reader, Stopped, decode, message_bucket, messages_per_s_max};
use super::socket::{Allowance, Ended, Socket, drain, tune};
use super::stream::Bare;
use super::text::clean_name;
use super::tokens;
use crate::bans::Ban;
use crate::clock::now_us;
use crate::engine::close::{CloseReason, close_frame};
use crate::engine::conduct::Conduct;
use crate::engine::hand_over::{Given, HandOver};
use crate::engine::holder::Holder;
use crate::engine::inbox::{Receiver, inbox};
use crate::engine::incident::Peer;
use crate::engine::link::Link;
use crate::engine::message::Message;
use crate::engine::resume::Resume;
use crate::engine::viewer::Role;
use crate::rooms::{Join, Request, Reservation};
use crate::telemetry::reasons::{self, RefusalReason};

/// How long a client may take to read why its connection ends.
pub(super) const GOODBYE_LIMIT: Duration = Duration::from_secs(1);

/// What a client gets that asks for a schema that does not fit into a welcome.
const NO_SCHEMA: &str =
    "the schema is too long for a welcome: read /api/schema, and send its fingerprint";

/// Limit of rooms of one connection that its log lines name, one behind the other.
const ROOMS_LOGGED_MAX: u32 = 8;

/// Plays one connection to its end.
pub(crate) async fn play<G: Game>(edge: Arc<Edge<G>>, upgraded: Upgraded) {
    let Upgraded { stream, already_read, peer, room, permit: _permit } = upgraded;
    if let Err(error) = tune(&stream.0) {
        return debug!(%error, "the socket was gone at once");
    }
    let allowed = Allowance::game(messages_per_s_max(edge.config.room.game.tick_hz));
    let bytes_in = edge.metrics.edge.bytes_in.clone();
    let Some((mut socket, mut early)) = open(bytes_in, (stream, already_read), peer, allowed)
    else {
        return;
    };
    // What happens before and after the game is boxed, so that a player does not hold memory for
    // it.
    let mut hello = Box::pin(first_hello(&edge, &mut socket, &mut early)).await;
    let mut limits = Limits::new(edge.config.room.game.tick_hz);
    let (mut joined, mut rooms) = (String::new(), 0_u32);
    let ended = loop {
        let entrant = match hello {
            Ok(hello) => Box::pin(enter(&edge, &room, hello, &mut early)).await,
            Err(ended) => Err(ended),
        };
        let entrant = match entrant {
            Ok(entrant) => entrant,
            Err(ended) => {
                let (read, _) = socket.into_parts();
                return Box::pin(reject(&edge, ended, read, early)).await;
            }
        };
        let role = entrant.seat.role();
        if entrant.seat.room() != joined {
            entrant.seat.room().clone_into(&mut joined);
            rooms += 1;
            if rooms <= ROOMS_LOGGED_MAX {
                Span::current().record("room", &*joined);
            }
        }
        let Early { write, inbox, conduct, .. } = early;
        let link = (Box::new(write) as Box<dyn Link>, inbox);
        let stopped = match join(&edge, peer, link, conduct, entrant) {
            Ok(None) => Reader::new(&edge, &mut socket, &mut limits, (role, &joined)).run().await,
            Ok(Some(ban)) => Ended::Closing(CloseReason::banned(&ban)).into(),
            Err(Refused) => {
                let (read, _) = socket.into_parts();
                return Box::pin(wait_for_end(read)).await;
            }
        };
        match stopped {
            Stopped::Ended(ended) => break ended,
            Stopped::Again(next) => match Box::pin(leave(&mut socket, peer)).await {
                Some(back) => (early, hello) = (back, Ok(*next)),
                None => break Ended::Dropped,
            },
        }
    };
    drop(edge);
    debug!(?ended, "the reader has ended");
    let (read, sender) = socket.into_parts();
    match ended {
        Ended::Gone => return,
        Ended::Dropped => drop(sender),
        // The room writes the reason.
        Ended::Closing(reason) => {
            debug!(reason = reason.label(), text = reason.text(), "closing the connection");
            sender.close(reason);
        }
    }
    Box::pin(wait_for_end(read)).await;
}

/// The room that had a seat takes nobody any more; the client has been sent the reason.
pub(super) struct Refused;

/// Joins the room. Returns why the client must go all the same: who was banned meanwhile may have come
/// too late for the room to notice.
pub(super) fn join<G: Game>(
    edge: &Edge<G>,
    peer: Peer,
    (link, inbox): (Box<dyn Link>, Receiver<G::Input, G::Command>),
    conduct: Option<Box<Conduct<G::Input>>>,
    entrant: Entrant<G>,
) -> Result<Option<Ban>, Refused> {
    let Entrant { seat, name, resume, holder, encoding, schema_text, reads_document } = entrant;
    debug!(name, "a client has a seat");
    let subject = holder.as_ref().map(|holder| holder.subject.clone());
    let join = Join {
        resume,
        holder,
        conduct,
        encoding,
        schema_text,
        reads_document,
        ..Join::new(peer, &name, seat.role(), link, inbox)
    };
    if let Err(reason) = seat.take(join) {
        edge.refused(peer.address, reasons::Refused::Closed(reason.kind()), reason.text());
        return Err(Refused);
    }
    Ok(edge.ban_of(peer.address.ip, subject.as_deref()))
}

/// Leaves the room with the connection: it is again as it was before its first hello. `None` if the room
/// has dropped it meanwhile.
async fn leave<I, C>(socket: &mut Socket<I, C>, peer: Peer) -> Option<Early<I, C>> {
    let (promise, given) = HandOver::new();
    socket.inbox().push(Message::Leave(promise)).ok()?;
    let Given { outbox, conduct } = given.await.ok()?;
    let (link, pending) = outbox.into_parts();
    let link: Box<dyn Any> = link;
    let write = *link.downcast::<WriteHalf>().ok()?;
    let inbox = socket.renew_inbox();
    let (unsent, conduct) = (BytesMut::from(&pending[..]), Some(conduct));
    Some(Early { peer, write, inbox, unsent, conduct })
}

/// A WebSocket whose request has been answered.
pub(crate) struct Upgraded {
    pub(crate) stream: Bare,
    /// What arrived with the request.
    pub(crate) already_read: Bytes,
    pub(crate) peer: Peer,
    /// The room that its path names, empty if none.
    pub(crate) room: String,
    /// Held until the end.
    pub(crate) permit: Permit,
}

/// The two halves of a WebSocket; `None` if it is gone. What arrived with its request lies in the HTTP
/// library's much larger buffer, and is copied so as not to hold that for as long as a player stays.
pub(crate) fn open<I, C>(
    bytes_in: Counter,
    (stream, already_read): (Bare, Bytes),
    peer: Peer,
    allowed: Allowance,
) -> Option<(Socket<I, C>, Early<I, C>)> {
    let gone = |error: &io::Error| debug!(%error, "the socket was gone at once");
    let (read, write, decrypted) = split(stream).inspect_err(gone).ok()?;
    let already_read = if decrypted.is_empty() {
        already_read
    } else {
        [already_read, decrypted.freeze()].concat().into()
    };
    let (sender, inbox) = inbox();
    let socket = Socket::new(read, &already_read, sender, bytes_in, allowed);
    Some((socket, Early { peer, write, inbox, unsent: BytesMut::new(), conduct: None }))
}

/// Gives the client a moment to take what was sent last, and to close.
pub(super) async fn wait_for_end(mut read: ReadHalf) {
    let _ = within(GOODBYE_LIMIT, drain(read.tcp())).await;
}

/// The writing side of a connection that no room has taken yet.
pub(crate) struct Early<I, C> {
    peer: Peer,
    write: WriteHalf,
    /// Holds the waiting pongs, as it later does for the room.
    inbox: Receiver<I, C>,
    /// Pongs that have not been sent yet, encrypted if the connection is.
    unsent: BytesMut,
    /// What its room before remembers.
    conduct: Option<Box<Conduct<I>>>,
}

impl<I, C> Early<I, C> {
    /// What is written to the client, and what a room takes from it, once nothing is unsent.
    pub(super) fn into_parts(self) -> (WriteHalf, Receiver<I, C>) {
        (self.write, self.inbox)
    }

    /// Sends the waiting pongs. If this is cancelled, what is unsent goes out first the next time.
    pub(crate) async fn answer(&mut self) -> io::Result<()> {
        let mut pongs = Vec::new();
        self.inbox.drain(&mut Vec::new(), Some(&mut pongs));
        self.send(&pongs).await
    }

    /// Sends the close frame, then ends the stream.
    async fn close(mut self, reason: &CloseReason) -> io::Result<()> {
        self.send(&close_frame(&reason.to(self.peer.connection))).await
    }

    /// Sends what is unsent, and these frames behind it.
    pub(crate) async fn send(&mut self, frames: &[u8]) -> io::Result<()> {
        let mut sealed = Vec::new();
        let is_sealed = self.write.seal(frames, &mut sealed)?;
        self.unsent.extend_from_slice(if is_sealed { &sealed } else { frames });
        self.write.write_all(&mut self.unsent).await
    }
}

/// What a client comes with that has a seat.
pub(super) struct Entrant<G: Game> {
    pub(super) seat: Reservation<G>,
    /// Its cleaned name.
    name: String,
    resume: Resume,
    holder: Option<Box<Holder>>,
    encoding: Encoding,
    schema_text: Option<Arc<str>>,
    /// Whether it reads the game's document from its join on, and not when it asks.
    pub(super) reads_document: bool,
}

/// Waits for the hello, or for the end of the server.
async fn first_hello<G: Game>(
    edge: &Edge<G>,
    socket: &mut Socket<G::Input, G::Command>,
    early: &mut Early<G::Input, G::Command>,
) -> Result<Hello, Ended> {
    let mut stage = edge.stage.clone();
    let limit = edge.config.handshake_timeout;
    tokio::select! {
        hello = within(limit, first_message(edge, socket, early)) => {
            hello.ok_or(Ended::Closing(CloseCode::NoHello.into()))?
        }
        reason = ending(&mut stage) => Err(Ended::Closing(reason)),
    }
}

/// Looks at a hello and its ticket, and reserves a seat. `room` is the one of the path.
pub(super) async fn enter<G: Game>(
    edge: &Edge<G>,
    room: &str,
    mut hello: Hello,
    early: &mut Early<G::Input, G::Command>,
) -> Result<Entrant<G>, Ended> {
    // What is left of an earlier room's frames comes before whatever follows.
    let sent = within(edge.config.handshake_timeout, early.send(&[])).await;
    sent.and_then(Result::ok).ok_or(Ended::Gone)?;
    let Some(encoding) = hello.encoding() else {
        let what = format!(
            "the hello asks for encoding {}: send 0 for predicted changes, or 1 for plain ones",
            hello.encoding
        );
        return Err(Ended::Closing(CloseReason::detailed(CloseCode::Malformed, &what)));
    };
    let schema_text = if hello.asks_for_schema() {
        let no_schema = || CloseReason::detailed(CloseCode::Malformed, NO_SCHEMA);
        Some(edge.schema.for_welcome().ok_or_else(|| Ended::Closing(no_schema()))?)
    } else if hello.schema == schema_hash::<G>() {
        None
    } else {
        return Err(Ended::Closing(CloseCode::OutOfDate.into()));
    };
    if hello.room.is_empty() {
        room.clone_into(&mut hello.room);
    } else if !room.is_empty() && hello.room != room {
        let what = format!("connect to /ws/{} for that room, or to /ws", hello.room);
        return Err(Ended::Closing(CloseReason::detailed(CloseCode::OutOfPlace, &what)));
    }
    let role = if hello.spectate { Role::Spectator } else { Role::Player };
    let mut resume = match role {
        Role::Player if edge.config.room.resume_s > 0 => tokens::resume(hello.resume),
        _ => Resume::default(),
    };
    let resumes = resume.claim.is_some();
    let pass = gate::admit(edge, &hello, role, resumes).map_err(Ended::Closing)?;
    let subject = pass.holder.as_ref().map(|holder| holder.subject.as_str());
    if let Some(ban) = edge.ban_of(early.peer.address.ip, subject) {
        return Err(Ended::Closing(CloseReason::banned(&ban)));
    }
    resume.else_refused = pass.else_refused.map(gate::unresumed);
    let name = clean_name(&pass.name, &format!("Guest {}", early.peer.connection));
    let household = edge.admission.counted(early.peer.address.ip);
    let seat = match pass.else_refused {
        Some(refused) => edge.lobby.place(&pass.room).ok_or_else(|| gate::refuse(edge, refused)),
        None => edge.lobby.reserve(Request { room: &pass.room, role, household, resumes }),
    };
    let (seat, holder) = (seat.map_err(Ended::Closing)?, pass.holder);
    Ok(Entrant { seat, name, resume, holder, encoding, schema_text, reads_document: true })
}

/// Waits until the server ends; returns the reason.
pub(super) async fn ending(stage: &mut watch::Receiver<Stage>) -> CloseReason {
    match stage.wait_for(|stage| *stage != Stage::Open).await.as_deref() {
        Ok(Stage::Ending(come_back)) => CloseReason::shutting_down(*come_back),
        _ => CloseCode::ShuttingDown.into(),
    }
}

/// Waits for the hello. Pings may come before it and are answered.
async fn first_message<G: Game>(
    edge: &Edge<G>,
    socket: &mut Socket<G::Input, G::Command>,
    early: &mut Early<G::Input, G::Command>,
) -> Result<Hello, Ended> {
    let mut pings = message_bucket(edge.config.room.game.tick_hz);
    let message = loop {
        if let Some(message) = socket.next().await? {
            break message;
        }
        if !pings.allows(socket.since_us(), now_us()) {
            return Err(socket.flooding());
        }
        early.answer().await.map_err(|_| Ended::Gone)?;
    };
    edge.metrics.edge.frames_in.increment(1);
    let of_another = |reason| match schema_of_hello(&message) {
        Some(schema) if ![0, schema_hash::<G>()].contains(&schema) => CloseCode::OutOfDate.into(),
        _ => reason,
    };
    match decode::<G::Input, G::Command>(&message).map_err(|why| Ended::Closing(of_another(why)))? {
        ClientMessage::Hello(hello) => Ok(hello),
        _ => Err(Ended::Closing(CloseReason::detailed(
            CloseCode::OutOfPlace,
            "the first message must be a hello",
        ))),
    }
}

/// Ends a connection that no room has taken, and sends the reason if the client is still there.
pub(crate) async fn reject<G: Game>(
    edge: &Edge<G>,
    ended: Ended,
    mut read: ReadHalf,
    early: Early<G::Input, G::Command>,
) {
    match &ended {
        Ended::Closing(reason) if reason.kind() != CloseCode::Left => {
            let refused = reasons::Refused::Closed(reason.kind());
            edge.refused(early.peer.address, refused, reason.text());
        }
        // A client that leaves by itself is not logged.
        Ended::Closing(reason) => {
            edge.metrics.edge.refused.count(reasons::Refused::Closed(reason.kind()));
        }
        Ended::Gone | Ended::Dropped => {
            edge.metrics.edge.refused.count(reasons::Refused::Http(RefusalReason::Gone));
        }
    }
    let Ended::Closing(reason) = ended else { return };
    let farewell = async {
        early.close(&reason).await?;
        drain(read.tcp()).await
    };
    let _ = within(GOODBYE_LIMIT, farewell).await;
}
