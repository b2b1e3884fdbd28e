//! Players at screens, each over its own link, in one thread and without sleeping: time is a number
//! that advances by a millisecond per step.
//!
//! The room ticks on its beat. Each player receives what its link delivers, holds the controls that
//! its pilot chooses, and draws 60 pictures a second.

use drumbeat_server::engine::chat_rate::ReadTime;
use drumbeat_server::engine::inbox::{self, Sender};
use drumbeat_server::engine::join::Join;
use drumbeat_server::engine::message::Message;
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_server::engine::shards::Shards;
use drumbeat_server::engine::tick::Engine;
use drumbeat_server::engine::viewer::Role;
use drumbeat_server::rooms::beat::CATCH_UP_TICKS_MAX;
use drumbeat_shared::client::{Client, Conditions, Feel, Lab, Notice, Received};
use drumbeat_shared::game::{Game, Setup};
use drumbeat_shared::ids::Tick;
use drumbeat_shared::protocol::codec;
use drumbeat_shared::protocol::messages::ClientMessage;

use crate::pipe::{Pipe, peer, take_message};

/// The step of simulated time, microseconds.
const STEP_US: u64 = 1_000;
/// Pictures a second.
const PICTURES_HZ: u64 = 60;

/// Decides a player's controls, at each picture or, without pictures, at each frame.
pub type Pilot<G> = Box<dyn FnMut(&mut Screen<G>, u64) -> <G as Game>::Input + Send>;

/// Falsifies what a core sends.
pub type Forge<G> =
    Box<dyn FnMut(&mut ClientMessage<<G as Game>::Input, <G as Game>::Command>) + Send>;

/// A room and players at screens.
pub struct Screens<G: Game> {
    /// The room.
    pub engine: Engine<G>,
    /// All players, in the order of joining.
    pub players: Vec<Screen<G>>,
    uplinks: Vec<Uplink<G>>,
    /// The time, microseconds.
    pub now_us: u64,
    period_us: u64,
    next_tick_us: u64,
    stopped_until_us: u64,
}

/// One player's screen.
pub struct Screen<G: Game> {
    /// The client core under test.
    pub core: Client<G>,
    /// The last picture.
    pub picture: Vec<f32>,
    /// Events of the game, in order.
    pub events: Vec<G::Event>,
    /// What falsifies its messages before they reach the server.
    pub forge: Option<Forge<G>>,
    lab: Lab,
    pilot: Option<Pilot<G>>,
    /// `None` for a player that draws nothing and makes an input for each frame.
    next_picture_us: Option<u64>,
    /// Unacknowledged inputs: the ticks they are meant for, and when they were made, microseconds.
    waiting: Vec<(Tick, u64)>,
    /// The longest wait of an acknowledged input for its acknowledgement, microseconds.
    wait_us_max: u64,
}

/// What lies between a screen and the room.
struct Uplink<G: Game> {
    pipe: Pipe,
    inbox: Sender<G::Input, G::Command>,
    bytes: Vec<u8>,
}

impl<G: Game> Screens<G> {
    /// A room of the given game without players.
    ///
    /// # Panics
    /// When the map is not valid.
    #[must_use]
    pub fn new(map_text: &str, setup: Setup<G::Settings>) -> Self {
        let period_us = 1_000_000 / u64::from(setup.tick_hz);
        let engine = {
            let room = RoomSetup::new(map_text, setup);
            Engine::new("screens".into(), &room, Shards::default()).unwrap()
        };
        Self {
            engine,
            players: Vec::new(),
            uplinks: Vec::new(),
            now_us: 1,
            period_us,
            next_tick_us: period_us,
            stopped_until_us: 0,
        }
    }

    /// Lets a player join over a link with these conditions.
    ///
    /// # Panics
    /// When the room is full.
    pub fn join(&mut self, link: Conditions, pilot: Pilot<G>) {
        self.come(link, pilot, true);
    }

