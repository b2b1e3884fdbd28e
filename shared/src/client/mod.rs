//! The client core: everything a player's end does but sockets, keys and drawing.
//!
//! The swarm's bots and the browser run this very code. It is sans-IO: bytes and the time (any
//! monotonic clock, microseconds) are arguments, what to send is returned.

mod link;
mod listener;
mod maps;
mod newest;
mod notes;
mod prediction;
mod replica;
mod stats;
mod timeline;

use self::link::Link;
pub use self::listener::Listener;
pub use self::maps::Maps;
use self::notes::Notes;
pub use self::notes::Notice;
use self::prediction::Prediction;
use self::replica::Replica;
pub use self::replica::Seen;
pub use self::stats::Stats;
use self::timeline::Timeline;
use std::sync::Arc;

use crate::game::Game;
use crate::ids::{PlayerId, Tick};
use crate::limits::{FIELDS_MAX, SERVER_MESSAGE_BYTES_MAX, TICK_HZ_MAX, TICK_HZ_MIN};
use crate::protocol::messages::{ClientMessage, Hello, Watch, Welcome};
use crate::protocol::{CONTROL, codec, names};
use crate::schema::{Private, State};

/// Numbers per entity that [`Client::draw`] writes.
pub const DRAW_STRIDE: usize = 3 + FIELDS_MAX;

/// What a message turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// The server's answer to the hello: map and player are known now.
    Welcome,
    /// A state frame: the view is at its tick now.
    Frame,
}

/// Why a message from the server was refused. The connection should be closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ClientError(pub String);

/// One player's end of the game.
#[derive(Debug)]
pub struct Client<G: Game> {
    hello: Hello,
    maps: Maps<G>,
    session: Option<Session<G>>,
    seq: u32,
    link: Link,
    resync: Option<ClientMessage<G::Input>>,
    /// What a spectator wants to see and has not said yet.
    watch: Option<Watch>,
    notes: Notes<G::Event>,
    stats: Stats,
}

/// What the welcome began.
#[derive(Debug)]
struct Session<G: Game> {
    welcome: Welcome,
    map: Arc<G::Map>,
    replica: Replica<G>,
    prediction: Prediction<G>,
    timeline: Timeline,
}

impl<G: Game> Client<G> {
    /// A client that will ask for this name and this room (empty: any).
    #[must_use]
    pub fn new(name: &str, room: &str) -> Self {
        Self {
            hello: Hello::new::<G>(name, room),
            maps: Maps::default(),
            session: None,
            seq: 0,
            link: Link::default(),
            resync: None,
            watch: None,
            notes: Notes::default(),
            stats: Stats::default(),
        }
    }

    /// A spectator's client, that will ask for this room (empty: any).
    #[must_use]
    pub fn spectator(room: &str) -> Self {
        let player = Self::new("", room);
        Self { hello: Hello { spectate: true, ..player.hello }, ..player }
    }

    /// Whether this is a spectator's client.
    #[must_use]
    pub fn spectates(&self) -> bool {
        self.hello.spectate
    }

    /// The same client, with its map from those that others have opened.
    #[must_use]
    pub fn with_maps(self, maps: Maps<G>) -> Self {
        Self { maps, ..self }
    }

    /// The first message to send once the socket is open.
    pub fn hello(&mut self) -> Vec<u8> {
        self.outgoing(&ClientMessage::Hello(self.hello.clone()))
    }

    /// Takes a binary message from the server.
    ///
    /// # Errors
    /// When it is not one: close the connection.
    pub fn receive(&mut self, bytes: &[u8], now_us: u64) -> Result<Received, ClientError> {
        check_length(bytes)?;
        self.stats.bytes_in += bytes.len() as u64;
        match bytes[0] {
            CONTROL => self.welcomed(&bytes[1..]).map(|()| Received::Welcome),
            _ => self.framed(bytes, now_us).map(|()| Received::Frame),
        }
    }

    fn welcomed(&mut self, bytes: &[u8]) -> Result<(), ClientError> {
        if self.session.is_some() {
            return Err(ClientError("a second welcome".into()));
        }
        let mut welcome = open_welcome(bytes, self.hello.schema)?;
        let map = self.maps.open(std::mem::take(&mut welcome.map)).map_err(refused)?;
        let period_us = welcome.period_us();
        self.link.period_us = period_us;
        self.session = Some(Session {
            welcome,
            map,
            replica: Replica::default(),
            prediction: Prediction::new(period_us),
            timeline: Timeline::new(period_us),
        });
        Ok(())
    }

