//! Instruction counts of whole ticks, under Valgrind. A program of its own, so that neither it nor the
//! inner loops change how the compiler inlines the other. `CONTRIBUTING.md` says how to run it.

#![expect(missing_docs, unused_qualifications, reason = "in what the macros make")]

use std::hint::black_box;

use drumbeat_tests::resting_room::{Room, quiet_room};
use gungraun::{library_benchmark, library_benchmark_group, main};

// A room with 20 clients in which 50 entities move and the others rest.
#[library_benchmark]
#[bench::beside_1_000(Room::new(20, 1_000, 50))]
#[bench::beside_50_000(Room::new(20, 50_000, 50))]
fn resting(mut room: Room<false>) -> Room<false> {
    black_box(&mut room).tick(|| {});
    room
}

// A room in which nothing has changed, so that no client gets a frame.
#[library_benchmark]
#[bench::of_no_client(quiet_room(0))]
#[bench::of_100_clients(quiet_room(100))]
fn quiet(mut room: Room<true>) -> Room<true> {
    black_box(&mut room).tick(|| {});
    room
}

library_benchmark_group!(name = ticks; benchmarks = resting, quiet);
main!(library_benchmark_groups = ticks);
