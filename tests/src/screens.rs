//! Players at screens, over links of their own, in one thread and without sleeping: time is a
//! number that goes on by milliseconds.
//!
//! The room ticks on its beat. Each player takes what has come through its link, holds the controls
//! that its pilot wants, and draws 60 pictures a second.

use drumbeat_server::engine::client::Join;
use drumbeat_server::engine::inbox::{self, Sender};
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
    lab: Lab,
    pilot: Option<Pilot<G>>,
    /// `None` for one without pictures, that makes an input for each frame.
    next_picture_us: Option<u64>,
    /// Inputs that no frame has acknowledged: the ticks that they are for, and when they were made.
    waiting: Vec<(Tick, u64)>,
    /// How long the others have waited for that at most, microseconds.
    wait_us_max: u64,
}

/// What lies between a screen and the room.
struct Uplink<G: Game> {
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

    /// A player joins over a link of these conditions.
    ///
    /// # Panics
    /// When the room is full.
    pub fn join(&mut self, link: Conditions, pilot: Pilot<G>) {
        self.come(link, pilot, true);
    }

    /// The same for one that draws nothing: it makes an input for each frame, as bots do.
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
        let join = Join {
            peer: peer(number),
            name: name.clone(),
            role: Role::Player,
            link: pipe.link(),
            inbox: receiver,
            seat: None,
        };
        assert!(self.engine.join(join, self.now_us).is_ok(), "the room is full");
        let mut screen = Screen::new(&name, "", link, number, pilot);
        // Not all draw at the same time.
        screen.next_picture_us = draws.then_some(self.now_us + number * 3 * STEP_US);
        // The pipe begins with what the room says on joining: the hello is not asked for.
        self.players.push(screen);
        self.uplinks.push(Uplink { pipe, inbox, bytes: Vec::new() });
    }

    /// Plays on for so many seconds.
    pub fn play(&mut self, seconds: u64) {
        self.play_us(seconds * 1_000_000);
    }

    /// Plays on for so long.
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

    /// The server reads what has come, and ticks if one is due.
    fn serve(&mut self, now_us: u64) {
        for (screen, uplink) in self.players.iter_mut().zip(&self.uplinks) {
            while let Some(bytes) = screen.depart(now_us) {
                // One that is full drops the oldest, as it does for a reader.
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

    /// The server's process stands still for so long from now on. Then it reads what has come and
    /// makes up for the ticks that were due, as far as a room does.
    pub fn stop(&mut self, length_us: u64) {
        self.stopped_until_us = self.now_us + length_us;
        self.play_us(length_us);
    }

    /// The server does nothing for so long: the ticks that were due are left out.
    pub fn halt(&mut self, length_us: u64) {
        self.next_tick_us += length_us;
    }

    /// Takes how long the inputs of each player have waited at most, since this was last asked, for
    /// the frame that acknowledges them, microseconds.
    pub fn take_waits_us(&mut self) -> Vec<u64> {
        let take = |screen: &mut Screen<G>| std::mem::take(&mut screen.wait_us_max);
        self.players.iter_mut().map(take).collect()
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
            next_picture_us: Some(0),
            waiting: Vec::new(),
            wait_us_max: 0,
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

/// What a reader hands to the inbox of what a core sends by itself.
///
/// # Panics
/// When the connection would have to end for it.
pub fn understand<G: Game>(bytes: &[u8], role: Role, received_us: u64) -> Message<G::Input> {
    let message = codec::decode_client(bytes).expect("the core sent nonsense");
    Message::from_client::<G>(message, role, received_us).expect("the core sent what it must not")
}
