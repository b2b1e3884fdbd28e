//! Prediction against the step, and the same worlds from the same seeds.

use proptest::prelude::*;

use super::*;
use crate::brain::Skill;
use crate::schema::{BEAM, FIRE, RAIL, SHIP, SHOT, THRUST};
use crate::{Beam, Pickup, Shot};
use drumbeat_shared::fnv::Fnv;
use drumbeat_shared::replication::fingerprint::fingerprint;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema::Role;

fn any_state() -> impl Strategy<Value = State> {
    (0..SCHEMA.kinds.len(), any::<u64>(), 0..4_u32).prop_map(|(kind, seed, edges)| {
        let mut rng = Rng::new(seed);
        let mut state = State { kind: kind as u8, ..State::default() };
        for (value, field) in state.fields.iter_mut().zip(SCHEMA.kinds[kind].fields) {
            *value = match rng.below(8) {
                0 if edges > 0 => field.min,
                1 if edges > 0 => field.max,
                2 if edges > 1 => 0.clamp(field.min, field.max),
                _ => rng.between(field.min, field.max),
            };
        }
        state
    })
}

proptest! {
    #[test]
    fn prediction_keeps_decisions_and_ranges_of_any_state(
        state in any_state(),
        tick_hz in 10..=128_u16,
        capacity in prop_oneof![Just(1_u16), Just(700), Just(20_000)],
        wild in any::<bool>(),
    ) {
        let mut sketch = Sketch { rocks_per_view: 1.0, ..Sketch::default() };
        if wild {
            sketch.rules.boost_speed = 900.0;
            sketch.rules.drag = 5.0;
        }
        let map = Map::new(&sketch, &setup(1, capacity, tick_hz, 0)).unwrap();
        let context = Context { map: &map, tick_hz, tick: Tick(1) };
        let mut next = state;
        Arena::predict(context, &mut next);
        let mut again = state;
        Arena::predict(context, &mut again);
        prop_assert_eq!(next, again);
        prop_assert_eq!(next.kind, state.kind);
        assert_in_range(&next);
        for (index, field) in SCHEMA.fields(state.kind).iter().enumerate() {
            if field.role == Role::Decision {
                prop_assert_eq!(next.fields[index], state.fields[index]);
            }
        }
    }

    #[test]
    fn views_of_states_are_faithful(state in any_state()) {
        let written = match state.kind {
            SHIP => Ship::read(&state).unwrap().write(),
            SHOT => Shot::read(&state).unwrap().write(),
            BEAM => Beam::read(&state).unwrap().write(),
            _ => Pickup::read(&state).unwrap().write(),
        };
        prop_assert_eq!(written, state);
    }
}

#[test]
fn a_lone_ship_and_its_shots_do_exactly_what_was_predicted() {
    for tick_hz in [10, 20, 60, 128] {
        let mut sketch = Sketch::default();
        sketch.rules.pickups_per_view = [0.0; 3];
        let mut arena = world(&sketch, &setup(8, 10, tick_hz, 0));
        arena.join(A, Identity::guest("lone")).unwrap();
        let mut rng = Rng::new(4);
        let mut checked = 0;
        for _ in 0..2_000 {
            let input = Input {
                steer: rng.below(256) as u8,
                aim: rng.below(256) as u8,
                buttons: rng.below(16) as u8,
            };
            let inputs: &[_] = if rng.one_in(5) { &[(A, input)] } else { &[] };
            let before = arena.entities().clone();
            let tick = coming(&arena).tick;
            step(&mut arena, inputs);
            for (id, state) in before.iter() {
                let mut expected = *state;
                if let [(_, input)] = inputs {
                    Arena::control(&mut expected, input);
                }
                Arena::predict(coming(&arena).at(tick), &mut expected);
                if let Some(actual) = arena.entities().find(id) {
                    assert_eq!(*actual, expected, "{tick_hz} Hz");
                    checked += 1;
                }
            }
        }
        assert!(checked > 2_500, "{checked} at {tick_hz} Hz");
    }
}

/// A fingerprint of everything in the entity table.
pub(super) fn hash(arena: &Arena) -> u64 {
    let mut hash = Fnv::default();
    for (id, state) in arena.entities().iter() {
        hash.write(&id.slot.to_le_bytes());
        hash.write(&id.generation.to_le_bytes());
        hash.write(&[state.kind]);
        state.fields.iter().for_each(|value| hash.write(&value.to_le_bytes()));
    }
    hash.finish()
}

/// Plays ticks at random with people and house bots, joins and leaves. Returns the final hash, the
/// sum of hashes and the number of kills.
fn play(seed: u64, ticks: u32) -> (u64, u64, usize) {
    let mut arena = world(&Sketch::default(), &setup(seed, 40, 20, 24));
    let mut rng = Rng::new(seed ^ 77);
    let mut brains: Vec<Option<Brain>> = vec![None; 40];
    let (mut sum, mut kills) = (0_u64, 0);
    for _ in 0..ticks {
        let guest = PlayerId(rng.below(40) as u16);
        let present = brains[usize::from(guest.0)].is_some();
        if rng.one_in(20) && !present {
            arena.join(guest, Identity::guest("guest")).unwrap();
            brains[usize::from(guest.0)] = Some(Brain::new(rng.bits(), Skill::ACE));
        } else if rng.one_in(40) && present {
            arena.leave(guest);
            brains[usize::from(guest.0)] = None;
        }
        let mut inputs = Vec::new();
        for (index, brain) in brains.iter_mut().enumerate() {
            let decided = brain.as_mut().and_then(|b| decide(b, &arena, PlayerId(index as u16)));
            inputs.extend(decided);
        }
        let events = step(&mut arena, &inputs);
        kills += events.iter().filter(|(_, event)| matches!(event, Event::Kill { .. })).count();
        arena.entities().iter().for_each(|(_, state)| assert_in_range(state));
        for (player, _) in arena.world.players.iter() {
            let private = arena.private(player);
            for (value, Field { name, min, max, .. }) in private.iter().zip(SCHEMA.private) {
                assert!((min..=max).contains(&value), "{name} is {value}");
            }
        }
        sum = sum.wrapping_add(hash(&arena));
    }
    (hash(&arena), sum, kills)
}

#[test]
fn the_same_seed_and_inputs_give_the_same_world_and_others_do_not() {
    let first = play(11, 2_000);
    assert_eq!(first, play(11, 2_000));
    assert!(first.2 > 50, "only {} kills", first.2);
    assert_ne!(first.0, play(12, 2_000).0);
}

#[test]
fn a_press_shorter_than_a_tick_is_not_lost() {
    let input = |steer, buttons| Input { steer, aim: 7, buttons };
    let merged = Arena::merge(&input(1, FIRE | THRUST), &input(2, RAIL));
    assert_eq!(merged, input(2, FIRE | RAIL), "who lets go of thrust has let go of it");
}

#[test]
fn rules_of_another_world_have_another_fingerprint() {
    let world = |change: &dyn Fn(&mut Sketch)| {
        let mut sketch = Sketch::default();
        change(&mut sketch);
        let map = Arc::new(Map::new(&sketch, &setup(1, 8, 30, 0)).unwrap());
        fingerprint::<Arena>(&StaticWorld { map, tick_hz: 30 })
    };
    let same = world(&|_| ());
    assert_eq!(world(&|_| ()), same);
    assert_ne!(world(&|sketch| sketch.rules.drag *= 1.01), same);
}
