//! A text client in its room.

mod answer;

use std::io::Cursor;
use std::mem::take;
use std::time::Duration;

use bytes::BytesMut;
use drumbeat_shared::client::{Client, Received};
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::Tick;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::{ClientMessage, Hello};
use tokio::time::{MissedTickBehavior, interval};
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tracing::debug;

use super::controls::of_avatar;
use super::follow::Follows;
use super::link::Frames;
use super::request::Pace;
use super::speech::text;
use super::view::{self, Sent, encode};
use crate::clock::now_us;
use crate::engine::close::{CloseReason, close_frame};
use crate::engine::link::Link as _;
use crate::engine::viewer::Role;
use crate::net::edge::Edge;
use crate::net::halves::{ReadHalf, WriteHalf};
use crate::net::patience::within;
use crate::net::reader::{Limits, Reader, Stopped, decode};
use crate::net::session::GOODBYE_LIMIT;
use crate::net::socket::{Ended, Socket};

/// Time between two looks at a connection on which nothing happens.
const LOOK_AFTER: Duration = Duration::from_millis(500);

/// Pings that may go without an answer before a connection has been idle for too long.
const PINGS: u32 = 3;
/// What may wait to be written while records of a document are added to it, bytes: there may be megabytes
/// of them.
const NEWS_BYTES: usize = 64 << 10;
/// A ping, as a whole frame.
const PING: [u8; 2] = [0x89, 0];

/// A text client in its room.
pub(super) struct Talk<'a, G: Game> {
    edge: &'a Edge<G>,
    socket: Socket<G::Input, G::Command>,
    limits: Limits,
    write: WriteHalf,
    role: Role,
    room: String,
    /// The number of the connection, which its end names.
    connection: u64,
    client: Client<G>,
    held: G::Input,
    /// The input that the client waits for to count.
    asked: Option<Tick>,
    pace: Pace,
    /// When the next state is due; at once for the first.
    next_us: u64,
    sent: Sent,
    /// Whether the next frame brings all that is in view, whatever the pace.
    wants_state: bool,
    map: Asked,
    follows: Follows,
    /// Looks in a row in which nothing came, not even the answer to a ping.
    silent_looks: u32,
    /// What has not been written yet, encrypted if the connection is. Nothing is read or taken from the
    /// room meanwhile.
    out: BytesMut,
}

/// Whether the map has been asked for: it stays the same, so once is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    No,
    Yes,
    Answered,
}

/// What a text client's connection is made of.
type Parts<G> = (Socket<<G as Game>::Input, <G as Game>::Command>, Limits, WriteHalf);

impl<'a, G: Game> Talk<'a, G> {
    pub(super) fn new(
        edge: &'a Edge<G>,
        (socket, limits, write): Parts<G>,
        (role, room, connection): (Role, String, u64),
        (hello, pace): (Hello, Pace),
    ) -> Self {
        let client = match role {
            Role::Player => Client::new(&hello.name, &hello.room),
            Role::Spectator => Client::spectator(&hello.room),
        };
        let client = client.resuming(hello.resume).with_maps(edge.maps.clone());
        let (held, sent, out) = (G::Input::default(), Sent::default(), BytesMut::new());
        let (follows, asked, next_us, silent_looks) = (Follows::default(), None, 0, 0);
        Self {
            edge,
            socket,
            limits,
            write,
            role,
            room,
            connection,
            client,
            held,
            asked,
            pace,
            next_us,
            sent,
            wants_state: false,
            map: Asked::No,
            follows,
            silent_looks,
            out,
        }
    }

    /// Talks until the connection ends; `ended` if it must at once.
    pub(super) async fn run(&mut self, mut frames: Frames, mut ended: Option<Ended>) {
        let mut look = interval(LOOK_AFTER);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while ended.is_none() {
            let (is_clear, plays) = (self.out.is_empty(), self.client.tick().is_some());
            let done = tokio::select! {
                biased;
                written = self.write.write_some(&mut self.out), if !is_clear => match written {
                    Ok(bytes) => {
                        frames.note_taken(bytes);
                        self.follow()
                    }
                    Err(_) => Err(Ended::Gone.into()),
                },
                _ = look.tick() => self.look(),
                lot = frames.next(), if is_clear => match lot {
                    Some(lot) => self.take_frames(&lot),
                    None => Err(Ended::Dropped.into()),
                },
                incoming = self.socket.incoming(), if is_clear && plays => match incoming {
                    Ok(incoming) => self.answer(&incoming),
                    Err(ended) => Err(ended.into()),
                },
            };
            if let Err(stopped) = done {
                ended = Some(match stopped {
                    Stopped::Ended(ended) => ended,
                    Stopped::Again(_) => Ended::Dropped,
                });
            }
        }
        debug!(?ended, "the talk has ended");
        match ended {
            Some(Ended::Closing(reason)) => self.close(reason).await,
            Some(Ended::Gone) => {}
            _ => self.take_leave(&mut frames).await,
        }
    }

    /// Says why the connection ends. The room hears of it, too, but may take longer than the client waits.
    async fn close(&mut self, reason: CloseReason) {
        let frame = close_frame(&reason.to(self.connection));
        self.socket.end(reason);
        if put(&mut self.write, &frame, &mut self.out).is_ok() {
            let _ = within(GOODBYE_LIMIT, self.write.write_all(&mut self.out)).await;
        }
    }

    /// Writes what the room has to say last.
    async fn take_leave(&mut self, frames: &mut Frames) {
        let farewell = async {
            loop {
                self.write.write_all(&mut self.out).await.ok()?;
                let lot = frames.next().await?;
                each_frame(&lot, |opcode, whole, _| {
                    if matches!(opcode, OpCode::Control(_)) {
                        let _ = put(&mut self.write, whole, &mut self.out);
                    }
                });
            }
        };
        let _: Option<Option<()>> = within(GOODBYE_LIMIT, farewell).await;
    }

