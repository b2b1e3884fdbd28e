//! Shots, deaths, returns, pushes and pickups.

use super::*;
use crate::schema::{ENERGY_MAX, HP_MAX, PICKUP, PUSH_STEP, RAIL, SHOT, THRUST};

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
                    Event::Hit { damage, by, to, rail, aim, .. } => {
                        assert_eq!((damage, by, to, rail, aim), (10, A, B, false, 0));
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
        let Some(Event::Kill { killer, victim, streak, killer_name, rail, hull, .. }) = killed
        else {
            panic!("no kill at {tick_hz} Hz");
        };
        assert_eq!((killer, victim, streak), (Some(A), B, 1));
        assert_eq!((&*killer_name, rail, hull), ("duellist", false, 100));
        assert!(!is_alive(&arena, B));
        assert_eq!(arena.private(A)[..4], [150, 1, 0, 1]);
        assert_eq!(arena.private(B)[..4], [0, 0, 1, 0]);
        assert_eq!(arena.private(B)[7], 1, "killed by player 0");
        assert_eq!(ship(&arena, A).streak, 1);
        assert_eq!(ship(&arena, A).hp, HP_MAX, "shots spare their owner");
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
            hit |= events.iter().any(|(_, event)| matches!(event, Event::Hit { .. }));
        }
        assert!(hit, "missed from {units} units");
    }
}

