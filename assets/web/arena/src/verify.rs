//! Functions that a test runs both natively and in WebAssembly, to compare the results.

use std::sync::Arc;

use drumbeat_arena::schema::ALL_BUTTONS;
use drumbeat_arena::{Arena, Input, Map, Settings, Sketch};
use drumbeat_shared::client::Client;
use drumbeat_shared::fnv::Fnv;
use drumbeat_shared::game::{Controls, Events, Game, Identity, Setup, StaticWorld};
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema::State;

const TICK_HZ: u16 = 30;

fn write_state(hash: &mut Fnv, id: u32, state: &State) {
    hash.write(&id.to_le_bytes());
    hash.write(&[state.kind]);
    for field in state.fields {
        hash.write(&field.to_le_bytes());
    }
}

/// Feeds recorded messages of a server to a new client, one tick period apart. Returns a hash of
/// the client's state after each: the view, the prediction and the private state, or the refusal.
#[must_use]
pub fn replay<'a>(messages: impl IntoIterator<Item = &'a [u8]>) -> Vec<u64> {
    let mut client = Client::<Arena>::new("replay", "");
    let mut now_us = 0;
    let mut hashes = Vec::new();
    for message in messages {
        now_us += 1_000_000 / u64::from(TICK_HZ);
        let mut hash = Fnv::default();
        if let Err(error) = client.receive(message, now_us) {
            hash.write(error.to_string().as_bytes());
        }
        hash.write(&client.tick().map_or(0, |tick| tick.0).to_le_bytes());
        for seen in client.visible() {
            write_state(&mut hash, seen.key, &seen.state);
        }
        if let Some(own) = client.predicted() {
            write_state(&mut hash, u32::MAX, own);
        }
        for field in client.private() {
            hash.write(&field.to_le_bytes());
        }
        hashes.push(hash.finish());
    }
    hashes
}

/// Runs only the rules, on the built-in map for `ticks` steps, and hashes every entity after each.
/// `players` join at the start; a seeded random generator steers them.
///
/// # Panics
/// Never: the tick rate is within its limits.
#[must_use]
pub fn simulate(seed: u64, ticks: u32, players: u16) -> u64 {
    let setup = Setup {
        seed,
        capacity: players,
        tick_hz: TICK_HZ,
        settings: Settings { house_bots: 4, ..Settings::default() },
    };
    let map = Arc::new(Map::new(&Sketch::default(), &setup).expect("a valid tick rate"));
    let mut world = Arena::new(Arc::clone(&map), &setup);
    let ground = StaticWorld { map, tick_hz: TICK_HZ };
    let mut chance = Rng::new(seed ^ 0x5eed);
    for player in 0..players {
        world.join(PlayerId(player), Identity::guest("simulated")).expect("Arena refuses nobody");
    }
    let mut hash = Fnv::default();
    for tick in 1..=ticks {
        let inputs: Vec<_> = (0..players)
            .filter_map(|player| Some((PlayerId(player), controls(&mut chance)?)))
            .collect();
        world.step(ground.at(Tick(tick)), &inputs, &mut Events::default());
        for (id, state) in world.entities().iter() {
            write_state(&mut hash, id.slot, state);
        }
    }
    hash.finish()
}

/// New controls about every eighth tick.
fn controls(chance: &mut Rng) -> Option<Controls<Input>> {
    chance.one_in(8).then(|| {
        let [steer, aim, buttons, rewind, ..] = chance.bits().to_le_bytes();
        let input = Input { steer, aim, buttons: buttons & ALL_BUTTONS };
        Controls { input, rewind: rewind.into() }
    })
}

/// The same for JavaScript.
#[cfg(target_arch = "wasm32")]
mod exports {
    use crate::with_core;

    drumbeat_web::functions! {
        /// [`super::simulate`].
        fn simulate(seed: u64, ticks: u32, players: u32) -> u64 {
            super::simulate(seed, ticks, players as u16)
        }
        /// [`super::replay`] of the messages in the input, each preceded by its length (32 bits,
        /// little endian); writes the hashes, 8 bytes each.
        fn replay(len: usize) -> usize {
            with_core(|core| {
                let mut rest = &core.input[..len.min(core.input.len())];
                let mut messages = Vec::new();
                while let Some((head, tail)) = rest.split_first_chunk() {
                    let (message, tail) = tail.split_at((u32::from_le_bytes(*head) as usize).min(tail.len()));
                    messages.push(message);
                    rest = tail;
                }
                let hashes = super::replay(messages);
                core.output = hashes.into_iter().flat_map(u64::to_le_bytes).collect();
                core.output.len()
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_run() {
        assert_eq!(simulate(7, 120, 9), simulate(7, 120, 9));
        assert_ne!(simulate(7, 120, 9), simulate(8, 120, 9));
    }
}
