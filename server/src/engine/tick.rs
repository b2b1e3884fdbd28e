//! The tick of a room.

use std::sync::Arc;

use drumbeat_shared::game::{Audience, Events, Game, MapError, Setup};
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::limits::{
    CHECKSUM_TICKS, INBOX_MESSAGES_PER_TICK, MAP_BYTES_MAX, NOTE_BYTES_MAX,
};
use drumbeat_shared::protocol::messages::{Note, Welcome};
use drumbeat_shared::protocol::{CONTROL, codec};
use drumbeat_shared::replication::whole::initial_private;
use slab::Slab;

use super::client::{Client, Leaving, Request};
use super::close::{CloseReason, close_frame};
use super::counts::Counts;
use super::event_log::EventLog;
use super::fan_out::{FanOut, Outcome, Scene};
use super::inbox::{Message, Receiver};
use super::link::Link;
use super::outbox::{HEADER_BYTES_MAX, Outbox};
use super::pace::Pace;
use super::snapshot::{History, Snapshot};

/// Answers of the WebSocket protocol are put behind at most so many bytes that wait.
const ANSWERS_BEHIND_BYTES_MAX: usize = 1_024;

/// The stages of a tick, in order, as far as they are timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Draining the inboxes.
    Input,
    /// The rules.
    Step,
    /// The snapshot, and the changes since the last.
    Encode,
    /// The frames.
    FanOut,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 4] = [Self::Input, Self::Step, Self::Encode, Self::FanOut];

    /// One word for metrics.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Step => "step",
            Self::Encode => "encode",
            Self::FanOut => "fanout",
        }
    }
}

/// A connection that wants to play.
pub struct Join<G: Game> {
    /// Number of the connection, for logs.
    pub connection: u64,
    /// The player's cleaned name.
    pub name: String,
    /// The way out to the client.
    pub link: Box<dyn Link>,
    /// Where its reader leaves messages.
    pub inbox: Receiver<G::Input>,
}

impl<G: Game> Join<G> {
    /// Tells a connection that no room takes why, as far as its link takes that at once: it is
    /// the first thing written to it.
    pub fn turn_away(self, reason: &CloseReason) {
        let mut outbox = Outbox::new(self.link);
        outbox.push(&close_frame(reason));
        // Whoever is gone already need not be told.
        drop(outbox.flush());
    }
}

impl<G: Game> std::fmt::Debug for Join<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Join").field("connection", &self.connection).finish_non_exhaustive()
    }
}

/// One room: a world, its clients, and the road between them.
#[derive(Debug)]
pub struct Engine<G: Game> {
    room: String,
    setup: Setup,
    map: Arc<G::Map>,
    map_bytes: Vec<u8>,
    game: G,
    tick: Tick,
    /// The key of a client is its player id.
    clients: Slab<Client<G::Input>>,
    leaving: Vec<Leaving>,
    history: History,
    log: EventLog,
    fan_out: FanOut,
    counts: Counts,
    messages: Vec<Message<G::Input>>,
    answers: Vec<u8>,
    inputs: Vec<(PlayerId, G::Input)>,
    events: Events<G::Event>,
    gone: Vec<(PlayerId, Option<CloseReason>)>,
}

impl<G: Game> Engine<G> {
    /// A room with a new world.
    ///
    /// # Errors
    /// When the map is not valid.
    pub fn new(room: String, map_text: &str, setup: Setup) -> Result<Self, MapError> {
        let map = Arc::new(G::map(map_text, &setup)?);
        let map_bytes = codec::encode(&*map);
        if map_bytes.len() > MAP_BYTES_MAX {
            return Err(MapError(format!("the map takes {} bytes on the wire", map_bytes.len())));
        }
        Ok(Self {
            game: G::new(Arc::clone(&map), &setup),
            room,
            setup,
            map,
            map_bytes,
            tick: Tick(0),
            clients: Slab::new(),
            leaving: Vec::new(),
            history: History::default(),
            log: EventLog::default(),
            fan_out: FanOut::default(),
            counts: Counts::default(),
            messages: Vec::new(),
            answers: Vec::new(),
            inputs: Vec::new(),
            events: Events::default(),
            gone: Vec::new(),
        })
    }