    fn framed(&mut self, bytes: &[u8], now_us: u64) -> Result<(), ClientError> {
        let Some(session) = &mut self.session else {
            return Err(ClientError("a frame before the welcome".into()));
        };
        let Session { welcome, map, replica, prediction, timeline } = session;
        let applied = replica.apply(map, welcome.player, bytes).map_err(refused)?;
        let stats = &mut self.stats;
        stats.frames += 1;
        stats.ticks_skipped += u64::from(applied.advance.skipped);
        match applied.advance.age {
            None => stats.keyframes += 1,
            Some(_) => {
                stats.delta_bytes_in += bytes.len() as u64;
                stats.visible_sum += replica.visible.len() as u64;
                stats.moving_sum += u64::from(applied.moving);
                stats.waiting_sum += u64::from(applied.waiting);
                let oldest_ticks = replica.visible.oldest_ticks(replica.newest.tick);
                stats.oldest_ticks = stats.oldest_ticks.max(oldest_ticks);
            }
        }
        if let Some((expected, actual)) = applied.checksum {
            stats.checksums += 1;
            if expected != actual {
                stats.mismatches += 1;
                let tick = replica.newest.tick;
                self.resync = Some(ClientMessage::Resync { tick, expected, actual });
            }
        }
        for player in &replica.departed {
            self.notes.forget(*player);
        }
        self.link.frame(replica.newest.tick, now_us);
        timeline.push(replica.newest.tick, replica.present(map), now_us);
        if let Some(size) = prediction.reconcile(map, replica.own(), replica.newest.ack, now_us) {
            stats.corrections += 1;
            stats.correction_last = size;
        }
        stats.pending_inputs = prediction.pending() as u32;
        stats.jitter_us = self.link.jitter_us();
        if let Some(rtt_us) = self.notes.take(applied.notes, &self.link, now_us).map_err(refused)? {
            stats.pongs += 1;
            stats.rtt_us = rtt_us;
        }
        Ok(())
    }

    /// The message that sends these controls; they apply to the own prediction at once. To be
    /// called once per tick of the server's rate. `None` before the first frame, and from a
    /// spectator.
    pub fn input(&mut self, input: G::Input, now_us: u64) -> Option<Vec<u8>> {
        let seen = self.tick().filter(|_| !self.spectates())?;
        let session = self.session.as_mut()?;
        self.seq += 1;
        session.prediction.input(&session.map, self.seq, input, now_us);
        self.stats.pending_inputs = session.prediction.pending() as u32;
        Some(self.outgoing(&ClientMessage::Input { seq: self.seq, seen, input }))
    }

    /// Looks at something else: [`Client::transmit`] says it. From a player it is not said.
    pub fn watch(&mut self, watch: Watch) {
        self.watch = self.spectates().then_some(watch);
    }

    /// The message that says `text` to the room; `None` if nothing printable is left of it, and
    /// from a spectator.
    pub fn chat(&mut self, text: &str) -> Option<Vec<u8>> {
        let text = names::clean_chat(text).filter(|_| !self.spectates())?;
        Some(self.outgoing(&ClientMessage::Chat { text }))
    }

    /// What the core itself has to say: pings when due, requests for names, a resync. Call it
    /// after every frame, and about every 100 ms without frames, until it returns `None`.
    pub fn transmit(&mut self, now_us: u64) -> Option<Vec<u8>> {
        let seen = self.tick()?;
        let message = if let Some(resync) = self.resync.take() {
            resync
        } else if self.link.ping_due(now_us) {
            ClientMessage::Ping { sent_us: now_us, seen }
        } else if let Some(watch) = self.watch.take() {
            ClientMessage::Watch(watch)
        } else if let Some(players) = self.notes.ask(now_us) {
            ClientMessage::Names { players }
        } else {
            return None;
        };
        Some(self.outgoing(&message))
    }

    fn outgoing(&mut self, message: &ClientMessage<G::Input>) -> Vec<u8> {
        let bytes = codec::encode(message);
        self.stats.bytes_out += bytes.len() as u64;
        bytes
    }

    /// The server's answer to the hello; its map has moved to [`Client::map`].
    #[must_use]
    pub fn welcome(&self) -> Option<&Welcome> {
        self.session.as_ref().map(|session| &session.welcome)
    }

    /// The static world.
    #[must_use]
    pub fn map(&self) -> Option<&G::Map> {
        self.session.as_ref().map(|session| &*session.map)
    }

