//! The time of a tick in rooms with many entities that rest and few that move. `CONTRIBUTING.md`
//! says how to run it.
//!
//! The field grows with the number of stones, so each client sees about as many. The clients sit in
//! memory: no socket is measured.
#![expect(clippy::print_stdout, reason = "a table on the terminal is what it is for")]

use std::time::Instant;

use drumbeat_kit::pipe::{Pipe, peer};
use drumbeat_server::engine::client::Join;
use drumbeat_server::engine::inbox::{self, Sender};
use drumbeat_server::engine::message::Message;
use drumbeat_server::engine::resume::Resume;
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_server::engine::shards::Shards;
use drumbeat_server::engine::tick::Engine;
use drumbeat_server::engine::viewer::Role;
use drumbeat_shared::game::Setup;
use drumbeat_shared::typed::Tick;
use drumbeat_tests::stones::{Field, Keys, Settings};

/// Stones that roll all the time.
const ROLLING: u32 = 50;
const CLIENTS: u16 = 20;
const TICK_HZ: u16 = 20;
const WARM_UP_TICKS: usize = 400;
const TICKS: usize = 4_000;
/// Stones in each square of 1,000 grid units: about 40 in a client's view.
const STONES_PER_SQUARE: f64 = 0.4;
/// Side of the part in the middle of the field where the clients and the stones that roll are, grid
/// units: the whole smallest field.
const MIDDLE: i32 = 50_000;
/// The parts of a tick, then the whole.
const PARTS: [&str; 5] = ["input", "step", "encode", "fanout", "tick"];

fn main() {
    println!("{CLIENTS} clients, {ROLLING} stones that roll; microseconds, {TICKS} ticks");
    println!("{:>8}  {}", "resting", PARTS.map(|part| format!("{part:>8} p50      p99")).join(""));
    for resting in [1_000, 10_000, 50_000] {
        let mut times = measure(resting);
        let line = times.each_mut().map(|times| {
            times.sort_unstable_by(f64::total_cmp);
            let at = |part: f64| times[(part * (times.len() - 1) as f64) as usize];
            format!("{:>12.1} {:>8.1}", at(0.5), at(0.99))
        });
        println!("{resting:>8}  {}", line.join(""));
    }
}

/// The times of each part of many ticks, microseconds.
fn measure(resting: u32) -> [Vec<f64>; PARTS.len()] {
    let side = (f64::from(resting) / STONES_PER_SQUARE).sqrt() * 1_000.0;
    let settings =
        Settings { resting, rolling: ROLLING, side: side as i32, middle: MIDDLE, events: 0 };
    let game = Setup { seed: 1, capacity: CLIENTS, tick_hz: TICK_HZ, settings };
    let setup = RoomSetup::new("", game);
    let mut engine =
        Engine::<Field>::new("bench".into(), &setup, Shards::default()).expect("no map");
    let clients: Vec<_> = (1..=CLIENTS).map(|number| join(&mut engine, number)).collect();
    let mut times = [(); PARTS.len()].map(|()| Vec::with_capacity(TICKS));
    for tick in 0..WARM_UP_TICKS + TICKS {
        let now_us = tick as u64 * 1_000_000 / u64::from(TICK_HZ);
        let mut ends = vec![Instant::now()];
        engine.tick(now_us, |_| {
            ends.push(Instant::now());
            now_us
        });
        for (pipe, inbox) in &clients {
            pipe.read(usize::MAX, &mut Vec::new());
            let (sent_us, seen, received_us) = (now_us, Tick(tick as u32 + 1), now_us);
            inbox.push(Message::Ping { sent_us, seen, received_us }).expect("an open inbox");
        }
        if tick >= WARM_UP_TICKS {
            let us = |from: usize, to: usize| (ends[to] - ends[from]).as_secs_f64() * 1e6;
            (0..4).for_each(|part| times[part].push(us(part, part + 1)));
            times[4].push(us(0, 4));
        }
    }
    times
}

fn join(engine: &mut Engine<Field>, number: u16) -> (Pipe, Sender<Keys>) {
    let pipe = Pipe::new(1 << 20);
    let (sender, receiver) = inbox::inbox();
    let join = Join {
        peer: peer(u64::from(number)),
        name: number.to_string(),
        role: Role::Player,
        link: pipe.link(),
        inbox: receiver,
        seat: None,
        resume: Resume::default(),
    };
    engine.join(join, 0).expect("a free seat");
    (pipe, sender)
}