    /// Lets a player join that draws nothing: it makes an input for each frame, as bots do.
    ///
    /// # Panics
    /// When the room is full.
    pub fn join_by_frame(&mut self, link: Conditions, pilot: Pilot<G>) {
        self.come(link, pilot, false);
    }

    fn come(&mut self, link: Conditions, pilot: Pilot<G>, draws: bool) {
        let number = self.players.len() as u64 + 1;
        let name = format!("p{number}");
        let pipe = Pipe::new(1 << 20);
        let (inbox, receiver) = inbox::inbox();
        let join = Join::new(peer(number), &name, Role::Player, pipe.link(), receiver);
        assert!(self.engine.join(join, self.now_us).is_ok(), "the room is full");
        let mut screen = Screen::new(&name, "", link, number, pilot);
        // Staggered, so that the screens do not all draw at the same time.
        screen.next_picture_us = draws.then_some(self.now_us + number * 3 * STEP_US);
        // The pipe starts with what the room sends on joining: no hello is needed.
        self.players.push(screen);
        self.uplinks.push(Uplink { pipe, inbox, bytes: Vec::new() });
    }

    /// Plays for this many seconds.
    pub fn play(&mut self, seconds: u64) {
        self.play_us(seconds * 1_000_000);
    }

    /// Plays for this many microseconds.
    pub fn play_us(&mut self, length_us: u64) {
        let until_us = self.now_us + length_us;
        while self.now_us < until_us {
            self.now_us += STEP_US;
            let now_us = self.now_us;
            if now_us >= self.stopped_until_us {
                self.serve(now_us);
            }
            for (screen, uplink) in self.players.iter_mut().zip(&mut self.uplinks) {
                uplink.pipe.read(usize::MAX, &mut uplink.bytes);
                while let Some((_, payload)) = take_message(&mut uplink.bytes) {
                    screen.arrive(payload, now_us);
                }
                screen.turn(now_us);
            }
        }
    }

    /// The server reads what has arrived, and runs a tick if one is due.
    fn serve(&mut self, now_us: u64) {
        for (screen, uplink) in self.players.iter_mut().zip(&self.uplinks) {
            while let Some(bytes) = screen.depart(now_us) {
                // A full inbox drops the oldest input, as it does for a reader.
                let _ = uplink.inbox.push(understand::<G>(&bytes, Role::Player, now_us));
            }
        }
        if now_us >= self.next_tick_us {
            let behind = (now_us - self.next_tick_us) / self.period_us;
            let left_out = behind.saturating_sub(CATCH_UP_TICKS_MAX);
            self.next_tick_us += (left_out + 1) * self.period_us;
            self.engine.tick(now_us, |_| now_us);
        }
    }

    /// Stops the server's process for this long, from now on. Afterwards it reads what has arrived
    /// and catches up on the ticks that were due, as far as a room does.
    pub fn stop(&mut self, length_us: u64) {
        self.stopped_until_us = self.now_us + length_us;
        self.play_us(length_us);
    }

    /// Delays the next tick by this long: the ticks that were due are left out.
    pub fn halt(&mut self, length_us: u64) {
        self.next_tick_us += length_us;
    }

    /// Takes the longest wait of each player's inputs for the frame that acknowledges them,
    /// microseconds, since the last call.
    pub fn take_waits_us(&mut self) -> Vec<u64> {
        let take = |screen: &mut Screen<G>| std::mem::take(&mut screen.wait_us_max);
        self.players.iter_mut().map(take).collect()
    }

    /// Takes the sum of how it felt to all players since the last call.
    pub fn take_feel(&mut self) -> Feel {
        let mut sum = Feel::default();
        self.players.iter_mut().for_each(|player| sum.absorb(&player.core.take_feel()));
        sum
    }
}

