//! Whole worlds: prediction, determinism, life and death, the house, the leaderboard.

use std::sync::Arc;

use glam::IVec2;
use proptest::prelude::*;

use super::brain::{Brain, Skill};
use super::schema::{BOOST, ENERGY_MAX, FIRE, HP_MAX, SCHEMA, SHIP, SHOT, THRUST};
use super::{Arena, Event, Input, Map, Ship, Shot, Sketch};
use crate::game::{Audience, Events, Game, Setup};
use crate::ids::PlayerId;
use crate::rng::Rng;
use crate::schema::{Field, Role, State};

const A: PlayerId = PlayerId(0);
const B: PlayerId = PlayerId(1);

fn setup(seed: u64, capacity: u16, tick_hz: u16, house_bots: u16) -> Setup {
    Setup {
        seed,
        capacity,
        tick_hz,
        house_bots,
    }
}

fn world(sketch: &Sketch, setup: &Setup) -> Arena {
    let map = Map::new(sketch, setup).unwrap();
    Arena::new(Arc::new(map), setup)
}

/// No rocks, no pickups.
fn void() -> Sketch {
    let mut sketch = Sketch {
        rocks_per_view: 0.0,
        fixed_rocks: Vec::new(),
        ..Sketch::default()
    };
    sketch.rules.pickups_per_view = [0.0; 3];
    sketch
}

fn step(arena: &mut Arena, inputs: &[(PlayerId, Input)]) -> Vec<(Audience, Event)> {
    let mut events = Events::default();
    arena.step(inputs, &mut events);
    events.drain().collect()
}

fn ship_state(arena: &mut Arena, player: PlayerId) -> &mut State {
    let owned = |state: &State| Arena::owner(state) == Some(player);
    let id = arena
        .entities
        .iter()
        .find(|(_, state)| owned(state))
        .unwrap()
        .0;
    arena.entities.find_mut(id).unwrap()
}

fn ship(arena: &mut Arena, player: PlayerId) -> Ship {
    Ship::read(ship_state(arena, player)).unwrap()
}

fn is_alive(arena: &Arena, player: PlayerId) -> bool {
    let mut states = arena.entities().iter().map(|(_, state)| state);
    states.any(|state| Arena::owner(state) == Some(player))
}

fn put(arena: &mut Arena, player: PlayerId, change: impl FnOnce(&mut Ship)) {
    let state = ship_state(arena, player);
    let mut ship = Ship::read(state).unwrap();
    change(&mut ship);
    *state = ship.write();
}

/// Two ships at rest without protection, B to the east of A by so many units.
fn duel(tick_hz: u16, units: i32) -> Arena {
    let mut arena = world(&void(), &setup(3, 10, tick_hz, 0));
    for (player, x) in [(A, 8_000), (B, 8_000 + units * 16)] {
        arena.join(player, "duellist");
        put(&mut arena, player, |ship| {
            ship.place = IVec2::new(x, 8_000);
            ship.shield = 0;
        });
    }
    arena
}

const SHOOT_EAST: Input = Input {
    steer: 0,
    aim: 0,
    buttons: FIRE,
};

fn assert_in_range(state: &State) {
    let fields = SCHEMA.fields(state.kind);
    for (value, Field { name, min, max, .. }) in state.fields.iter().zip(fields) {
        assert!(
            (min..=max).contains(&value),
            "{name} is {value} in {state:?}"
        );
    }
    assert!(state.fields[fields.len()..].iter().all(|value| *value == 0));
}

