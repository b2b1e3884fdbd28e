//! A room and its clients in one thread, without sockets and without sleeping.
//!
//! Links are in-memory pipes of limited capacity, time is a number. After every tick, whatever a
//! client has received is compared with what the server meant it to see.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex};

use drumbeat_server::engine::close::CloseReason;
use drumbeat_server::engine::inbox::{self, Message, PushError};
use drumbeat_server::engine::link::Link;
use drumbeat_server::engine::tick::{Engine, Join};
use drumbeat_server::engine::view::enter_rect;
use drumbeat_shared::client::{Client, Notice, Received};
use drumbeat_shared::game::{Game, Setup};
use drumbeat_shared::ids::Tick;
use drumbeat_shared::protocol::codec;
use drumbeat_shared::protocol::messages::ClientMessage;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema::{Private, State};
use glam::IVec2;

/// One direction of a connection: bytes on their way to a client.
#[derive(Debug, Default)]
struct Pipe {
    bytes: VecDeque<u8>,
    capacity: usize,
    broken: bool,
    closed: bool,
}

struct PipeLink(Arc<Mutex<Pipe>>);

impl Link for PipeLink {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut pipe = self.0.lock().unwrap();
        if pipe.broken {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let taken = bytes.len().min(pipe.capacity - pipe.bytes.len());
        if taken == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        pipe.bytes.extend(&bytes[..taken]);
        Ok(taken)
    }
}

impl Drop for PipeLink {
    fn drop(&mut self) {
        self.0.lock().unwrap().closed = true;
    }
}

/// What a client is meant to see at one tick.
#[derive(Clone, Debug, PartialEq)]
struct Meant {
    visible: Vec<State>,
    private: Private,
    ack: u32,
}

/// A simulated client.
#[derive(Debug)]
pub struct SimClient<G: Game> {
    /// The client core under test.
    pub core: Client<G>,
    /// Bytes it reads per tick; 0 while it is stalled.
    pub reads_per_tick: usize,
    /// Whether it says what it has seen.
    pub talks: bool,
    /// Every message it received, if the test set this to an empty list.
    pub recorded: Option<Vec<Vec<u8>>>,
    /// The close code and text that it received.
    pub closed: Option<(u16, String)>,
    /// Chat lines it received, and events it was told it had missed.
    pub chats: Vec<String>,
    /// See `chats`.
    pub missed: u64,
    connection: u64,
    pipe: Arc<Mutex<Pipe>>,
    inbox: Option<inbox::Sender<G::Input>>,
    buffer: Vec<u8>,
    meant: BTreeMap<Tick, Meant>,
    verified: u64,
}

/// A room under test.
#[derive(Debug)]
pub struct Sim<G: Game> {
    /// The room.
    pub engine: Engine<G>,
    /// Everybody who ever joined and has not been removed by the test.
    pub clients: Vec<SimClient<G>>,
    /// The time, microseconds.
    pub now_us: u64,
    /// The test's own chance.
    pub rng: Rng,
    tick_hz: u16,
    connections: u64,
    /// FNV-1a over every byte that any client received.
    pub wire_hash: u64,
    /// Views compared so far.
    pub verified: u64,
}

impl<G: Game> Sim<G> {
    /// A room of the given game.
    ///
    /// # Panics
    /// When the map is not valid.
    #[must_use]
    pub fn new(map_text: &str, setup: Setup) -> Self {
        let (rng, tick_hz) = (Rng::new(setup.seed ^ 0x5eed), setup.tick_hz);
        let engine = Engine::new("sim".into(), map_text, setup).unwrap();
        let (connections, wire_hash) = (0, 0xcbf2_9ce4_8422_2325);
        let clients = Vec::new();
        Self { engine, clients, now_us: 1, rng, tick_hz, connections, wire_hash, verified: 0 }
    }