impl<G: Game> Screen<G> {
    /// A player who asks for this name and this room (empty: any).
    #[must_use]
    pub fn new(name: &str, room: &str, link: Conditions, seed: u64, pilot: Pilot<G>) -> Self {
        Self {
            core: Client::new(name, room),
            picture: Vec::new(),
            events: Vec::new(),
            forge: None,
            lab: Lab::new(link, seed),
            pilot: Some(pilot),
            next_picture_us: Some(0),
            waiting: Vec::new(),
            wait_us_max: 0,
        }
    }

    /// Sends the hello.
    pub fn hello(&mut self, now_us: u64) {
        let hello = self.core.hello();
        self.lab.send(hello, now_us).unwrap();
    }

    /// Changes the link's conditions.
    pub fn set_link(&mut self, link: Conditions) {
        self.lab.set(link);
    }

    /// Hands a message from the server to the link.
    pub fn arrive(&mut self, bytes: Vec<u8>, now_us: u64) {
        self.lab.arrive(bytes, now_us).unwrap();
    }

    /// The next message that the link delivers to the server.
    ///
    /// # Panics
    /// When the core sent nonsense that was to be falsified.
    pub fn depart(&mut self, now_us: u64) -> Option<Vec<u8>> {
        let bytes = self.lab.depart(now_us)?;
        let Some(forge) = &mut self.forge else { return Some(bytes) };
        let mut message = codec::decode_client(&bytes).expect("the core sent nonsense");
        forge(&mut message);
        Some(codec::encode(&message))
    }

    /// Receives what the link delivers, draws when a picture is due, and sends what is due.
    ///
    /// # Panics
    /// When the core refuses a message of the server.
    pub fn turn(&mut self, now_us: u64) {
        while let Some(bytes) = self.lab.deliver(now_us) {
            let received = self.core.receive(&bytes, now_us).expect("the server sent nonsense");
            if received == Received::Frame {
                self.note_waits(now_us);
                if self.next_picture_us.is_none() {
                    self.input_by_frame(now_us);
                }
            }
            self.send(now_us);
        }
        while let Some(notice) = self.core.notice() {
            if let Notice::Event(event) = notice {
                self.events.push(event);
            }
        }
        if let Some(due_us) = self.next_picture_us.filter(|due_us| now_us >= *due_us)
            && let Some(mut pilot) = self.pilot.take()
        {
            self.next_picture_us = Some(now_us.max(due_us + 1_000_000 / PICTURES_HZ));
            let held = pilot(self, now_us);
            self.pilot = Some(pilot);
            self.core.hold(held, now_us);
            self.send(now_us);
            self.core.draw(now_us, &mut self.picture);
        }
    }

    fn input_by_frame(&mut self, now_us: u64) {
        let Some(mut pilot) = self.pilot.take() else { return };
        let input = pilot(self, now_us);
        self.pilot = Some(pilot);
        if let Some(bytes) = self.core.input(input, now_us) {
            self.waiting.push((self.core.last_input(), now_us));
            self.lab.send(bytes, now_us).unwrap();
        }
    }

    fn note_waits(&mut self, now_us: u64) {
        let ack = self.core.ack();
        for (_, made_us) in self.waiting.extract_if(.., |(tick, _)| *tick <= ack) {
            self.wait_us_max = self.wait_us_max.max(now_us - made_us);
        }
    }

    fn send(&mut self, now_us: u64) {
        let mut last = self.core.last_input();
        while let Some(bytes) = self.core.transmit(now_us) {
            if self.core.last_input() > last {
                last = self.core.last_input();
                self.waiting.push((last, now_us));
            }
            self.lab.send(bytes, now_us).unwrap();
        }
    }
}

/// Decodes what a core sent into the message that a reader puts in the inbox.
///
/// # Panics
/// When a reader would close the connection because of it.
pub fn understand<G: Game>(
    bytes: &[u8],
    role: Role,
    received_us: u64,
) -> Message<G::Input, G::Command> {
    let message = codec::decode_client(bytes).expect("the core sent nonsense");
    let read = ReadTime { empty_us: received_us, read_us: received_us };
    Message::from_client::<G>(message, role, read).expect("the core sent what it must not")
}