fn any_state() -> impl Strategy<Value = State> {
    (0..SCHEMA.kinds.len(), any::<u64>(), 0..4_u32).prop_map(|(kind, seed, edges)| {
        let mut rng = Rng::new(seed);
        let mut state = State {
            kind: kind as u8,
            ..State::default()
        };
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
        let mut next = state;
        Arena::predict(&map, &mut next);
        let mut again = state;
        Arena::predict(&map, &mut again);
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
            _ => super::Pickup::read(&state).unwrap().write(),
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
        arena.join(A, "lone");
        let mut rng = Rng::new(4);
        let mut checked = 0;
        for _ in 0..2_000 {
            let input = Input {
                steer: rng.below(256) as u8,
                aim: rng.below(256) as u8,
                buttons: rng.below(8) as u8,
            };
            let inputs: &[_] = if rng.one_in(5) { &[(A, input)] } else { &[] };
            let before = arena.entities().clone();
            step(&mut arena, inputs);
            for (id, state) in before.iter() {
                let mut expected = *state;
                if let [(_, input)] = inputs {
                    Arena::control(&mut expected, input);
                }
                Arena::predict(arena.static_map(), &mut expected);
                if let Some(actual) = arena.entities().find(id) {
                    assert_eq!(*actual, expected, "{tick_hz} Hz");
                    checked += 1;
                }
            }
        }
        assert!(checked > 2_500, "{checked} at {tick_hz} Hz");
    }
}

/// FNV-1a over everything in the entity table.
fn hash(arena: &Arena) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |value: u64| hash = (hash ^ value).wrapping_mul(0x0000_0100_0000_01b3);
    for (id, state) in arena.entities().iter() {
        add(u64::from(id.slot) << 32 | u64::from(id.generation));
        add(u64::from(state.kind));
        state.fields.iter().for_each(|value| add(*value as u64));
    }
    hash
}

