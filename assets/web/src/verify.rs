//! What a test runs both natively and in WebAssembly, to see that both do the same.

use std::sync::Arc;

use drumbeat_shared::client::Client;
use drumbeat_shared::game::{Events, Game as Rules, Setup};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::protocol::codec;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema::State;

use crate::Game;

const TICK_HZ: u16 = 30;

/// FNV-1a, 64 bits.
struct Hash(u64);

impl Hash {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn state(&mut self, id: u32, state: &State) {
        self.bytes(&id.to_le_bytes());
        self.bytes(&[state.kind]);
        for field in state.fields {
            self.bytes(&field.to_le_bytes());
        }
    }
}

/// Feeds recorded messages of a server to a new client, a tick's time apart, and returns a hash of
/// what it holds after each: the view, the prediction and the private state, or the refusal.
#[must_use]
pub fn replay<'a>(messages: impl IntoIterator<Item = &'a [u8]>) -> Vec<u64> {
    let mut client = Client::<Game>::new("replay", "");
    let mut now_us = 0;
    let mut hashes = Vec::new();
    for message in messages {
        now_us += 1_000_000 / u64::from(TICK_HZ);
        let mut hash = Hash::new();
        if let Err(error) = client.receive(message, now_us) {
            hash.bytes(error.to_string().as_bytes());
        }
        hash.bytes(&client.tick().map_or(0, |tick| tick.0).to_le_bytes());
        for seen in client.visible() {
            hash.state(seen.key, &seen.state);
        }
        if let Some(own) = client.predicted() {
            hash.state(u32::MAX, own);
        }
        for field in client.private() {
            hash.bytes(&field.to_le_bytes());
        }
        hashes.push(hash.0);
    }
    hashes
}

/// Runs the rules alone for `ticks` steps on this map (bincode, as in a welcome) and hashes every
/// entity after each. `players` join at the start; seeded chance steers them. `None` when the map
/// does not decode.
#[must_use]
pub fn simulate(map: &[u8], seed: u64, ticks: u32, players: u16) -> Option<u64> {
    let map = codec::decode_server(map).ok()?;
    let setup = Setup {
        seed,
        capacity: players,
        tick_hz: TICK_HZ,
        house_bots: 4,
    };
    let mut world = Game::new(Arc::new(map), &setup);
    let mut chance = Rng::new(seed ^ 0x5eed);
    for player in 0..players {
        world.join(PlayerId(player), "simulated");
    }
    let mut hash = Hash::new();
    for _ in 0..ticks {
        let inputs: Vec<_> = (0..players)
            .filter_map(|player| Some((PlayerId(player), controls(&mut chance)?)))
            .collect();
        let mut events = Events::default();
        world.step(&inputs, &mut events);
        for (id, state) in world.entities().iter() {
            hash.state(id.slot, state);
        }
    }
    Some(hash.0)
}

/// New controls about every eighth tick, as any bytes that make valid ones.
fn controls(chance: &mut Rng) -> Option<<Game as Rules>::Input> {
    if !chance.one_in(8) {
        return None;
    }
    let bytes = chance.bits().to_le_bytes();
    // A single byte below 251 is bincode's whole integer, above it a marker.
    let bytes = bytes.map(|byte| byte % 8 * 31);
    (1..=bytes.len())
        .find_map(|len| codec::decode_client(&bytes[..len]).ok())
        .filter(|input| Game::validate(input).is_ok())
}