    /// A client joins over a pipe that holds `capacity` bytes. Returns its index, or `None` if the
    /// room was full.
    pub fn join(&mut self, capacity: usize) -> Option<usize> {
        self.connections += 1;
        let name = format!("p{}", self.connections);
        let pipe = Arc::new(Mutex::new(Pipe { capacity, ..Pipe::default() }));
        let (sender, receiver) = inbox::inbox();
        let join = Join {
            connection: self.connections,
            name: name.clone(),
            link: Box::new(PipeLink(Arc::clone(&pipe))),
            inbox: receiver,
        };
        self.engine.join(join, self.now_us).ok()?;
        self.clients.push(SimClient {
            core: Client::new(&name, "sim"),
            reads_per_tick: usize::MAX,
            talks: true,
            recorded: None,
            closed: None,
            chats: Vec::new(),
            missed: 0,
            connection: self.connections,
            pipe,
            inbox: Some(sender),
            buffer: Vec::new(),
            meant: BTreeMap::new(),
            verified: 0,
        });
        Some(self.clients.len() - 1)
    }

    /// The client at `index` goes: by itself, or because its reader found a reason.
    pub fn leave(&mut self, index: usize, reason: Option<CloseReason>) {
        let client = &mut self.clients[index];
        match (client.inbox.take(), reason) {
            (Some(inbox), Some(reason)) => inbox.close(reason),
            (inbox, _) => {
                drop(inbox);
                client.pipe.lock().unwrap().broken = true;
            }
        }
    }

    /// Forgets the client at `index`.
    pub fn forget(&mut self, index: usize) {
        self.clients.swap_remove(index);
    }

    /// Passes a message of the client on as a reader would.
    pub fn push(&mut self, index: usize, message: Message<G::Input>) -> Result<(), PushError> {
        match &self.clients[index].inbox {
            Some(inbox) => inbox.push(message),
            None => Err(PushError::Closed),
        }
    }

    /// One tick of the room, after which every client reads, is compared, and talks.
    pub fn tick(&mut self, mut steer: impl FnMut(&mut Rng) -> G::Input) {
        self.now_us += 1_000_000 / u64::from(self.tick_hz);
        let now_us = self.now_us;
        self.engine.tick(now_us, |_| now_us);
        self.note_meant();
        for client in &mut self.clients {
            self.verified += client.read(now_us, &mut self.wire_hash);
            if client.talks {
                let input = steer(&mut self.rng);
                client.talk(input, now_us);
            }
        }
    }

    /// Notes what every client that was handed a frame should see, by the snapshot itself.
    fn note_meant(&mut self) {
        let Some(snapshot) = self.engine.snapshot() else {
            return;
        };
        for (player, server_side) in self.engine.clients() {
            if server_side.pace.handed != Some(snapshot.tick) {
                continue;
            }
            let visible: Vec<State> = server_side
                .visible
                .iter()
                .map(|id| *snapshot.find(*id).expect("a client sees a dead entity"))
                .collect();
            let view = snapshot.players[usize::from(player.0)].expect("a connected player");
            let alive = snapshot.slots.iter().filter_map(|slot| slot.state.as_ref());
            check_membership::<G>(alive, &visible, view.eye);
            let ack = server_side.applied;
            let meant = Meant { visible, private: view.private, ack };
            let connection = server_side.connection;
            let current = self.clients.iter_mut().find(|client| client.connection == connection);
            if let Some(client) = current {
                client.meant.insert(snapshot.tick, meant);
            }
        }
    }
}

/// Everything near is visible, and nothing far away is.
fn check_membership<'a, G: Game>(
    alive: impl Iterator<Item = &'a State>,
    visible: &[State],
    eye: IVec2,
) {
    let near = enter_rect(G::VIEW, eye);
    let inside = alive.filter(|state| near.contains(G::position(state))).count();
    let seen_inside = visible.iter().filter(|state| near.contains(G::position(state))).count();
    assert_eq!(seen_inside, inside, "entities within the view at {eye} are missing or doubled");
    let stay = G::VIEW.half + IVec2::splat(G::VIEW.margin);
    for state in visible {
        let off = (G::position(state) - eye).abs();
        assert!(off.cmple(stay).all(), "an entity {off} away from the eye is still visible");
    }
}

