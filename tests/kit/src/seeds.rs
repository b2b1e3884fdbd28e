//! Seeds and setups of tests.

use std::panic::RefUnwindSafe;

use clap::Args;
use drumbeat_server::config::defaults;
use drumbeat_shared::game::Setup;

/// Runs `body` with the seeds 1 to `count`, or only with `DRUMBEAT_SEED` if that is set.
///
/// # Panics
/// When `body` does; the message names the seed that repeats it.
pub fn with_seeds(count: u64, body: impl Fn(u64) + RefUnwindSafe) {
    let seeds = match std::env::var("DRUMBEAT_SEED") {
        Ok(seed) => vec![seed.parse().expect("DRUMBEAT_SEED is a number")],
        Err(_) => (1..=count).collect(),
    };
    for seed in seeds {
        if let Err(panic) = std::panic::catch_unwind(|| body(seed)) {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let what = said.or_else(|| panic.downcast_ref::<&str>().copied());
            let what = what.unwrap_or("see above");
            panic!("with seed {seed} (repeat with DRUMBEAT_SEED={seed}): {what}");
        }
    }
}

/// A small room of a game without settings of its own.
#[must_use]
pub fn setup(seed: u64) -> Setup {
    Setup { seed, capacity: 24, tick_hz: 20, settings: () }
}

/// The same for a game with settings of its own: those that it has if nobody sets any.
#[must_use]
pub fn setup_of<S: Args>(seed: u64) -> Setup<S> {
    setup(seed).with(defaults())
}
