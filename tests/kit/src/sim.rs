//! A room and its clients in one thread, without sockets and without sleeping.
//!
//! Links are in-memory pipes of limited capacity, and time is a number. After every tick, the
//! simulation compares what each client has received with what the server meant it to see.
//! Messages of clients take some ticks to arrive.

pub mod chaos;
mod client;

use std::collections::{HashSet, VecDeque};

use drumbeat_server::engine::baseline::Baseline;
use drumbeat_server::engine::chat_rate::ReadTime;
use drumbeat_server::engine::client::Client;
use drumbeat_server::engine::close::CloseReason;
use drumbeat_server::engine::counts::Counts;
use drumbeat_server::engine::history::Past;
use drumbeat_server::engine::inbox::{self, PushError};
use drumbeat_server::engine::join::Join;
use drumbeat_server::engine::message::Message;
use drumbeat_server::engine::resume::{Resume, ResumeKey};
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_server::engine::shards::Shards;
use drumbeat_server::engine::tick::Engine;
use drumbeat_server::engine::view::{SEARCH_TICKS, enter_rect};
use drumbeat_server::engine::viewer::{Role, Viewer};
use drumbeat_shared::client::Client as Core;
use drumbeat_shared::document::Document;
use drumbeat_shared::entities::Slot;
use drumbeat_shared::fnv::Fnv;
use drumbeat_shared::game::{Game, Setup};
use drumbeat_shared::ids::{EntityId, PlayerId, Tick};
use drumbeat_shared::limits::{TURNS, VISIBLE_MAX};
use drumbeat_shared::protocol::messages::{Encoding, ResumeRequest, ResumeToken};
use drumbeat_shared::records::fold;
use drumbeat_shared::replication::lanes::{FRESH, known, turn};
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema::State;
use glam::IVec2;

use self::client::Meant;
pub use self::client::SimClient;
use crate::pipe::{Pipe, peer};

/// The longest delay of a client's messages, ticks, unless the test sets another.
pub const DELAY_TICKS_MAX: u32 = 4;

/// The room's limit of spectators.
pub const SPECTATORS_MAX: u16 = 4;

/// A room under test.
#[derive(Debug)]
pub struct Sim<G: Game> {
    /// The room.
    pub engine: Engine<G>,
    /// All clients that have joined and that the test has not forgotten.
    pub clients: Vec<SimClient<G>>,
    /// The time, microseconds.
    pub now_us: u64,
    /// The test's random numbers.
    pub rng: Rng,
    /// The longest delay of a client's messages, ticks.
    pub delay_ticks_max: u32,
    /// The encodings that connections ask for, one after the other, from the second of these on.
    pub encodings: Vec<Encoding>,
    /// Random numbers for those delays.
    delays: Rng,
    setup: Setup<G::Settings>,
    /// Whether the room keeps the places of players who lose their connection.
    keeps_places: bool,
    connections: u64,
    /// A hash of every byte that any client received.
    pub wire_hash: Fnv,
    /// Views compared so far.
    pub verified: u64,
    /// What the engine has counted so far.
    pub counts: Counts,
    /// The entities at the last ticks, newest first.
    past: VecDeque<(Tick, Vec<Slot>)>,
    /// Connections in whose view entities were waiting for their turn after the last frame.
    crowded: HashSet<u64>,
}

impl<G: Game> Sim<G> {
    /// A room of the given game, which checks the laws of the contract in every tick.
    ///
    /// # Panics
    /// When the map is not valid.
    #[must_use]
    pub fn new(map_text: &str, setup: Setup<G::Settings>) -> Self {
        let spectators_max = SPECTATORS_MAX;
        let room =
            RoomSetup { spectators_max, check_rules: true, ..RoomSetup::new(map_text, setup) };
        Self::of(&room, Shards::default())
    }

    /// A room of this setup, whose frames these threads make.
    ///
    /// # Panics
    /// When the map is not valid.
    #[must_use]
    pub fn of(room: &RoomSetup<G::Settings>, shards: Shards) -> Self {
        let setup = room.game.clone();
        let (rng, delays) = (Rng::new(setup.seed ^ 0x5eed), Rng::new(setup.seed ^ 1));
        let engine = Engine::new("sim".into(), room, shards).unwrap();
        let (connections, wire_hash) = (0, Fnv::default());
        Self {
            engine,
            clients: Vec::new(),
            now_us: 1,
            delay_ticks_max: DELAY_TICKS_MAX,
            // A third is plain: what the clients hold must be the same.
            encodings: vec![Encoding::Plain, Encoding::Predicted, Encoding::Predicted],
            delays,
            rng,
            setup,
            keeps_places: room.resume_s > 0,
            connections,
            wire_hash,
            verified: 0,
            counts: Counts::default(),
            past: VecDeque::new(),
            crowded: HashSet::new(),
        }
    }

