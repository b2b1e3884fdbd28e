//! Players at screens, over links of their own, in one thread and without sleeping: time is a
//! number that goes on by milliseconds.
//!
//! The room ticks on its beat. Each player takes what has come through its link, holds the controls
//! that its pilot wants, and draws 60 pictures a second.

use drumbeat_server::engine::checks::Claim;
use drumbeat_server::engine::inbox::{self, Message, Sender};
use drumbeat_server::engine::input_queue::Arrival;
use drumbeat_server::engine::tick::{Engine, Join};
use drumbeat_server::engine::viewer::Role;
use drumbeat_shared::client::{Client, Conditions, Feel, Lab, Notice};
use drumbeat_shared::game::{Game, Setup};
use drumbeat_shared::protocol::codec;
use drumbeat_shared::protocol::messages::ClientMessage;
use serde::de::DeserializeOwned;

use crate::pipe::{Pipe, peer, take_message};

/// Time between two looks at everything, microseconds.
const STEP_US: u64 = 1_000;
/// Pictures a second.
const PICTURES_HZ: u64 = 60;

/// What decides a player's controls with every picture.
pub type Pilot<G> = Box<dyn FnMut(&mut Screen<G>, u64) -> <G as Game>::Input + Send>;

/// A room and players at screens.
pub struct Screens<G: Game> {
    /// The room.
    pub engine: Engine<G>,
    /// Everybody, in the order of joining.
    pub players: Vec<Screen<G>>,
    roads: Vec<Road<G>>,
    /// The time, microseconds.
    pub now_us: u64,
    period_us: u64,
    next_tick_us: u64,
}

/// One player's screen.
pub struct Screen<G: Game> {
    /// The client core under test.
    pub core: Client<G>,
    /// The last picture.
    pub picture: Vec<f32>,
    /// Events of the game, in order.
    pub events: Vec<G::Event>,
    lab: Lab,
    pilot: Option<Pilot<G>>,
    next_picture_us: u64,
}

/// What lies between a screen and the room.
struct Road<G: Game> {
    pipe: Pipe,
    inbox: Sender<G::Input>,
    bytes: Vec<u8>,
}

impl<G: Game> Screens<G> {
    /// A room of the given game without players.
    ///
    /// # Panics
    /// When the map is not valid.
    #[must_use]
    pub fn new(map_text: &str, setup: Setup) -> Self {
        let period_us = 1_000_000 / u64::from(setup.tick_hz);
        let engine = Engine::new("screens".into(), map_text, setup).unwrap();
        let (players, roads) = (Vec::new(), Vec::new());
        Self { engine, players, roads, now_us: 1, period_us, next_tick_us: period_us }
    }

    /// A player joins over a link of these conditions.
    ///
    /// # Panics
    /// When the room is full.
    pub fn join(&mut self, link: Conditions, pilot: Pilot<G>) {
        let number = self.players.len() as u64 + 1;
        let name = format!("p{number}");
        let pipe = Pipe::new(1 << 20);
        let (inbox, receiver) = inbox::inbox();
        let join = Join {
            peer: peer(number),
            name: name.clone(),
            role: Role::Player,
            link: pipe.link(),
            inbox: receiver,
        };
        assert!(self.engine.join(join, self.now_us).is_ok(), "the room is full");
        let mut screen = Screen::new(&name, "", link, number, pilot);
        // Not all draw at the same time.
        screen.next_picture_us = self.now_us + number * 3 * STEP_US;
        // The pipe begins with what the room says on joining: the hello is not asked for.
        self.players.push(screen);
        self.roads.push(Road { pipe, inbox, bytes: Vec::new() });
    }