/// Ticks of random play by people and the house with joins and leaves; the final hash, the sum of
/// hashes and the number of kills.
fn play(seed: u64, ticks: u32) -> (u64, u64, usize) {
    let mut arena = world(&Sketch::default(), &setup(seed, 40, 20, 24));
    let mut rng = Rng::new(seed ^ 77);
    let mut brains: Vec<Option<Brain>> = vec![None; 40];
    let (mut sum, mut kills) = (0_u64, 0);
    for _ in 0..ticks {
        let guest = PlayerId(rng.below(40) as u16);
        let present = brains[usize::from(guest.0)].is_some();
        if rng.one_in(20) && !present {
            arena.join(guest, "guest");
            brains[usize::from(guest.0)] = Some(Brain::new(rng.bits(), Skill::ACE));
        } else if rng.one_in(40) && present {
            arena.leave(guest);
            brains[usize::from(guest.0)] = None;
        }
        let mut inputs = Vec::new();
        for (index, brain) in brains.iter_mut().enumerate() {
            let player = PlayerId(index as u16);
            let states = || arena.entities().iter().map(|(_, state)| state);
            let me = states().find(|state| Arena::owner(state) == Some(player));
            if let (Some(brain), Some(me)) = (brain, me) {
                inputs.push((player, brain.decide(arena.static_map(), me, states())));
            }
        }
        let events = step(&mut arena, &inputs);
        kills += events
            .iter()
            .filter(|(_, event)| matches!(event, Event::Kill { .. }))
            .count();
        arena
            .entities()
            .iter()
            .for_each(|(_, state)| assert_in_range(state));
        for (player, _) in arena.players.iter() {
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
fn shots_hit_at_every_tick_rate_and_take_ten_hits_to_kill() {
    for tick_hz in [10, 20, 60, 128] {
        let mut arena = duel(tick_hz, 300);
        let mut hits = 0;
        let mut killed = None;
        let mut inputs: &[_] = &[(A, SHOOT_EAST)];
        for _ in 0..tick_hz * 4 {
            for (audience, event) in step(&mut arena, inputs) {
                match event {
                    Event::Hit { damage, by, to, .. } => {
                        assert_eq!((damage, by, to), (10, A, B));
                        hits += u32::from(audience == Audience::Player(A));
                    }
                    Event::Kill { .. } => killed = Some(event),
                    _ => {}
                }
            }
            inputs = &[];
            if killed.is_some() {
                break;
            }
        }
        assert_eq!(hits, 10, "{tick_hz} Hz");
        let Some(Event::Kill {
            killer,
            victim,
            streak,
            killer_name,
            ..
        }) = killed
        else {
            panic!("no kill at {tick_hz} Hz");
        };
        assert_eq!((killer, victim, streak), (Some(A), B, 1));
        assert_eq!(killer_name, "duellist");
        assert!(!is_alive(&arena, B));
        assert_eq!(arena.private(A)[..4], [150, 1, 0, 1]);
        assert_eq!(arena.private(B)[..4], [0, 0, 1, 0]);
        assert_eq!(arena.private(B)[7], 1, "killed by player 0");
        assert_eq!(ship(&mut arena, A).streak, 1);
        assert_eq!(ship(&mut arena, A).hp, HP_MAX, "shots spare their owner");
    }
}

#[test]
fn a_shot_does_not_tunnel_through_a_ship_that_flies_towards_it() {
    // At 10 Hz a shot moves 90 units a tick, and the ships are 28 wide.
    for units in 100..190 {
        let mut arena = duel(10, units);
        put(&mut arena, B, |ship| ship.velocity.x = -13_000);
        step(&mut arena, &[(A, SHOOT_EAST)]);
        let stop = Input::default();
        let mut hit = false;
        for _ in 0..4 {
            let events = step(&mut arena, &[(A, stop)]);
            hit |= events
                .iter()
                .any(|(_, event)| matches!(event, Event::Hit { .. }));
        }
        assert!(hit, "missed from {units} units");
    }
}

#[test]
fn a_rock_stops_shots() {
    let mut sketch = void();
    sketch.fixed_rocks = vec![[0.0, 0.0, 20.0]];
    let mut arena = world(&sketch, &setup(3, 10, 10, 0));
    let centre = arena.static_map().centre();
    for (player, x) in [(A, -1_600), (B, 1_600)] {
        arena.join(player, "duellist");
        put(&mut arena, player, |ship| {
            ship.place = centre + IVec2::new(x, 0);
            ship.shield = 0;
        });
    }
    for _ in 0..40 {
        for (_, event) in step(&mut arena, &[(A, SHOOT_EAST)]) {
            assert!(!matches!(event, Event::Hit { .. }));
        }
    }
    assert_eq!(ship(&mut arena, B).hp, HP_MAX);
}

#[test]
fn the_dead_return_elsewhere_protected_and_with_the_controls_they_hold() {
    let mut arena = duel(20, 300);
    put(&mut arena, B, |ship| ship.hp = 5);
    let mut inputs: &[_] = &[(A, SHOOT_EAST)];
    while is_alive(&arena, B) {
        step(&mut arena, inputs);
        inputs = &[(
            A,
            Input {
                steer: 0,
                aim: 0,
                buttons: 0,
            },
        )];
        assert!(arena.tick() < 100);
    }
    let died = arena.tick();
    let grave = arena.eye(B);
    assert_eq!(arena.private(B)[6], died as i32 + 40, "2 s later");
    let held = Input {
        steer: 77,
        aim: 33,
        buttons: THRUST,
    };
    step(&mut arena, &[(B, held)]);
    assert_eq!(arena.eye(B), grave);
    while !is_alive(&arena, B) {
        step(&mut arena, &[]);
    }
    assert_eq!(arena.tick(), died + 40);
    assert_eq!(arena.private(B)[6], 0);
    let back = ship(&mut arena, B);
    assert_eq!(
        (back.steer, back.aim, back.buttons),
        (77, 33, i32::from(THRUST))
    );
    assert_eq!((back.hp, back.energy), (HP_MAX, ENERGY_MAX));
    assert_eq!(arena.eye(B), back.place);
    assert!(back.shield > 30 && back.place.distance_squared(grave) > 1_000);

    // Protected, it takes no harm; after its own first shot it does.
    put(&mut arena, A, |ship| {
        ship.place = back.place - IVec2::new(1_000, 0)
    });
    let shoot = |arena: &mut Arena, ticks: u32| {
        for _ in 0..ticks {
            put(arena, B, |ship| ship.place = back.place);
            step(arena, &[(A, SHOOT_EAST), (B, Input::default())]);
        }
        ship(arena, B).hp
    };
    assert_eq!(shoot(&mut arena, 10), HP_MAX);
    assert!(ship(&mut arena, B).shield > 0);
    step(
        &mut arena,
        &[(
            B,
            Input {
                buttons: FIRE,
                ..held
            },
        )],
    );
    assert_eq!(ship(&mut arena, B).shield, 0);
    assert!(shoot(&mut arena, 10) < HP_MAX);
}

#[test]
fn no_more_shots_than_the_cooldown_gives() {
    for tick_hz in [10, 30, 128] {
        let mut arena = duel(tick_hz, 500);
        put(&mut arena, A, |ship| ship.aim = 128);
        let mut shots = 0;
        let mut seen = Vec::new();
        for _ in 0..tick_hz * 3 {
            step(
                &mut arena,
                &[(
                    A,
                    Input {
                        aim: 64,
                        ..SHOOT_EAST
                    },
                )],
            );
            let now: Vec<_> = arena.shots.clone();
            shots += now.iter().filter(|shot| !seen.contains(*shot)).count();
            seen = now;
        }
        assert!((14..=16).contains(&shots), "{shots} at {tick_hz} Hz");
    }
}

#[test]
fn ships_push_each_other_apart() {
    let mut arena = duel(20, 10);
    for _ in 0..40 {
        step(&mut arena, &[]);
    }
    let gap = ship(&mut arena, B).place - ship(&mut arena, A).place;
    assert!(gap.x >= 27 * 16, "{gap}");
    assert_eq!(gap.y, 0);
}

#[test]
fn pickups_help_who_needs_them_and_come_back() {
    let mut sketch = void();
    sketch.rules.pickups_per_view = [1.0, 0.0, 0.0];
    let mut arena = world(&sketch, &setup(3, 10, 20, 0));
    let pickup = arena.entities().iter().next().unwrap();
    let (id, place) = (pickup.0, Arena::position(pickup.1));
    arena.join(A, "hurt");
    put(&mut arena, A, |ship| ship.place = place);
    assert_eq!(step(&mut arena, &[]).len(), 0, "a whole ship leaves it");
    put(&mut arena, A, |ship| ship.hp = 30);
    let events = step(&mut arena, &[]);
    assert!(matches!(
        events[..],
        [(
            Audience::Player(A),
            Event::Taken {
                player: A,
                sort: 0,
                ..
            }
        )]
    ));
    assert_eq!(ship(&mut arena, A).hp, 80);
    assert_eq!(arena.private(A)[0], 10);
    assert!(arena.entities().find(id).is_none());
    put(&mut arena, A, |ship| ship.place += IVec2::new(2_000, 0));
    let lying = |arena: &Arena| {
        let mut states = arena.entities().iter().map(|(_, state)| state);
        states.any(|state| state.kind == 2 && Arena::position(state) == place)
    };
    for _ in 0..12 * 20 {
        assert!(!lying(&arena));
        step(&mut arena, &[]);
    }
    assert!(lying(&arena));
}

#[test]
fn the_house_fills_a_quiet_room_and_makes_place() {
    let mut arena = world(&Sketch::default(), &setup(3, 20, 20, 6));
    let count = |arena: &Arena| {
        let ids: Vec<u16> = arena.players.iter().map(|(id, _)| id.0).collect();
        let people = ids.iter().filter(|id| **id < 20).count();
        (people, ids.len() - people)
    };
    assert_eq!(count(&arena), (0, 6));
    assert_eq!(arena.name(PlayerId(20)), Some("Vega (bot)"));
    for people in 1..=10_u16 {
        arena.join(PlayerId(people - 1), "guest");
        step(&mut arena, &[]);
        assert_eq!(
            count(&arena),
            (people.into(), 6_usize.saturating_sub(people.into()))
        );
        let ships = arena
            .entities()
            .iter()
            .filter(|(_, state)| state.kind == SHIP);
        assert_eq!(ships.count(), usize::from(people.max(6)));
    }
    arena.join(PlayerId(0), "again");
    assert_eq!(count(&arena), (10, 0), "the same id is the same seat");
    for people in (0..10_u16).rev() {
        arena.leave(PlayerId(people));
        arena.leave(PlayerId(people));
        assert_eq!(
            count(&arena),
            (people.into(), 6_usize.saturating_sub(people.into()))
        );
    }
}

#[test]
fn those_who_leave_take_ship_and_shots_with_them() {
    let mut arena = duel(20, 600);
    for _ in 0..10 {
        step(&mut arena, &[(A, SHOOT_EAST)]);
    }
    assert!(arena.entities().len() > 3);
    arena.leave(A);
    assert_eq!(arena.entities().len(), 1);
    assert_eq!(arena.name(A), None);
    step(&mut arena, &[(A, SHOOT_EAST)]);
    assert_eq!(arena.entities().len(), 1, "inputs of the absent do nothing");
}

#[test]
fn the_leaderboard_is_told_when_it_changes_and_once_a_second_at_most() {
    let mut arena = duel(20, 200);
    let mut told = Vec::new();
    for _ in 0..3 * 20 {
        let stop = Input::default();
        let input = if arena.tick() < 30 { SHOOT_EAST } else { stop };
        for (audience, event) in step(&mut arena, &[(A, input)]) {
            if let Event::Leaders(rows) = event {
                assert_eq!(audience, Audience::Room);
                told.push((arena.tick(), rows));
            }
        }
    }
    let ticks: Vec<u32> = told.iter().map(|(tick, _)| *tick).collect();
    assert_eq!(ticks, [20, 40]);
    let (_, rows) = &told[1];
    assert_eq!(rows[0].player, A);
    assert!(rows[0].score > 0 && rows[1].score == 0);
    assert_eq!((arena.private(A)[4], arena.private(B)[4]), (1, 2));
    assert_eq!(arena.private(A)[5], 2);
}

#[test]
fn a_few_players_meet_in_the_middle_of_a_large_world() {
    let mut arena = world(&Sketch::default(), &setup(5, 5_000, 20, 12));
    arena.join(A, "early bird");
    let (me, view) = (arena.eye(A), Arena::VIEW.half * 2);
    let ships = arena
        .entities()
        .iter()
        .filter(|(_, state)| state.kind == SHIP);
    let near = ships.filter(|(_, state)| {
        let away = (Arena::position(state) - me).abs();
        away.cmple(view).all()
    });
    assert!(near.count() >= 6);
}

#[test]
fn a_good_brain_beats_a_beginner() {
    let mut arena = world(&Sketch::default(), &setup(21, 10, 20, 6));
    arena.join(A, "ace");
    let mut brain = Brain::new(5, Skill::ACE);
    for _ in 0..20 * 120 {
        let states = || arena.entities().iter().map(|(_, state)| state);
        let me = states().find(|state| Arena::owner(state) == Some(A));
        let input = me.map(|me| (A, brain.decide(arena.static_map(), me, states())));
        let inputs: Vec<_> = input.into_iter().collect();
        step(&mut arena, &inputs);
    }
    let [_, kills, deaths, ..] = arena.private(A);
    assert!(
        kills >= 2 * deaths && kills >= 5,
        "{kills} kills, {deaths} deaths"
    );
}

#[test]
fn unknown_buttons_are_refused() {
    let input = |buttons| Input {
        buttons,
        ..Input::default()
    };
    assert_eq!(Arena::validate(&input(THRUST | BOOST | FIRE)), Ok(()));
    assert!(Arena::validate(&input(8)).is_err());
}