impl<G: Game> SimClient<G> {
    /// Reads what is there, and compares each view with what was meant. Returns how many.
    fn read(&mut self, now_us: u64, wire_hash: &mut u64) -> u64 {
        {
            let mut pipe = self.pipe.lock().unwrap();
            let count = pipe.bytes.len().min(self.reads_per_tick);
            self.buffer.extend(pipe.bytes.drain(..count));
        }
        let before = self.verified;
        while let Some((opcode, payload)) = take_message(&mut self.buffer) {
            for byte in &payload {
                *wire_hash = (*wire_hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
            if let Some(recorded) = &mut self.recorded {
                recorded.push(payload.clone());
            }
            match opcode {
                2 => self.receive(&payload, now_us),
                8 => {
                    let code = u16::from_be_bytes([payload[0], payload[1]]);
                    let text = String::from_utf8(payload[2..].to_vec()).unwrap();
                    self.closed = Some((code, text));
                }
                other => panic!("an unexpected WebSocket opcode {other}"),
            }
        }
        self.verified - before
    }

    fn receive(&mut self, payload: &[u8], now_us: u64) {
        let received = self.core.receive(payload, now_us).expect("the server sent nonsense");
        while let Some(notice) = self.core.notice() {
            match notice {
                Notice::Chat { text, .. } => self.chats.push(text),
                Notice::Missed { events } => self.missed += u64::from(events),
                Notice::Event(_) => {}
            }
        }
        if received == Received::Frame {
            let tick = self.core.tick().unwrap();
            let Some(meant) = self.meant.remove(&tick) else {
                // Frames that were on their way when the test let the client go.
                assert!(self.inbox.is_none(), "a frame of tick {tick} that was never sent");
                return;
            };
            let visible = self.core.visible().iter().map(|seen| seen.state).collect();
            let private = *self.core.private();
            let ack = self.core.ack();
            assert_eq!(Meant { visible, private, ack }, meant, "the view at tick {tick}");
            self.meant = self.meant.split_off(&tick);
            self.verified += 1;
        }
    }

    fn talk(&mut self, input: G::Input, now_us: u64) {
        let messages = [self.core.input(input, now_us), self.core.transmit(now_us)];
        for bytes in messages.into_iter().flatten() {
            let message = match codec::decode_client::<ClientMessage<G::Input>>(&bytes).unwrap() {
                ClientMessage::Input { seq, seen, input } => Message::Input { seq, seen, input },
                ClientMessage::Ping { sent_us, seen } => {
                    Message::Ping { sent_us, seen, received_us: now_us }
                }
                ClientMessage::Names { players } => Message::Names(players),
                ClientMessage::Resync { tick, expected, actual } => {
                    panic!("checksum {actual:x} instead of {expected:x} at tick {tick}")
                }
                other => panic!("the core sent {other:?} by itself"),
            };
            // A full inbox drops the message, which is what happens to a flood.
            let _ = self.inbox.as_ref().map(|inbox| inbox.push(message));
        }
    }

    /// Whether the server has closed the stream.
    #[must_use]
    pub fn stream_closed(&self) -> bool {
        self.pipe.lock().unwrap().closed
    }
}

/// Takes a whole unmasked WebSocket message off the front: opcode and payload.
fn take_message(buffer: &mut Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let short = usize::from(*buffer.get(1)?);
    let (header, payload) = match short {
        126 => (4, usize::from(u16::from_be_bytes(buffer.get(2..4)?.try_into().unwrap()))),
        127 => (10, u64::from_be_bytes(buffer.get(2..10)?.try_into().unwrap()) as usize),
        bytes => (2, bytes),
    };
    let message = buffer.get(header..header + payload)?.to_vec();
    let first = buffer[0];
    assert_eq!(first & 0xf0, 0x80, "a final frame without extensions");
    buffer.drain(..header + payload);
    Some((first & 0x0f, message))
}
