//! Hostile map files.

use std::sync::Arc;

use drumbeat_arena::{Arena, Map, Settings};
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_shared::game::{Events, Game as _, Identity, Setup, StaticWorld};
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::protocol::codec;

use super::decoders::check_ranges;

/// Reads the bytes as a map file, as a room does that opens; returns whether it was taken.
///
/// # Panics
/// When a map that is taken is another at the client, or leads to a state outside the schema's ranges.
pub fn map_file(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let settings = Settings { house_bots: 4, ..Settings::default() };
    let game = Setup { seed: 7, capacity: 16, tick_hz: 30, settings };
    let room = RoomSetup { map_text: text.as_ref().into(), ..RoomSetup::new("", game) };
    let (map, sent) = match room.map::<Arena>() {
        Ok(taken) => taken,
        Err(error) => {
            assert!(!error.to_string().trim().is_empty(), "{error:?}");
            return false;
        }
    };
    let received = codec::decode_server::<Map>(&sent);
    assert!(received.as_ref() == Ok(&map), "{received:?} is not {map:?}");
    let map = Arc::new(map);
    let ground = StaticWorld { map: Arc::clone(&map), tick_hz: room.game.tick_hz };
    let mut world = Arena::new(map, &room.game);
    world.join(PlayerId(0), Identity::guest("Ada")).expect("Arena refuses nobody");
    for tick in 1..=30 {
        world.step(ground.at(Tick(tick)), &[], &mut Events::default());
        world.entities().iter().for_each(|(_, state)| check_ranges(state));
    }
    true
}
