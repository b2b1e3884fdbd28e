//! A room in memory for the benchmarks: a field of stones, most of which rest, and its clients.

use drumbeat_kit::pipe::{Pipe, peer};
use drumbeat_server::engine::inbox::{self, Sender};
use drumbeat_server::engine::join::Join;
use drumbeat_server::engine::message::Message;
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_server::engine::shards::Shards;
use drumbeat_server::engine::tick::Engine;
use drumbeat_server::engine::viewer::Role;
use drumbeat_shared::game::Setup;

use crate::stones::{Keys, Settings, Stones};

const TICK_HZ: u16 = 20;
/// Stones in each square of 1,000 grid units: about 40 in a client's view.
const STONES_PER_SQUARE: f64 = 0.4;
/// Side of the part in the middle of the field where the clients and the stones that roll are, grid
/// units: the whole of a field of 1,000 stones.
const MIDDLE: i32 = 50_000;
/// Ticks after which a new room's clients have all they see.
const WARM_UP_TICKS: u32 = 40;
/// Ticks in which also a client for which nothing changes gets a frame.
const FRAME_TICKS_MAX: u32 = 100;

/// A room; a quiet one sends frames on change.
#[derive(Debug)]
pub struct Room<const QUIET: bool> {
    engine: Engine<Stones<QUIET>>,
    clients: Vec<(Pipe, Sender<Keys>)>,
    now_us: u64,
}

impl<const QUIET: bool> Room<QUIET> {
    /// A room with so many clients, stones that rest and stones that roll all the time. The field
    /// grows with the number of stones, so each client sees about as many.
    ///
    /// # Panics
    /// Never: the room has a seat for each client.
    #[must_use]
    pub fn new(clients: u16, resting: u32, rolling: u32) -> Self {
        let side = (f64::from(resting) / STONES_PER_SQUARE).sqrt() * 1_000.0;
        let settings = Settings { resting, rolling, side: side as i32, middle: MIDDLE, events: 0 };
        let game = Setup { seed: 1, capacity: clients, tick_hz: TICK_HZ, settings };
        let setup = RoomSetup::new("", game);
        let mut engine = Engine::new("bench".into(), &setup, Shards::default()).expect("no map");
        let clients = (1..=clients).map(|number| join(&mut engine, number)).collect();
        let mut room = Self { engine, clients, now_us: 0 };
        for _ in 0..WARM_UP_TICKS {
            room.tick(|| {});
            room.answer();
        }
        room
    }

    /// Runs a tick; `lap` is called at the end of each phase.
    pub fn tick(&mut self, mut lap: impl FnMut()) {
        let now_us = self.now_us;
        self.engine.tick(now_us, |_| {
            lap();
            now_us
        });
        self.now_us += 1_000_000 / u64::from(TICK_HZ);
    }

    /// Runs a tick, and lets every client take its frames. Returns their bytes.
    fn tick_and_take(&mut self) -> usize {
        self.tick(|| {});
        let mut bytes = Vec::new();
        self.clients.iter().for_each(|(pipe, _)| pipe.read(usize::MAX, &mut bytes));
        bytes.len()
    }

    /// Lets every client take its frames and answer. Returns the bytes of all frames.
    pub fn answer(&mut self) -> usize {
        let mut bytes = Vec::new();
        for (pipe, inbox) in &self.clients {
            pipe.read(usize::MAX, &mut bytes);
            let (sent_us, received_us) = (self.now_us, self.now_us);
            let ping = Message::Ping { sent_us, seen: self.engine.now(), received_us };
            inbox.push(ping).expect("an open inbox");
        }
        bytes.len()
    }
}

/// A room in which nothing moves, and whose clients therefore get no frame in the next tick.
///
/// # Panics
/// When they get one.
#[must_use]
pub fn quiet_room(clients: u16) -> Room<true> {
    let mut room = Room::new(clients, 1_000, 0);
    // All get the frame that says that the server is there in the same tick.
    for _ in 0..FRAME_TICKS_MAX {
        if room.tick_and_take() == 0 && clients > 0 {
            continue;
        }
        if room.tick_and_take() == 0 {
            return room;
        }
    }
    panic!("the room is not quiet");
}

fn join<const QUIET: bool>(
    engine: &mut Engine<Stones<QUIET>>,
    number: u16,
) -> (Pipe, Sender<Keys>) {
    let pipe = Pipe::new(1 << 20);
    let (sender, receiver) = inbox::inbox();
    let join = Join::new(
        peer(u64::from(number)),
        &number.to_string(),
        Role::Player,
        pipe.link(),
        receiver,
    );
    engine.join(join, 0).expect("a free seat");
    (pipe, sender)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_of_a_field_get_frames_and_those_of_a_quiet_room_none() {
        let mut room = Room::<false>::new(3, 1_000, 5);
        room.tick(|| {});
        assert!(room.answer() > 0);
        assert_eq!(quiet_room(3).clients.len(), 3);
    }
}
