//! `drumbeat.v1.json`: the protocol as JSON text, for people at a terminal and for programs without a
//! decoder. `docs/terminal.md` shows it.
//!
//! The connection's task holds a client core, which is the room's client: it takes the frames and
//! acknowledges them once the text before has been written, so that a slow client skips ticks as any
//! other. The room writes to a link of its own instead of the socket, and knows nothing of text.

mod controls;
mod follow;
mod link;
pub mod request;
mod speech;
mod talk;
mod view;

use std::sync::Arc;
use std::time::Duration;

use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::Hello;
use tracing::{Span, debug};

use self::request::{Pace, Request, Wrong, example, parse};
use self::speech::{LEFT, binary, complaint, text};
use self::talk::Talk;
use super::edge::Edge;
use super::frames::Incoming;
use super::patience::within;
use super::reader::{Limits, message_bucket, messages_per_s_max};
use super::session::{Early, Refused, Upgraded, ending, enter, join, open, reject, wait_for_end};
use super::socket::{Allowance, Ended, Socket, tune};
use crate::clock::now_us;
use crate::engine::close::CloseReason;
use crate::engine::counts::Rejection;
use crate::engine::link::Link;

/// How long a person may take to type a join, seconds; `--handshake-timeout-s` if that is longer.
const JOIN_S_MAX: u64 = 60;

/// What is said to who finds no place.
const FULL: &str = "as many speak JSON text here as may (--text-connections-max); try again later, or \
                    play with the subprotocol drumbeat.v1";

/// The two halves of a text client's connection.
type Halves<G> = (
    Socket<<G as Game>::Input, <G as Game>::Command>,
    Early<<G as Game>::Input, <G as Game>::Command>,
);

/// Plays one connection to its end.
pub(super) async fn play<G: Game>(edge: Arc<Edge<G>>, upgraded: Upgraded) {
    let open = edge.metrics.edge.text_connections.clone();
    open.increment(1);
    serve(edge, upgraded).await;
    open.decrement(1);
}

async fn serve<G: Game>(edge: Arc<Edge<G>>, upgraded: Upgraded) {
    let Upgraded { stream, already_read, peer, room, permit: _permit } = upgraded;
    if let Err(error) = tune(&stream.0) {
        return debug!(%error, "the socket was gone at once");
    }
    let allowed = Allowance::text(messages_per_s_max(edge.config.room.game.tick_hz));
    let bytes_in = edge.metrics.edge.bytes_in.clone();
    let Some(mut halves) = open(bytes_in, (stream, already_read), peer, allowed) else {
        return;
    };
    let Ok(_place) = Arc::clone(&edge.text).try_acquire_owned() else {
        let ((socket, early), reason) = (halves, CloseReason::new(CloseCode::Full, FULL));
        return Box::pin(reject(&edge, Ended::Closing(reason), socket.into_parts().0, early)).await;
    };
    let entrant = match Box::pin(first_join(&edge, &mut halves)).await {
        Ok((hello, pace)) => {
            let entrant = Box::pin(enter(&edge, &room, Hello::clone(&hello), &mut halves.1)).await;
            entrant.map(|entrant| (entrant, hello, pace))
        }
        Err(ended) => Err(ended),
    };
    let (socket, early) = halves;
    let (mut entrant, hello, pace) = match entrant {
        Ok(entrant) => entrant,
        Err(ended) => return Box::pin(reject(&edge, ended, socket.into_parts().0, early)).await,
    };
    entrant.reads_document = false;
    let (role, joined) = (entrant.seat.role(), entrant.seat.room().to_owned());
    Span::current().record("room", &*joined);
    let (write, inbox) = early.into_parts();
    let (slot, frames) = link::link();
    let link: Box<dyn Link> = Box::new(slot);
    let banned = match join(&edge, peer, (link, inbox), None, entrant) {
        Ok(ban) => ban.map(|ban| Ended::Closing(CloseReason::banned(&ban))),
        // The reason is on the link.
        Err(Refused) => Some(Ended::Dropped),
    };
    let limits = Limits::new(edge.config.room.game.tick_hz);
    let mut talk =
        Talk::new(&edge, (socket, limits, write), (role, joined, peer.connection), (*hello, pace));
    Box::pin(talk.run(frames, banned)).await;
    wait_for_end(talk.into_read()).await;
}

/// Waits until somebody has typed a join, or for the end of the server.
async fn first_join<G: Game>(
    edge: &Edge<G>,
    halves: &mut Halves<G>,
) -> Result<(Box<Hello>, Pace), Ended> {
    let mut stage = edge.stage.clone();
    let limit = edge.config.handshake_timeout.max(Duration::from_secs(JOIN_S_MAX));
    tokio::select! {
        join = within(limit, asked_to_join(edge, halves)) => {
            join.ok_or(Ended::Closing(CloseCode::NoHello.into()))?
        }
        reason = ending(&mut stage) => Err(Ended::Closing(reason)),
    }
}

/// Answers all else that comes with what to send.
async fn asked_to_join<G: Game>(
    edge: &Edge<G>,
    (socket, early): &mut Halves<G>,
) -> Result<(Box<Hello>, Pace), Ended> {
    let mut messages = message_bucket(edge.config.room.game.tick_hz);
    loop {
        let incoming = socket.incoming().await?;
        if !messages.allows(socket.since_us(), now_us()) {
            return Err(socket.flooding());
        }
        let asked = match &incoming {
            Incoming::Text(text) => parse::<G>(text, &G::Input::default()),
            Incoming::Binary(_) => Err(binary::<G>()),
            _ => {
                early.answer().await.map_err(|_| Ended::Gone)?;
                continue;
            }
        };
        edge.metrics.edge.frames_in.increment(1);
        let wrong = match asked {
            Ok(Request::Join(hello, pace)) => return Ok((hello, pace)),
            Ok(Request::Leave) => return Err(Ended::Closing(CloseReason::left(Some(LEFT)))),
            Ok(_) => Wrong { error: "join first".to_owned(), send: example::<G>("join") },
            Err(wrong) => {
                edge.metrics.edge.rejected_messages.count(Rejection::Invalid);
                wrong
            }
        };
        early.send(&text(&complaint(&wrong))).await.map_err(|_| Ended::Gone)?;
    }
}