    /// What is read when all is over.
    pub(super) fn into_read(self) -> ReadHalf {
        self.socket.into_parts().0
    }

    /// What is due without a frame. A person may be silent, but the tool answers pings.
    fn look(&mut self) -> Result<(), Stopped> {
        if !self.out.is_empty() {
            let is_dropped = self.socket.inbox().is_closed();
            return if is_dropped { Err(Ended::Dropped.into()) } else { Ok(()) };
        }
        self.silent_looks += 1;
        let looks_max = self.edge.config.idle_timeout.as_millis() / LOOK_AFTER.as_millis();
        let looks_max = u32::try_from(looks_max).unwrap_or(u32::MAX).max(PINGS);
        if self.silent_looks > looks_max {
            return Err(Ended::Closing(CloseCode::Idle.into()).into());
        }
        if self.silent_looks.is_multiple_of(looks_max / PINGS) {
            put(&mut self.write, &PING, &mut self.out).map_err(|_| Ended::Gone)?;
        }
        self.transmit()
    }

    /// Sends the room what the client core has to send.
    fn transmit(&mut self) -> Result<(), Stopped> {
        while let Some(message) = self.client.transmit(now_us()) {
            self.deliver(decode(&message)?)?;
        }
        Ok(())
    }

    fn deliver(&mut self, message: ClientMessage<G::Input, G::Command>) -> Result<(), Stopped> {
        self.reader().deliver(message, now_us())
    }

    fn reader(&mut self) -> Reader<'_, G> {
        Reader::new(self.edge, &mut self.socket, &mut self.limits, (self.role, &self.room))
    }

    fn say(&mut self, message: &str) -> Result<(), Stopped> {
        put(&mut self.write, &text(message), &mut self.out).map_err(|_| Ended::Gone.into())
    }

    /// Takes whole frames of the room.
    fn take_frames(&mut self, lot: &[u8]) -> Result<(), Stopped> {
        let mut taken = Ok(());
        each_frame(lot, |opcode, whole, payload| {
            if taken.is_err() {
                return;
            }
            taken = match opcode {
                OpCode::Data(Data::Binary) => self.take_frame(payload),
                _ => put(&mut self.write, whole, &mut self.out).map_err(|_| Ended::Gone.into()),
            };
        });
        taken
    }

    fn take_frame(&mut self, payload: &[u8]) -> Result<(), Stopped> {
        let now_us = now_us();
        let received = self.client.receive(payload, now_us).map_err(|error| {
            // Only a fault of this program makes frames that its own core does not take.
            debug!(%error, "a frame did not decode");
            Stopped::from(CloseReason::from(CloseCode::RoomFailed))
        })?;
        if received == Received::Welcome {
            let welcome = self.client.welcome().map(view::welcome::<G>);
            return welcome.map_or(Ok(()), |welcome| self.say(&welcome));
        }
        if self.next_us == 0 {
            // From here on a player's controls are known, and it is idle only as others are.
            self.held = self.client.own().map(of_avatar::<G>).unwrap_or_default();
            self.client.hold(self.held, now_us);
        }
        self.transmit()?;
        while let Some(notice) = self.client.notice() {
            self.say(&encode(&notice))?;
        }
        self.follow()?;
        if self.map == Asked::Yes {
            self.map = Asked::Answered;
            let map = self.client.map().map(view::map::<G>).unwrap_or_default();
            self.say(&map)?;
        }
        let (asked, is_due) = (take(&mut self.wants_state), now_us >= self.next_us);
        let counts = self.asked.is_some_and(|asked| self.client.ack() > asked);
        if counts {
            self.asked = None;
        }
        if is_due {
            self.next_us = self.pace.next_us(self.next_us, now_us);
        }
        if asked || is_due {
            let state = match self.pace.changes {
                true if !asked => view::changes(&mut self.client, &mut self.sent),
                true => {
                    self.sent.note(&self.client);
                    view::whole(&mut self.client)
                }
                false => view::whole(&mut self.client),
            };
            return self.say(&state);
        }
        if counts {
            let you = view::you(&mut self.client);
            return self.say(&you);
        }
        Ok(())
    }

    /// Says what is new of what the client follows, and goes on with the next frame if that is much.
    fn follow(&mut self) -> Result<(), Stopped> {
        while self.out.len() < NEWS_BYTES
            && let Some(news) = self.follows.news(&mut self.client)
        {
            self.say(&news)?;
        }
        Ok(())
    }
}

/// Puts whole frames behind what is to be written.
fn put(write: &mut WriteHalf, frames: &[u8], out: &mut BytesMut) -> std::io::Result<()> {
    let mut sealed = Vec::new();
    let is_sealed = write.seal(frames, &mut sealed)?;
    out.extend_from_slice(if is_sealed { &sealed } else { frames });
    Ok(())
}

/// Goes through whole unmasked frames: what each is, all of it, and its payload.
fn each_frame(mut lot: &[u8], mut take: impl FnMut(OpCode, &[u8], &[u8])) {
    while !lot.is_empty() {
        let mut head = Cursor::new(lot);
        let Ok(Some((header, payload_bytes))) = FrameHeader::parse(&mut head) else { return };
        let start = head.position() as usize;
        let end = start + payload_bytes as usize;
        let Some(whole) = lot.get(..end) else { return };
        take(header.opcode, whole, &whole[start..]);
        lot = &lot[end..];
    }
}