    /// Lets a connection in. Its welcome goes out at once, its first frame with the next tick.
    ///
    /// # Errors
    /// When the room is full, or the client is gone already.
    pub fn join(&mut self, join: Join<G>, now_us: u64) -> Result<PlayerId, CloseReason> {
        if self.clients.len() >= usize::from(self.setup.capacity) {
            let reason = CloseReason::Full("the room is full; join another or try again later");
            self.counts.closes.push(reason.label());
            join.turn_away(&reason);
            return Err(reason);
        }
        let mut outbox = Outbox::new(join.link);
        let entry = self.clients.vacant_entry();
        let player = PlayerId(entry.key() as u16);
        let welcome = Welcome {
            schema: G::SCHEMA.hash(),
            player,
            name: join.name.clone(),
            room: self.room.clone(),
            tick_hz: self.setup.tick_hz,
            map: self.map_bytes.clone(),
        };
        let mut message = vec![0; HEADER_BYTES_MAX];
        message.push(CONTROL);
        message.extend_from_slice(&codec::encode(&welcome));
        // A link that fails here fails again at the first frame, and the client is removed then.
        let _ = outbox.send(&mut message);
        let name = join.name.clone();
        let pace = Pace::new(self.setup.tick_hz, now_us);
        let mut client = Client::new(join.name, join.connection, join.inbox, outbox, pace);
        client.private = initial_private(G::SCHEMA.private);
        client.next_event = self.log.end();
        // Clients take turns at the checksum, so that no tick checks them all.
        client.checked = Tick(self.tick.0.saturating_sub(u32::from(player.0) % CHECKSUM_TICKS));
        entry.insert(client);
        // Last, so that a client is told why if the rules panic here.
        self.game.join(player, &name);
        Ok(player)
    }

    /// One tick:
    ///
    /// 1. drain the inboxes, let go of those who left;
    /// 2. step the rules;
    /// 3. take the snapshot, encode what changed;
    /// 4. hand every client its frame.
    ///
    /// `lap` is told when a phase has ended and returns the time, in microseconds.
    pub fn tick(&mut self, now_us: u64, mut lap: impl FnMut(Phase) -> u64) {
        self.drain_inboxes(now_us);
        let now_us = lap(Phase::Input);
        self.step();
        lap(Phase::Step);
        self.publish();
        let encoded_us = lap(Phase::Encode);
        self.serve(encoded_us.max(now_us));
        lap(Phase::FanOut);
    }