    /// Plays on for so many seconds.
    pub fn play(&mut self, seconds: u64) {
        let until_us = self.now_us + seconds * 1_000_000;
        while self.now_us < until_us {
            self.now_us += STEP_US;
            let now_us = self.now_us;
            for (screen, road) in self.players.iter_mut().zip(&self.roads) {
                while let Some(bytes) = screen.depart(now_us) {
                    // One that is full drops the oldest, as it does for a reader.
                    let _ = road.inbox.push(understand(&bytes, now_us));
                }
            }
            if now_us >= self.next_tick_us {
                self.next_tick_us += self.period_us;
                self.engine.tick(now_us, |_| now_us);
            }
            for (screen, road) in self.players.iter_mut().zip(&mut self.roads) {
                road.pipe.read(usize::MAX, &mut road.bytes);
                while let Some((_, payload)) = take_message(&mut road.bytes) {
                    screen.arrive(payload, now_us);
                }
                screen.turn(now_us);
            }
        }
    }

    /// The server does nothing for so long: the ticks that were due are left out.
    pub fn halt(&mut self, length_us: u64) {
        self.next_tick_us += length_us;
    }

    /// Takes how it felt to all since this was last asked.
    pub fn take_feel(&mut self) -> Feel {
        let mut sum = Feel::default();
        self.players.iter_mut().for_each(|player| sum.absorb(&player.core.take_feel()));
        sum
    }
}

impl<G: Game> Screen<G> {
    /// A player who will ask for this name and this room (empty: any).
    #[must_use]
    pub fn new(name: &str, room: &str, link: Conditions, seed: u64, pilot: Pilot<G>) -> Self {
        Self {
            core: Client::new(name, room),
            picture: Vec::new(),
            events: Vec::new(),
            lab: Lab::new(link, seed),
            pilot: Some(pilot),
            next_picture_us: 0,
        }
    }

    /// Says hello.
    pub fn hello(&mut self, now_us: u64) {
        let hello = self.core.hello();
        self.lab.send(hello, now_us).unwrap();
    }

    /// The link becomes another.
    pub fn set_link(&mut self, link: Conditions) {
        self.lab.set(link);
    }

    /// A message of the server has come as far as the link.
    pub fn arrive(&mut self, bytes: Vec<u8>, now_us: u64) {
        self.lab.arrive(bytes, now_us).unwrap();
    }

    /// The next message that has come through the link on its way to the server.
    pub fn depart(&mut self, now_us: u64) -> Option<Vec<u8>> {
        self.lab.depart(now_us)
    }

    /// Takes what has come through, draws when a picture is due, says what there is to say.
    ///
    /// # Panics
    /// When the server sent what the core refuses.
    pub fn turn(&mut self, now_us: u64) {
        while let Some(bytes) = self.lab.deliver(now_us) {
            self.core.receive(&bytes, now_us).expect("the server sent nonsense");
            self.send(now_us);
        }
        while let Some(notice) = self.core.notice() {
            if let Notice::Event(event) = notice {
                self.events.push(event);
            }
        }
        if now_us >= self.next_picture_us
            && let Some(mut pilot) = self.pilot.take()
        {
            self.next_picture_us = now_us.max(self.next_picture_us + 1_000_000 / PICTURES_HZ);
            let held = pilot(self, now_us);
            self.pilot = Some(pilot);
            self.core.hold(held, now_us);
            self.send(now_us);
            self.core.draw(now_us, &mut self.picture);
        }
    }

    fn send(&mut self, now_us: u64) {
        while let Some(bytes) = self.core.transmit(now_us) {
            self.lab.send(bytes, now_us).unwrap();
        }
    }
}

/// What a reader hands to the inbox of what a core sends by itself.
///
/// # Panics
/// When it is something else.
pub fn understand<I: DeserializeOwned>(bytes: &[u8], received_us: u64) -> Message<I> {
    match codec::decode_client::<ClientMessage<I>>(bytes).unwrap() {
        ClientMessage::Input { tick, seen, shown, input } => {
            Message::Input(Arrival { tick, seen, shown, input, received_us })
        }
        ClientMessage::Ping { sent_us, seen } => Message::Ping { sent_us, seen, received_us },
        ClientMessage::Names { players } => Message::Names(players),
        ClientMessage::Resync { tick, expected, actual } => {
            Message::Resync(Claim { tick, expected, actual })
        }
        ClientMessage::Watch(watch) => Message::Watch(watch),
        ClientMessage::Hello(_) | ClientMessage::Chat { .. } => {
            panic!("the core sent a hello or chat by itself")
        }
    }
}
