//! The tables that are changed in place equal those that are built anew.

use std::sync::Arc;

use drumbeat_shared::entities::Entities;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema::State;
use drumbeat_shared::toy::at;
use drumbeat_shared::typed::{
    Entity, Id, Identity, Input, PlayerId, Refused, Saved, Setup, Step, View, World, entities,
};

use super::*;
use crate::engine::grid::Rect;

const SIDE: i32 = 100_000;

/// A stone that rolls until it rests.
#[derive(Entity, Clone, Copy, Debug, Default)]
struct Stone {
    #[position(max = SIDE)]
    place: IVec2,
    #[owner]
    player: PlayerId,
    #[range(0, 20)]
    rolls: u8,
}

entities! {
    enum Thing {
        Stone,
    }
}

#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
struct Nothing {
    unused: bool,
}

#[derive(Saved, Debug)]
struct Stones(World<Thing>);

impl drumbeat_shared::typed::Game for Stones {
    type Map = ();
    type Thing = Thing;
    type Avatar = Stone;
    type Private = ();
    type Input = Nothing;
    type Event = ();
    type Command = ();
    type Record = ();
    type Settings = ();

    const NAME: &'static str = "stones";
    const VIEW: View = View { half: IVec2::splat(2_000), margin: 0 };

    fn new(_map: Arc<()>, _setup: &Setup) -> Self {
        Self(World::default())
    }

    fn join(&mut self, _player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        Ok(())
    }

    fn leave(&mut self, _player: PlayerId) {}

    fn control(_avatar: &mut Stone, _input: &Nothing) {}

    fn predict(_context: Context<'_, ()>, Thing::Stone(stone): &mut Thing) {
        if stone.rolls > 0 {
            stone.rolls -= 1;
            stone.place.x = (stone.place.x + 500) % SIDE;
        }
    }

    fn rests(Thing::Stone(stone): &Thing) -> bool {
        stone.rolls == 0
    }