    /// What happened since this was last asked.
    pub fn take_counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }

    fn drain_inboxes(&mut self, now_us: u64) {
        self.inputs.clear();
        for (key, client) in &mut self.clients {
            let player = PlayerId(key as u16);
            self.messages.clear();
            self.answers.clear();
            let ended =
                client.inbox.drain(INBOX_MESSAGES_PER_TICK, &mut self.messages, &mut self.answers);
            // A client that reads nothing gets no answers either.
            if client.outbox.pending_bytes() <= ANSWERS_BEHIND_BYTES_MAX {
                client.outbox.push(&self.answers);
            }
            for message in self.messages.drain(..) {
                match client.take(message, self.tick.0, now_us, &mut self.counts) {
                    Some(Request::Chat(text)) => {
                        let name = client.name.clone();
                        let note = Note::<G::Event>::Chat { player, name, text };
                        self.log.push(None, codec::encode(&note));
                    }
                    Some(Request::Mismatch { tick, expected, actual }) => {
                        self.counts.mismatches += 1;
                        let connection = client.connection;
                        let visible = client.visible.len();
                        tracing::error!(
                            connection, %player, tick, expected, actual, visible,
                            "a client's view does not match; it gets a keyframe"
                        );
                    }
                    None => {}
                }
            }
            if let Some(input) = client.next_input(&mut self.counts) {
                self.inputs.push((player, input));
            }
            if let Some(reason) = ended {
                self.gone.push((player, reason));
            }
        }
        self.inputs.retain(|(player, _)| self.gone.iter().all(|(gone, _)| gone != player));
        self.remove_gone(now_us);
    }

    fn step(&mut self) {
        self.tick = self.tick.next();
        self.game.step(&self.inputs, &mut self.events);
        for (audience, event) in self.events.drain() {
            let note = codec::encode(&Note::Event(event));
            if note.len() > NOTE_BYTES_MAX {
                self.counts.oversized_events += 1;
                continue;
            }
            match audience {
                Audience::Room => self.log.push(None, note),
                Audience::Near(position) => self.log.push(Some(position), note),
                Audience::Player(player) => {
                    if let Some(client) = self.clients.get_mut(usize::from(player.0)) {
                        client.mail.push(note);
                    }
                }
            }
        }
    }

    fn publish(&mut self) {
        let players = self.clients.iter().map(|(key, _)| PlayerId(key as u16));
        let last = self.history.newest().map(|last| &**last);
        let snapshot = Snapshot::new(&self.game, &self.map, self.tick, players, last);
        self.history.push(Arc::new(snapshot));
    }

    fn serve(&mut self, now_us: u64) {
        let Some(snapshot) = self.history.newest() else {
            return;
        };
        let scene = Scene {
            map: self.map.as_ref(),
            game: &self.game,
            snapshot,
            history: &self.history,
            log: &self.log,
            now_us,
        };
        for (key, client) in &mut self.clients {
            let player = PlayerId(key as u16);
            match self.fan_out.serve(&scene, player, client, &mut self.counts) {
                Outcome::Stays => {}
                Outcome::Gone => self.gone.push((player, None)),
                Outcome::TooSlow => self.gone.push((player, Some(CloseReason::TooSlow))),
            }
        }
        self.remove_gone(now_us);
        self.leaving.retain_mut(|leaving| !leaving.done(now_us));
    }

    fn remove_gone(&mut self, now_us: u64) {
        while let Some((player, reason)) = self.gone.pop() {
            if let Some(client) = self.clients.try_remove(usize::from(player.0)) {
                self.game.leave(player);
                let Client { outbox, connection, .. } = client;
                let label = reason.as_ref().map_or("left", CloseReason::label);
                tracing::debug!(connection, %player, reason = label, "player left");
                self.leave(outbox, reason, now_us);
            }
        }
    }

    /// Says farewell. As many may be at that as play; one more just goes.
    fn leave(&mut self, mut outbox: Outbox, reason: Option<CloseReason>, now_us: u64) {
        self.counts.closes.push(reason.as_ref().map_or("left", CloseReason::label));
        let Some(reason) = reason else {
            // What the protocol owes the client (its own close, answered) goes out if it can.
            drop(outbox.flush());
            return;
        };
        let mut leaving = Leaving::new(outbox, &reason, now_us);
        if !leaving.done(now_us) && self.leaving.len() < usize::from(self.setup.capacity) {
            self.leaving.push(leaving);
        }
    }

    /// Closes every client with this reason and without a word to the rules: the room is over.
    /// Keep calling [`Engine::farewells_done`] until all have taken it.
    pub fn close_all(&mut self, reason: &CloseReason, now_us: u64) {
        let clients = std::mem::take(&mut self.clients);
        for (_, client) in clients {
            self.leave(client.outbox, Some(reason.clone()), now_us);
        }
    }

    /// Whether every closed client has taken its farewell, or had the time to.
    pub fn farewells_done(&mut self, now_us: u64) -> bool {
        self.leaving.retain_mut(|leaving| !leaving.done(now_us));
        self.leaving.is_empty()
    }

    /// The tick that was last done.
    #[must_use]
    pub fn now(&self) -> Tick {
        self.tick
    }

    /// The world.
    #[must_use]
    pub fn game(&self) -> &G {
        &self.game
    }

    /// The static world.
    #[must_use]
    pub fn map(&self) -> &G::Map {
        &self.map
    }

    /// The newest snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Option<&Arc<Snapshot>> {
        self.history.newest()
    }

    /// The connected clients by player id.
    pub fn clients(&self) -> impl Iterator<Item = (PlayerId, &Client<G::Input>)> {
        self.clients.iter().map(|(key, client)| (PlayerId(key as u16), client))
    }

    /// How many clients are connected.
    #[must_use]
    pub fn players(&self) -> usize {
        self.clients.len()
    }
}