    /// The tick of the newest frame.
    #[must_use]
    pub fn tick(&self) -> Option<Tick> {
        let newest = self.session.as_ref()?.replica.newest;
        newest.synced.then_some(newest.tick)
    }

    /// The entities in view, as of the newest frame.
    pub fn visible(&self) -> impl Iterator<Item = &Seen> {
        self.session.iter().flat_map(|session| session.replica.visible.iter())
    }

    /// The own avatar as of the newest frame.
    #[must_use]
    pub fn own(&self) -> Option<&State> {
        self.session.as_ref()?.replica.own()
    }

    /// The own avatar with all unacknowledged inputs applied.
    #[must_use]
    pub fn predicted(&self) -> Option<&State> {
        self.session.as_ref()?.prediction.now()
    }

    /// The player's private state; all zeros before the welcome.
    #[must_use]
    pub fn private(&self) -> &Private {
        const NONE: &Private = &[0; FIELDS_MAX];
        self.session.as_ref().map_or(NONE, |session| &session.replica.private)
    }

    /// Number of the last input that was made.
    #[must_use]
    pub fn seq(&self) -> u32 {
        self.seq
    }

    /// Number of the last input that the server has applied.
    #[must_use]
    pub fn ack(&self) -> u32 {
        self.session.as_ref().map_or(0, |session| session.replica.newest.ack)
    }

    /// The next thing to tell the person.
    pub fn notice(&mut self) -> Option<Notice<G::Event>> {
        self.notes.next()
    }

    /// The name of a player whose avatar is in view; asks the server for it when it is not known.
    pub fn name(&mut self, player: PlayerId) -> Option<&str> {
        let in_view = |seen: &Seen| G::owner(&seen.state) == Some(player);
        if self.notes.name(player).is_none() && self.visible().any(in_view) {
            self.notes.want(player);
        }
        self.notes.name(player)
    }

    /// The picture at `now_us`: for each entity in view, [`DRAW_STRIDE`] numbers: key, kind, 1 if
    /// it is the own avatar, then the `FIELDS_MAX` fields, blended as the schema says. The own
    /// avatar is predicted, the others are interpolated.
    pub fn draw(&mut self, now_us: u64, out: &mut Vec<f32>) {
        out.clear();
        let Some(session) = &mut self.session else {
            return;
        };
        let Session { map, replica, prediction, timeline, .. } = session;
        let own_key = replica.own_key();
        let jitter_us = self.link.jitter_us();
        self.stats.buffer_us = timeline.draw::<G>(map, jitter_us, now_us, |seen, fields| {
            if Some(seen.key) != own_key {
                put_drawn(seen.key, seen.state.kind, false, fields, out);
            }
        });
        if let (Some(key), Some((kind, fields))) = (own_key, prediction.draw(now_us)) {
            put_drawn(key, kind, true, &fields, out);
        }
    }

    /// The counters.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.stats
    }
}

fn put_drawn(key: u32, kind: u8, own: bool, fields: &[f32; FIELDS_MAX], out: &mut Vec<f32>) {
    // 24 bits are exact in a float; a key that wraps is long out of view.
    out.extend([(key & 0x00ff_ffff) as f32, f32::from(kind), f32::from(u8::from(own))]);
    out.extend_from_slice(fields);
}

/// Refuses what is empty or too long to be a message of the server.
fn check_length(bytes: &[u8]) -> Result<(), ClientError> {
    match bytes.len() {
        0 => Err(ClientError("an empty message".into())),
        1..=SERVER_MESSAGE_BYTES_MAX => Ok(()),
        length => Err(ClientError(format!("a message of {length} bytes is too long"))),
    }
}

/// The welcome in a control message, if it is one to a client with this schema.
fn open_welcome(bytes: &[u8], schema: u64) -> Result<Welcome, ClientError> {
    let welcome: Welcome = codec::decode_server(bytes).map_err(refused)?;
    if welcome.schema != schema {
        return Err(ClientError("the server runs another game or version".into()));
    }
    if !(TICK_HZ_MIN..=TICK_HZ_MAX).contains(&welcome.tick_hz) {
        return Err(ClientError(format!("a tick rate of {} Hz", welcome.tick_hz)));
    }
    Ok(welcome)
}

fn refused(error: impl std::fmt::Display) -> ClientError {
    ClientError(format!("the server sent what is not of the protocol: {error}"))
}