#[test]
fn a_rock_stops_shots() {
    let mut sketch = void();
    sketch.fixed_rocks = vec![[0.0, 0.0, 20.0]];
    let mut arena = world(&sketch, &setup(3, 10, 10, 0));
    let centre = arena.world.map.centre();
    for (player, x) in [(A, -1_600), (B, 1_600)] {
        arena.join(player, Identity::guest("duellist")).unwrap();
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
    assert_eq!(ship(&arena, B).hp, HP_MAX);
}

#[test]
fn the_dead_return_elsewhere_protected_and_with_the_controls_they_hold() {
    let mut arena = duel(20, 300);
    put(&mut arena, B, |ship| ship.hp = 5);
    let mut inputs: &[_] = &[(A, SHOOT_EAST)];
    while is_alive(&arena, B) {
        step(&mut arena, inputs);
        inputs = &[(A, Input { steer: 0, aim: 0, buttons: 0 })];
        assert!(arena.world.tick < 100);
    }
    let died = arena.world.tick;
    let grave = arena.eye(B).unwrap();
    assert_eq!(arena.private(B)[6], died as i32 + 40, "2 s later");
    let held = Input { steer: 77, aim: 33, buttons: THRUST };
    step(&mut arena, &[(B, held)]);
    assert_eq!(arena.eye(B), Some(grave));
    while !is_alive(&arena, B) {
        step(&mut arena, &[]);
    }
    assert_eq!(arena.world.tick, died + 40);
    assert_eq!(arena.private(B)[6], 0);
    let back = ship(&arena, B);
    assert_eq!((back.steer, back.aim, back.buttons), (77, 33, i32::from(THRUST)));
    assert_eq!((back.hp, back.energy), (HP_MAX, ENERGY_MAX));
    assert_eq!(arena.eye(B), Some(arena.world.map.look_at(back.place)));
    assert_eq!(back.shield, arena.world.map.tuning.protection - 1);
    assert!(back.place.distance_squared(grave) > 1_000);

    // Protected, it takes no harm; after its own first shot it does.
    put(&mut arena, A, |ship| {
        ship.place = back.place - IVec2::new(1_000, 0);
    });
    let shoot = |arena: &mut Arena, ticks: u32| {
        for _ in 0..ticks {
            put(arena, B, |ship| ship.place = back.place);
            step(arena, &[(A, SHOOT_EAST), (B, Input::default())]);
        }
        ship(arena, B).hp
    };
    assert_eq!(shoot(&mut arena, 10), HP_MAX);
    assert!(ship(&arena, B).shield > 0);
    step(&mut arena, &[(B, Input { buttons: FIRE, ..held })]);
    assert_eq!(ship(&arena, B).shield, 0);
    assert!(shoot(&mut arena, 10) < HP_MAX);
}

#[test]
fn a_kill_says_how_from_where_and_what_the_killer_has_left() {
    let kill = |arena: &mut Arena, input: Input| {
        put(arena, B, |ship| ship.hp = 5);
        let mut inputs: &[_] = &[(A, input)];
        loop {
            let events = step(arena, inputs);
            let mut events = events.into_iter().map(|(_, event)| event);
            inputs = &[];
            if let Some(kill) = events.find(|event| matches!(event, Event::Kill { .. })) {
                return kill;
            }
            assert!(arena.world.tick < 100);
        }
    };
    let mut arena = duel(20, 300);
    put(&mut arena, A, |ship| ship.hp = 37);
    let place = ship(&arena, A).place;
    let by_rail = kill(&mut arena, Input { buttons: RAIL, ..SHOOT_EAST });
    let Event::Kill { rail: true, hull: 37, from_x, from_y, .. } = by_rail else {
        panic!("{by_rail:?}");
    };
    assert_eq!((from_x, from_y), (place.x, place.y));

    // The shot of a dead ship kills, too.
    let mut arena = duel(20, 300);
    step(&mut arena, &[(A, SHOOT_EAST)]);
    put(&mut arena, A, |ship| ship.hp = 0);
    let grave = ship(&arena, A).place;
    step(&mut arena, &[(A, Input::default())]);
    assert!(!is_alive(&arena, A));
    let by_dead = kill(&mut arena, Input::default());
    let Event::Kill { killer: Some(A), rail: false, hull: 0, from_x, from_y, .. } = by_dead else {
        panic!("{by_dead:?}");
    };
    assert_eq!((from_x, from_y), (grave.x, grave.y));
}

#[test]
fn a_ship_in_overdrive_fires_twice_as_fast_and_counts_it_down() {
    let mut sketch = void();
    sketch.rules.pickups_per_view = [0.0, 0.0, 1.0];
    sketch.rules.overdrive_s = 2.0;
    let mut arena = world(&sketch, &setup(3, 10, 20, 0));
    let place = Arena::position(arena.entities().iter().next().unwrap().1);
    arena.join(A, Identity::guest("fast")).unwrap();
    put(&mut arena, A, |ship| ship.place = place);
    step(&mut arena, &[]);
    assert_eq!(ship(&arena, A).overdrive, 40);
    put(&mut arena, A, |ship| ship.place = aside_of(place));
    let mut shots = Vec::new();
    let mut seen = Vec::new();
    for left in (0..40).rev().chain([0; 40]) {
        step(&mut arena, &[(A, SHOOT_EAST)]);
        assert_eq!(ship(&arena, A).overdrive, left);
        let fired = arena.entities().iter().filter(|(_, state)| state.kind == SHOT);
        let now: Vec<_> = fired.map(|(id, _)| id).collect();
        shots.push(now.iter().filter(|shot| !seen.contains(*shot)).count());
        seen = now;
    }
    let [fast, slow] = [0..40, 40..80].map(|ticks| shots[ticks].iter().sum::<usize>());
    assert_eq!((fast, slow), (20, 10));
}

/// Away from a pickup.
fn aside_of(pickup: IVec2) -> IVec2 {
    pickup + IVec2::new(0, if pickup.y > 10_000 { -2_000 } else { 2_000 })
}

#[test]
fn no_more_shots_than_the_cooldown_gives() {
    for tick_hz in [10, 30, 128] {
        let mut arena = duel(tick_hz, 500);
        put(&mut arena, A, |ship| ship.aim = 128);
        let mut shots = 0;
        let mut seen = Vec::new();
        for _ in 0..tick_hz * 3 {
            step(&mut arena, &[(A, Input { aim: 64, ..SHOOT_EAST })]);
            let fired = arena.entities().iter().filter(|(_, state)| state.kind == SHOT);
            let now: Vec<_> = fired.map(|(id, _)| id).collect();
            shots += now.iter().filter(|shot| !seen.contains(*shot)).count();
            seen = now;
        }
        assert!((14..=16).contains(&shots), "{shots} at {tick_hz} Hz");
    }
}

#[test]
fn ships_push_each_other_apart_at_every_tick_rate() {
    for tick_hz in [10, 20, 60, 128] {
        let mut arena = duel(tick_hz, 10);
        for _ in 0..tick_hz * 2 {
            step(&mut arena, &[]);
        }
        let gap = ship(&arena, B).place - ship(&arena, A).place;
        assert!(gap.x >= 27 * 16, "{tick_hz} Hz: {gap}");
        assert_eq!(gap.y, 0, "{tick_hz} Hz");
    }
}

#[test]
fn a_push_is_the_same_for_both_and_a_few_steps() {
    let mut pushed = 0;
    for offset in -20..20 {
        let mut arena = duel(20, 20);
        put(&mut arena, A, |ship| ship.velocity = IVec2::new(1_500, 10 * offset));
        put(&mut arena, B, |ship| {
            ship.velocity = IVec2::new(-2_500, 300);
            ship.place.y += 16 * offset;
        });
        let foreseen = [A, B].map(|player| {
            let mut state = ship(&arena, player).write();
            Arena::predict(coming(&arena), &mut state);
            Ship::read(&state).unwrap()
        });
        step(&mut arena, &[]);
        let found = [A, B].map(|player| ship(&arena, player));
        let [to_a, to_b] = [0, 1].map(|at| found[at].velocity - foreseen[at].velocity);
        assert_eq!(to_a, -to_b, "momentum is kept");
        assert_eq!(to_a % PUSH_STEP, IVec2::ZERO);
        assert_eq!([0, 1].map(|at| found[at].place), [0, 1].map(|at| foreseen[at].place));
        pushed += i32::from(to_a != IVec2::ZERO);
    }
    assert!(pushed > 30, "{pushed} pushes");
}

#[test]
fn ships_that_crash_fly_apart_at_a_share_of_their_speed() {
    let mut arena = duel(20, 27);
    put(&mut arena, A, |ship| ship.velocity.x = 1_000);
    put(&mut arena, B, |ship| ship.velocity.x = -3_000);
    step(&mut arena, &[]);
    let apart = ship(&arena, B).velocity.x - ship(&arena, A).velocity.x;
    // Two fifths of the speed at which they met, after a tick's drag; a step more or less for each.
    let expected = (4_000.0 * arena.world.map.tuning.keep * 0.4) as i32;
    assert!((apart - expected).abs() <= 2 * PUSH_STEP, "{apart}, not {expected}");
}

#[test]
fn pickups_help_who_needs_them_and_come_back() {
    let mut sketch = void();
    sketch.rules.pickups_per_view = [1.0, 0.0, 0.0];
    let mut arena = world(&sketch, &setup(3, 10, 20, 0));
    let pickup = arena.entities().iter().next().unwrap();
    let (id, place) = (pickup.0, Arena::position(pickup.1));
    arena.join(A, Identity::guest("hurt")).unwrap();
    step(&mut arena, &[]);
    put(&mut arena, A, |ship| ship.place = place);
    assert_eq!(step(&mut arena, &[]).len(), 0, "a whole ship leaves it");
    put(&mut arena, A, |ship| ship.hp = 30);
    let events = step(&mut arena, &[]);
    assert!(matches!(events[..], [(Audience::Player(A), Event::Taken { player: A, sort: 0, .. })]));
    assert_eq!(ship(&arena, A).hp, 80);
    assert_eq!(arena.private(A)[0], 10);
    assert!(arena.entities().find(id).is_none());
    put(&mut arena, A, |ship| ship.place += IVec2::new(2_000, 0));
    let lying = |arena: &Arena| {
        let mut states = arena.entities().iter().map(|(_, state)| state);
        states.any(|state| state.kind == PICKUP && Arena::position(state) == place)
    };
    for _ in 0..12 * 20 {
        assert!(!lying(&arena));
        step(&mut arena, &[]);
    }
    assert!(lying(&arena));
}

#[test]
fn leaving_is_no_escape() {
    for (wait, score) in [(0, 100), (89, 100), (91, 0)] {
        let mut arena = duel(30, 300);
        let mut inputs: &[_] = &[(A, SHOOT_EAST)];
        while arena.private(A)[0] == 0 {
            step(&mut arena, inputs);
            inputs = &[];
        }
        let before = arena.private(A)[0];
        put(&mut arena, B, |ship| ship.place.y -= 2_000);
        for _ in 0..wait {
            step(&mut arena, &[]);
        }
        arena.leave(B);
        assert_eq!(arena.private(A)[0] - before, score, "{wait} ticks after the hit");
        arena.leave(A);
    }
}

#[test]
fn nobody_leads_without_points_and_the_leader_is_shown_roughly() {
    let mut arena = duel(30, 300);
    let mut seen = Vec::new();
    for tick in 0..90 {
        let inputs = if tick < 45 { vec![] } else { vec![(A, SHOOT_EAST)] };
        for (_, event) in step(&mut arena, &inputs) {
            if let Event::Overview { leads, leader_x, leader_y, .. } = event {
                seen.push((leads, leader_x % 8, leader_y % 8));
            }
        }
    }
    assert_eq!(seen.first(), Some(&(false, 0, 0)));
    assert_eq!(seen.last(), Some(&(true, 4, 4)), "the middle of a step: {seen:?}");
}