    fn step(&mut self, _step: &mut Step<'_, Self>) {}

    fn world(&self) -> &World<Thing> {
        &self.0
    }

    fn world_mut(&mut self) -> &mut World<Thing> {
        &mut self.0
    }

    fn avatar(&self, _player: PlayerId) -> Option<Id<Stone>> {
        None
    }

    fn private(&self, _player: PlayerId) {}
}

/// Changes some stones at random. Player ids come from `free` and go back.
fn change(world: &mut World<Thing>, rng: &mut Rng, free: &mut Vec<u16>) {
    let any = |world: &World<Thing>, rng: &mut Rng| {
        let slot = rng.below(world.entities().slots().len() as u32 + 1);
        let generation = world.entities().slots().get(slot as usize)?.generation;
        world.id::<Stone>(EntityId { slot, generation })
    };
    let place = |rng: &mut Rng| IVec2::new(rng.between(0, SIDE), rng.between(0, SIDE));
    for _ in 0..rng.below(8) {
        let rolls = if rng.one_in(3) { rng.below(20) as u8 } else { 0 };
        match (rng.below(4), any(world, rng)) {
            (0, _) | (_, None) => {
                let Some(player) = free.pop() else { continue };
                world.insert(Stone { place: place(rng), player: PlayerId(player), rolls });
            }
            (1, Some(id)) => free.extend(world.remove(id).map(|stone| stone.player.0)),
            (2, Some(id)) => {
                world.edit(id, |stone| (stone.place, stone.rolls) = (place(rng), rolls));
            }
            (_, Some(id)) => {
                // Another player gets it.
                let Some(player) = free.pop() else { continue };
                let edit = |stone: &mut Stone| std::mem::replace(&mut stone.player.0, player);
                free.extend(world.edit(id, edit));
            }
        }
    }
}

/// Asserts that the tables are what a look at every slot gives.
fn check(snapshot: &Snapshot, history: &History, entities: &Entities) {
    let now = history.newest().unwrap();
    assert_eq!(now.tick, snapshot.tick);
    for (number, entry) in (0..).zip(now.entries()) {
        let place = entities.slots().get(number as usize).copied();
        let place = place.unwrap_or(Slot { state: None, ..entry.slot });
        assert_eq!((number, entry.slot), (number, place));
        assert_eq!(entry.hash, place.state.as_ref().map_or(0, hash_state));
        if let Some(at) = snapshot.places.get(number as usize) {
            let position = place.state.as_ref().map(Stones::position).unwrap_or_default();
            assert_eq!(*at, Place { generation: place.generation, position });
        }
    }
    let all = Rect { min: IVec2::splat(i32::MIN), max: IVec2::splat(i32::MAX) };
    let mut found: Vec<Item> = snapshot.grid.within(all);
    found.sort_unstable_by_key(|item| item.id.slot);
    let living = entities.iter().map(|(id, state)| Item { id, position: Stones::position(state) });
    assert!(found.into_iter().eq(living));
    let mut avatars = vec![None; 500];
    for (id, state) in entities.iter() {
        avatars[usize::from(Stones::owner(state).unwrap().0)] = Some(id.slot);
    }
    for (player, slot) in (0..).map(PlayerId).zip(avatars) {
        assert_eq!(snapshot.avatar(player), slot);
    }
}

/// The keys that deviate within `age` ticks, by a look at every slot.
fn deviating(before: &[Slot], now: &[Slot], tick: u32, age: u32) -> Vec<u32> {
    let deviates = |(before, now): (&Slot, &Slot)| {
        let same = before.generation == now.generation;
        let states = before.state.as_ref().filter(|_| same).zip(now.state.as_ref());
        states.is_some_and(|(before, now): (&State, &State)| {
            let mut predicted = *before;
            let context = Context { map: &(), tick_hz: 30, tick: Tick(tick - age) };
            drumbeat_shared::replication::change::predict::<Stones>(context, &mut predicted, age);
            predicted != *now
        })
    };
    let keys = (0..).zip(before.iter().zip(now));
    keys.filter(|(_, pair)| deviates(*pair)).map(|(slot, _)| slot).collect()
}

#[test]
fn tables_changed_in_place_equal_those_built_anew() {
    for seed in 0..6 {
        let mut rng = Rng::new(seed);
        let setup = Setup { seed, capacity: 4, tick_hz: 30, settings: () };
        let mut game = <Stones as Game>::new(Arc::new(()), &setup);
        let (mut snapshot, mut history) = (Snapshot::default(), History::default());
        let mut free: Vec<u16> = (0..500).rev().collect();
        let (mut past, mut old_world) = (Vec::<Vec<Slot>>::new(), None);
        for tick in 1..=300 {
            let context = Context { map: &(), tick_hz: 30, tick: at(tick).tick };
            if tick == 100 {
                old_world = Some((game.0.clone(), free.clone()));
            } else if tick == 200 {
                // A world of old comes back, with other stones in the same slots.
                (game.0, free) = old_world.take().unwrap();
            } else if tick == 250 && seed % 2 == 0 {
                (game.0, free) = (World::default(), (0..500).rev().collect());
            }
            Game::step(&mut game, context, &[], &mut Default::default());
            change(&mut game.0, &mut rng, &mut free);
            let wanted = Wanted { turns: rng.one_in(2), plain: rng.one_in(2) };
            snapshot.advance(&mut game, context, &mut history, wanted);
            let entities = game.0.entities();
            check(&snapshot, &history, entities);
            let span = |age| Span { from: Tick(tick - age), to: Tick(tick) };
            if let Some(before) = past.last() {
                let (changes, _) = snapshot.changes(Encoding::Predicted, FRESH, span(1)).unwrap();
                assert_eq!(changes.keys(), deviating(before, entities.slots(), tick, 1));
            }
            let plain = snapshot.changes(Encoding::Plain, FRESH, span(1));
            assert_eq!(plain.is_some(), wanted.plain);
            if let Some(((changes, _), before)) = plain.zip(past.last()) {
                let alike = |(old, new): (&Slot, &Slot)| {
                    let lived = old.state.is_some() && new.state.is_some();
                    !lived || old.generation != new.generation || old == new
                };
                let slots = before.iter().zip(entities.slots());
                let changed = (0..).zip(slots).filter(|(_, pair)| !alike(*pair));
                assert!(changed.map(|(slot, _): (u32, _)| slot).eq(sorted(changes.keys())));
            }
            let held = tick > TURN_TICKS && history.find(Tick(tick - TURN_TICKS)).is_some();
            let turned = held.then(|| snapshot.changes(Encoding::Predicted, 1, span(TURN_TICKS)));
            if let Some((changes, shift)) = turned.flatten() {
                let before = &past[past.len() - TURNS];
                let mut keys = deviating(before, entities.slots(), tick, TURN_TICKS);
                keys.retain(|slot| lane_of(*slot) == turn(Tick(tick)));
                let slots = changes.keys().iter().map(|key| (key << shift) + tick % TURN_TICKS);
                assert!(slots.eq(keys));
            }
            past.push(entities.slots().to_vec());
            for age in 0..rng.below(40).min(tick) {
                let Some(then) = history.find(Tick(tick - age)) else { break };
                let slots = &past[past.len() - 1 - age as usize];
                for (entry, slot) in then.entries().zip(slots) {
                    assert_eq!(entry.slot, *slot, "tick {tick}, {age} ticks ago");
                }
            }
            history.forget_before(Tick(tick.saturating_sub(rng.below(60))));
        }
    }
}

fn sorted(keys: &[u32]) -> Vec<u32> {
    let mut keys = keys.to_vec();
    keys.sort_unstable();
    keys
}
