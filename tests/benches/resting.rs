//! The time of a tick in rooms with many entities that rest and few that move. `CONTRIBUTING.md`
//! says how to run it.
//!
//! The field grows with the number of stones, so each client sees about as many. The clients sit in
//! memory: no socket is measured.
#![expect(clippy::print_stdout, reason = "a table on the terminal is what it is for")]

use std::time::Instant;

use drumbeat_tests::resting_room::Room;

/// Stones that roll all the time.
const ROLLING: u32 = 50;
const CLIENTS: u16 = 20;
const WARM_UP_TICKS: usize = 400;
const TICKS: usize = 4_000;
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
    let mut room = Room::<false>::new(CLIENTS, resting, ROLLING);
    let mut times = [(); PARTS.len()].map(|()| Vec::with_capacity(TICKS));
    for tick in 0..WARM_UP_TICKS + TICKS {
        let mut ends = vec![Instant::now()];
        room.tick(|| ends.push(Instant::now()));
        room.answer();
        if tick >= WARM_UP_TICKS {
            let us = |from: usize, to: usize| (ends[to] - ends[from]).as_secs_f64() * 1e6;
            (0..4).for_each(|part| times[part].push(us(part, part + 1)));
            times[4].push(us(0, 4));
        }
    }
    times
}
