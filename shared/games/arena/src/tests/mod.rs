//! Tests that step whole worlds: prediction, fights, the room.

use std::sync::Arc;

use glam::IVec2;

use super::brain::Brain;
use super::schema::{FIRE, SCHEMA};
use super::{Arena, Event, Input, Map, Settings, Ship, Sketch, Thing};
use drumbeat_shared::game::{
    Audience, Context, Controls, Events, Game, Identity, Setup, StaticWorld,
};
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::schema::{Field, State};
use drumbeat_shared::typed::{EntitySet as _, Member};

mod fights;
mod prediction;
mod rail;
mod room;
mod rounds;
mod starts;

const A: PlayerId = PlayerId(0);
const B: PlayerId = PlayerId(1);

fn setup(seed: u64, capacity: u16, tick_hz: u16, house_bots: u16) -> Setup<Settings> {
    Setup { seed, capacity, tick_hz, settings: Settings { house_bots, ..Settings::default() } }
}

fn world(sketch: &Sketch, setup: &Setup<Settings>) -> Arena {
    let map = Map::new(sketch, setup).unwrap();
    Arena::new(Arc::new(map), setup)
}

/// No rocks, no pickups.
fn void() -> Sketch {
    let mut sketch = Sketch { rocks_per_view: 0.0, fixed_rocks: Vec::new(), ..Sketch::default() };
    sketch.rules.pickups_per_view = [0.0; 3];
    sketch
}

fn step(arena: &mut Arena, inputs: &[(PlayerId, Input)]) -> Vec<(Audience, Event)> {
    let mut events = Events::default();
    let inputs: Vec<_> = inputs.iter().map(|(player, input)| (*player, now(*input))).collect();
    run(arena, &inputs, &mut events);
    events.drain().collect()
}

/// One step with these controls.
fn run(arena: &mut Arena, inputs: &[(PlayerId, Controls<Input>)], events: &mut Events<Event>) {
    let map = Arc::clone(&arena.world.map);
    let world = StaticWorld { tick_hz: map.tick_hz, map };
    arena.step(world.at(coming(arena).tick), inputs, events);
}

/// The context of the step that comes next.
fn coming(arena: &Arena) -> Context<'_, Map> {
    let map = &*arena.world.map;
    Context { map, tick_hz: map.tick_hz, tick: Tick(arena.world.tick + 1) }
}

/// The controls of a player whose picture is not behind the world.
fn now(input: Input) -> Controls<Input> {
    Controls { input, rewind: 0 }
}

fn ship(arena: &Arena, player: PlayerId) -> Ship {
    let mut ships = arena.world.entities.iter::<Ship>().map(|(_, ship)| ship);
    ships.find(|ship| ship.player == player).unwrap()
}

/// What a brain that sees the whole world wants of a player's ship, if there is one.
fn decide(brain: &mut Brain, arena: &Arena, player: PlayerId) -> Option<(PlayerId, Input)> {
    let ship = arena.world.entities.get(arena.world.players.find(player)?.ship?)?;
    let things = arena.entities().iter().map(|(_, state)| Thing::read(state));
    Some((player, brain.decide(&arena.world.map, &ship, things)))
}

fn is_alive(arena: &Arena, player: PlayerId) -> bool {
    let mut states = arena.entities().iter().map(|(_, state)| state);
    states.any(|state| Arena::owner(state) == Some(player))
}

fn put(arena: &mut Arena, player: PlayerId, change: impl FnOnce(&mut Ship)) {
    let id = arena.world.players.find(player).unwrap().ship.unwrap();
    arena.world.entities.edit(id, change).unwrap();
}

/// Two ships at rest without protection, B `units` to the east of A.
fn duel(tick_hz: u16, units: i32) -> Arena {
    let mut arena = world(&void(), &setup(3, 10, tick_hz, 0));
    for (player, x) in [(A, 8_000), (B, 8_000 + units * 16)] {
        arena.join(player, Identity::guest("duellist")).unwrap();
        put(&mut arena, player, |ship| {
            ship.place = IVec2::new(x, 8_000);
            ship.shield = 0;
        });
    }
    arena
}

const SHOOT_EAST: Input = Input { steer: 0, aim: 0, buttons: FIRE };

fn assert_in_range(state: &State) {
    let fields = SCHEMA.fields(state.kind);
    for (value, Field { name, min, max, .. }) in state.fields.iter().zip(fields) {
        assert!((min..=max).contains(&value), "{name} is {value} in {state:?}");
    }
    assert!(state.fields[fields.len()..].iter().all(|value| *value == 0));
}
