//! Where ships appear: inside the world, off the rocks, apart from each other, facing the middle.

use proptest::prelude::*;

use super::*;
use crate::schema::{GRID, SHIP, SHIP_RADIUS, VIEW_HALF};
use drumbeat_shared::typed::Angle;

const MAPS: [&str; 2] = [
    include_str!("../../../../../assets/maps/belt.toml"),
    include_str!("../../../../../assets/maps/void.toml"),
];

/// The share of what somebody in the middle of the screen sees that is outside the world, in a world
/// that is no smaller than the screen.
fn void_share(place: IVec2, size: IVec2) -> f32 {
    let half = VIEW_HALF * GRID;
    let low = (place - half).max(IVec2::ZERO);
    let high = (place + half).min(size);
    let inside = (high - low).as_vec2();
    1.0 - inside.x * inside.y / ((half.x as f32) * (half.y as f32) * 4.0)
}

fn sketch(map: usize, size: Option<[f32; 2]>) -> Sketch {
    let read = crate::map_file::read(MAPS[map]).unwrap();
    Sketch { size: size.or(read.size), ..read }
}

fn check(arena: &Arena) {
    let map = &arena.world.map;
    for (_, state) in arena.entities().iter().filter(|(_, state)| state.kind == SHIP) {
        let ship = Ship::read(state).unwrap();
        assert!(map.is_free(ship.place, SHIP_RADIUS), "{ship:?} is on a rock or at the wall");
        if map.size().cmpge(VIEW_HALF * GRID * 2).all() {
            let share = void_share(ship.place, map.size());
            assert!(share <= 0.2501, "{ship:?}: {share} of its view is outside {}", map.size());
        }
        let edge = (map.size().as_vec2() * 0.15).as_ivec2().min(VIEW_HALF * GRID);
        let inner = ship.place.cmpge(edge).all() && ship.place.cmple(map.size() - edge).all();
        assert!(inner, "{ship:?} is at a wall of {}", map.size());
        let middle = Angle::toward((map.centre() - ship.place).as_vec2());
        assert_eq!([ship.heading, ship.steer, ship.aim], [i32::from(middle.0); 3]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_ship_appears_inside_the_world_off_the_rocks_and_faces_its_middle(
        seed in any::<u64>(),
        map in 0..MAPS.len(),
        size in prop_oneof![
            Just(None),
            ([1_000.0_f32..9_000.0, 600.0_f32..6_000.0]).prop_map(Some),
        ],
        capacity in prop_oneof![Just(8_u16), Just(64), Just(400), Just(5_000)],
        house_bots in 1..60_u16,
    ) {
        let arena = world(&sketch(map, size), &setup(seed, capacity, 30, house_bots));
        check(&arena);
        let mut arena = arena;
        for player in 0..5.min(capacity) {
            arena.join(PlayerId(player), Identity::guest("guest")).unwrap();
        }
        check(&arena);
    }
}

#[test]
fn ships_appear_far_from_each_other_where_there_is_room() {
    let mut near = 0;
    for seed in 0..50 {
        let mut arena = world(&sketch(0, Some([6_000.0, 4_000.0])), &setup(seed, 64, 30, 4));
        arena.join(A, Identity::guest("guest")).unwrap();
        let me = ship(&arena, A).place;
        let ships = arena.world.entities.iter::<Ship>().map(|(_, ship)| ship);
        let away =
            ships.filter(|ship| ship.player != A).map(|ship| ship.place.distance_squared(me));
        near += u32::from(away.min().unwrap() < (450 * GRID).pow(2));
    }
    assert_eq!(near, 0, "of 50 are nearer than 450 units to another");
}

/// The least distance between two ships, grid units.
fn least_distance(arena: &Arena) -> f32 {
    let ships = arena.world.entities.iter::<Ship>().map(|(_, ship)| ship.place.as_vec2());
    let places: Vec<_> = ships.collect();
    let pairs = places.iter().enumerate();
    let away = pairs.flat_map(|(n, a)| places[..n].iter().map(move |b| a.distance(*b)));
    away.min_by(f32::total_cmp).unwrap()
}

#[test]
fn all_400_ships_of_a_round_appear_apart_from_each_other() {
    for (map, seed) in [(0, 1), (1, 2)] {
        let settings = Settings { house_bots: 400, round_minutes: 0.01, ..Settings::default() };
        let setup = Setup { settings, ..setup(seed, 400, 30, 0) };
        let mut arena = world(&sketch(map, None), &setup);
        for _ in 0..3 {
            let begins = |arena: &Arena| {
                let moment = arena.world.map.rounds.at(arena.world.tick + 1);
                moment.is_some_and(|moment| moment.begins())
            };
            while !begins(&arena) {
                arena.world.tick += 1;
            }
            step(&mut arena, &[]);
            assert_eq!(arena.world.entities.iter::<Ship>().count(), 400);
            let away = least_distance(&arena) / GRID as f32;
            assert!(away > 60.0, "map {map}, seed {seed}: two ships are {away} units apart");
        }
    }
}

#[test]
fn where_rocks_cover_the_middle_a_ship_appears_beside_them() {
    let mut sketch = void();
    sketch.size = Some([1_000.0, 600.0]);
    let rows = |x: i32| (-3..=3).map(move |y| [x as f32 * 100.0, y as f32 * 100.0, 60.0]);
    sketch.fixed_rocks = (-4..=4).flat_map(rows).collect();
    let arena = world(&sketch, &setup(1, 8, 30, 4));
    for (_, ship) in arena.world.entities.iter::<Ship>() {
        assert!(arena.world.map.is_free(ship.place, 0), "{ship:?}");
    }
}