    /// Lets a player join over a pipe that holds `capacity` bytes. Returns its index, or `None` if
    /// the room is full.
    pub fn join(&mut self, capacity: usize) -> Option<usize> {
        self.come(capacity, Role::Player).ok()
    }

    /// Lets a spectator join, as `join` does a player.
    pub fn spectate(&mut self, capacity: usize) -> Option<usize> {
        self.come(capacity, Role::Spectator).ok()
    }

    /// Whether the room takes no more players.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.engine.count(Role::Player) == usize::from(self.setup.capacity)
    }

    /// Lets a client of this role join over a pipe that holds `capacity` bytes. Returns its index.
    ///
    /// # Errors
    /// Why it may not: the room is full, or the rules refuse it.
    pub fn come(&mut self, capacity: usize, role: Role) -> Result<usize, CloseReason> {
        let name = format!("p{}", self.connections + 1);
        let core = match role {
            Role::Player => Core::new(&name, "sim"),
            Role::Spectator => Core::spectator("sim"),
        };
        self.connect(core, capacity, role, None)
    }

    /// Connects the player of the client at `index` again, whose connection may still live. Returns
    /// the index of the new client.
    ///
    /// # Errors
    /// As [`Sim::come`].
    pub fn resume(&mut self, index: usize, capacity: usize) -> Result<usize, CloseReason> {
        let core = &self.clients[index].core;
        let offer = core.welcome().and_then(|welcome| welcome.resume);
        let seen = core.tick().unwrap_or_default();
        let request = offer.map(|offer| ResumeRequest { token: offer.token, seen });
        self.connect(core.reconnect(), capacity, Role::Player, request)
    }

    fn connect(
        &mut self,
        core: Core<G>,
        capacity: usize,
        role: Role,
        request: Option<ResumeRequest>,
    ) -> Result<usize, CloseReason> {
        self.connections += 1;
        let name = format!("p{}", self.connections);
        let next = ResumeToken(u128::from(self.connections).to_le_bytes());
        let resume = Resume {
            claim: request.map(|request| key(request.token)),
            seen: request.map_or(Tick(0), |request| request.seen),
            next: (self.keeps_places && role == Role::Player).then(|| (next, key(next))),
            else_refused: None,
        };
        let pipe = Pipe::new(capacity);
        let (sender, receiver) = inbox::inbox();
        let peer = peer(self.connections);
        let encoding = self.encodings[self.connections as usize % self.encodings.len()];
        let core = core.with_encoding(encoding);
        let join = Join { resume, encoding, ..Join::new(peer, &name, role, pipe.link(), receiver) };
        self.engine.join(join, self.now_us)?;
        let joined = self.engine.now();
        self.clients.push(SimClient::new(core, self.connections, pipe, sender, joined));
        Ok(self.clients.len() - 1)
    }

    /// Makes the client at `index` leave: by itself, or because its reader closes it for a reason.
    pub fn leave(&mut self, index: usize, reason: Option<CloseReason>) {
        let client = &mut self.clients[index];
        match (client.inbox.take(), reason) {
            (Some(inbox), Some(reason)) => inbox.close(reason),
            (inbox, _) => {
                drop(inbox);
                client.pipe.break_off();
            }
        }
    }

    /// Forgets the client at `index`.
    pub fn forget(&mut self, index: usize) {
        self.clients.swap_remove(index);
    }

    /// Puts a message of the client in its inbox, as a reader would.
    pub fn push(
        &mut self,
        index: usize,
        message: Message<G::Input, G::Command>,
    ) -> Result<(), PushError> {
        match &self.clients[index].inbox {
            Some(inbox) => inbox.push(message),
            None => Err(PushError::Closed),
        }
    }

    /// Leaves a chat line in a client's inbox, or a whisper to one player.
    ///
    /// # Errors
    /// As [`Sim::push`].
    pub fn say(&mut self, index: usize, text: &str, to: Option<PlayerId>) -> Result<(), PushError> {
        let read = ReadTime { empty_us: self.now_us, read_us: self.now_us };
        self.push(index, Message::Chat { text: text.to_owned(), to, read })
    }

    /// Runs one tick of the room; then every client reads, is compared, and sends.
    pub fn tick(&mut self, mut steer: impl FnMut(&mut Rng) -> G::Input) {
        let period_us = 1_000_000 / u64::from(self.setup.tick_hz);
        self.now_us += period_us;
        let now_us = self.now_us;
        self.engine.tick(now_us, |_| now_us);
        self.counts.absorb(self.engine.take_counts());
        self.note_meant();
        for client in &mut self.clients {
            self.verified += client.read(now_us, &mut self.wire_hash);
            if client.talks {
                let input = steer(&mut self.rng);
                let delay_ticks = self.delays.below(self.delay_ticks_max + 1);
                client.talk(input, now_us, u64::from(delay_ticks) * period_us);
            }
            client.deliver(now_us);
        }
    }

    /// Notes, from the entities themselves, what every client that was sent a frame should know.
    fn note_meant(&mut self) {
        let Some(entities) = self.engine.entities() else { return };
        let now = entities.tick;
        self.past.truncate(TURNS - 1);
        self.past.push_front((now, entities.entries().map(|entry| entry.slot).collect()));
        let known_state = |lane, id: &EntityId| {
            let tick = known(lane, now);
            let (_, slots) = self.past.iter().find(|(past, _)| *past == tick)?;
            let place = &slots[id.slot as usize];
            place.state.filter(|_| place.generation == id.generation)
        };
        for (viewer, server_side) in self.engine.viewers() {
            if server_side.baseline.tick != Some(now) {
                continue;
            }
            let known = server_side.baseline.visible.iter_with_lane().map(|(lane, id)| {
                known_state(lane, id).expect("a client is told of an entity that was dead")
            });
            let visible: Vec<State> = known.collect();
            let eye = self.engine.eye(viewer).unwrap_or_default();
            let connection = server_side.peer.connection;
            let was_crowded = self.crowded.remove(&connection);
            check_membership::<G>(&entities, server_side, eye, was_crowded);
            if server_side.baseline.visible.waiting() > 0 {
                self.crowded.insert(connection);
            }
            let ack = server_side.inputs.applied;
            let documents = meant_documents(&self.engine, viewer, server_side);
            let meant = Meant { visible, private: server_side.baseline.private, ack, documents };
            let current = self.clients.iter_mut().find(|client| client.connection == connection);
            if let Some(client) = current {
                client.meant.insert(now, meant);
            }
        }
    }
}

