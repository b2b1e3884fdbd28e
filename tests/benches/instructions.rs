//! Instruction counts of the inner loops, under Valgrind: free of noise, so that a change of one
//! percent shows. `CONTRIBUTING.md` says how to run it.

#![expect(missing_docs, unused_qualifications, reason = "in what the macros make")]

use std::hint::black_box;

use drumbeat_arena::Arena;
use drumbeat_shared::client::Client;
use drumbeat_shared::ids::Tick;
use drumbeat_tests::hot_paths::{self, TwoTicks, Views, World};
use gungraun::{library_benchmark, library_benchmark_group, main};

#[library_benchmark]
#[bench::of_300_ships(hot_paths::world())]
#[bench::that_begins_a_round(hot_paths::round_ends())]
fn step(mut world: World) -> World {
    hot_paths::step(black_box(&mut world));
    world
}

#[library_benchmark]
#[bench::of_300_ships(hot_paths::two_ticks())]
fn encode(mut ticks: TwoTicks) -> TwoTicks {
    hot_paths::encode(black_box(&mut ticks));
    ticks
}

#[library_benchmark]
#[bench::of_300_ships(hot_paths::two_ticks())]
fn encode_plainly(mut ticks: TwoTicks) -> TwoTicks {
    hot_paths::encode_plainly(black_box(&mut ticks));
    ticks
}

#[library_benchmark]
#[bench::of_60_visible(hot_paths::two_ticks())]
fn splice(mut ticks: TwoTicks) -> TwoTicks {
    hot_paths::splice(black_box(&mut ticks));
    ticks
}

#[library_benchmark]
#[bench::of_300_players(hot_paths::views())]
fn visibility(mut views: Views) -> Views {
    hot_paths::search(black_box(&mut views), Some(Tick(1)));
    views
}

#[library_benchmark]
#[bench::of_98_frames(hot_paths::receiver())]
fn decode((mut client, frames): (Client<Arena>, Vec<Vec<u8>>)) -> Client<Arena> {
    hot_paths::decode(black_box(&mut client), &frames);
    client
}

library_benchmark_group!(name = inner_loops; benchmarks = step, encode, encode_plainly, visibility, splice, decode);
main!(library_benchmark_groups = inner_loops);
