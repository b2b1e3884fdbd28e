//! Wall-clock times of the inner loops. They include the machine's noise: to compare two states of
//! the code, count instructions instead. `CONTRIBUTING.md` says how to run both.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use drumbeat_shared::ids::Tick;
use drumbeat_tests::hot_paths;

/// Times `work` on a fresh `input` each time.
fn time<I, O>(
    criterion: &mut Criterion,
    name: &str,
    input: impl Fn() -> I,
    work: impl Fn(&mut I) -> O,
) {
    criterion.bench_function(name, |bencher| {
        bencher.iter_batched_ref(&input, &work, BatchSize::LargeInput);
    });
}

fn inner_loops(criterion: &mut Criterion) {
    time(criterion, "step of 300 ships", hot_paths::world, hot_paths::step);
    time(criterion, "encode of 300 ships", hot_paths::two_ticks, hot_paths::encode);
    time(criterion, "plain encode of 300 ships", hot_paths::two_ticks, hot_paths::encode_plainly);
    time(criterion, "splice of 60 visible", hot_paths::two_ticks, hot_paths::splice);
    time(criterion, "visibility of 300 players", hot_paths::views, |views| {
        hot_paths::search(views, Some(Tick(1)));
    });
    time(criterion, "decode of 98 frames", hot_paths::receiver, |(client, frames)| {
        hot_paths::decode(client, frames);
    });
}

criterion_group!(benches, inner_loops);
criterion_main!(benches);