/// What stands here for the hash of a token.
fn key(ResumeToken(token): ResumeToken) -> ResumeKey {
    std::array::from_fn(|index| token[index % token.len()])
}

/// The checksums of the chat, of the game's document and of the list of players, if the client should have all
/// of them.
fn meant_documents<G: Game>(
    engine: &Engine<G>,
    viewer: Viewer,
    client: &Client<G::Input, G::Command>,
) -> [Option<u32>; 3] {
    let (chat, group) = (engine.chat().records(), engine.group(viewer));
    let chat = chat.is_whole(&client.readings.chat, 0).then(|| chat.checksum(0));
    let game = engine.game().document().map(Document::records);
    let game = game
        .filter(|game| client.readings.game.is_some_and(|reading| game.is_whole(&reading, group)));
    let players = engine.players().records();
    // Who has not asked for the list has none of it.
    let list = client.readings.players.map_or(Some(fold(0)), |reading| {
        players.is_whole(&reading, 0).then(|| players.checksum(0))
    });
    [chat, game.map(|game| game.checksum(group)), list]
}

/// Checks that everything near is visible and nothing that the frame carries is far away.
///
/// `was_crowded` says whether entities of this view were waiting for their turn before the tick.
/// Only then may the engine skip looking for entities that enter, for less than `SEARCH_TICKS`.
fn check_membership<G: Game>(
    entities: &Past<'_>,
    client: &Client<G::Input, G::Command>,
    eye: IVec2,
    was_crowded: bool,
) {
    let (now, Baseline { visible, search, .. }) = (entities.tick, &client.baseline);
    assert!(visible.len() <= VISIBLE_MAX, "{} entities are visible", visible.len());
    let all: HashSet<EntityId> = visible.iter().copied().collect();
    assert_eq!(all.len(), visible.len(), "an entity is visible twice");
    let near = enter_rect(G::VIEW, eye);
    let stay = G::VIEW.half + IVec2::splat(G::VIEW.margin);
    for (slot, entry) in (0..).zip(entities.entries()) {
        let place = &entry.slot;
        let id = EntityId { slot, generation: place.generation };
        let inside = place.state.as_ref().is_some_and(|state| near.contains(G::position(state)));
        let missing = inside && !all.contains(&id) && visible.len() < VISIBLE_MAX;
        assert!(
            !missing || search.tick != now,
            "{id:?} is within the view at {eye} and not visible"
        );
    }
    let ticks = now.since(search.tick);
    assert!(ticks == 0 || was_crowded && ticks < SEARCH_TICKS, "not looked for {ticks} ticks");
    for lane in [FRESH, turn(now)] {
        for id in visible.lane(lane) {
            let state = entities.find(*id).expect("a dead entity is still visible");
            let off = (G::position(state) - eye).abs();
            assert!(off.cmple(stay).all(), "an entity {off} away from the eye is still visible");
        }
    }
}
