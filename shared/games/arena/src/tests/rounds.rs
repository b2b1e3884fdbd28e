//! Rounds: truce, podium, a new beginning, and what the room and those who join are sent.

use super::*;
use crate::schema::{RAIL, SHIP, SHOT};
use crate::{LEADERS_MAX, Leader};
use drumbeat_shared::rng::Rng;

/// Rounds of 3 s of play at 20 Hz: the podium begins in tick 60, the second round in tick 220.
const PODIUM: u32 = 60;
const SECOND: u32 = 220;

const FIRE_ALL: Input = Input { steer: 0, aim: 0, buttons: FIRE | RAIL };

fn short(house_bots: u16, sketch: &Sketch) -> Arena {
    let settings = Settings { house_bots, round_minutes: 0.05, ..Settings::default() };
    world(sketch, &Setup { settings, ..setup(3, 10, 20, 0) })
}

/// A duel in which A fires at B.
fn short_duel() -> Arena {
    let mut arena = short(0, &void());
    for (player, x) in [(A, 8_000), (B, 12_000)] {
        arena.join(player, Identity::guest("duellist")).unwrap();
        put(&mut arena, player, |ship| (ship.place, ship.shield) = (IVec2::new(x, 8_000), 0));
    }
    arena
}

/// Steps to the end of a tick, and returns the events of its step.
fn run_to(arena: &mut Arena, tick: u32, input: Input) -> Vec<(Audience, Event)> {
    let mut events = Vec::new();
    while arena.world.tick < tick {
        events = step(arena, &[(A, input), (B, Input::default())]);
    }
    events
}

fn count(arena: &Arena, kind: u8) -> usize {
    arena.entities().iter().filter(|(_, state)| state.kind == kind).count()
}

fn to_room(events: &[(Audience, Event)]) -> Vec<&Event> {
    events.iter().filter(|(to, _)| *to == Audience::Room).map(|(_, event)| event).collect()
}

#[test]
fn in_a_truce_nobody_fires_and_nobody_is_hurt() {
    let mut arena = short_duel();
    run_to(&mut arena, PODIUM - 20, Input::default());
    run_to(&mut arena, PODIUM - 1, SHOOT_EAST);
    assert!(count(&arena, SHOT) > 0, "there are shots on their way");
    let (hp, score) = (ship(&arena, B).hp, arena.private(A)[0]);
    assert!(hp < 100 && score > 0);
    while arena.world.tick < SECOND - 1 {
        step(&mut arena, &[(A, FIRE_ALL), (B, FIRE_ALL)]);
        assert_eq!((ship(&arena, B).hp, arena.private(A)[0]), (hp, score));
    }
    assert_eq!(count(&arena, SHOT), 0);
    while arena.world.tick < SECOND + 9 {
        step(&mut arena, &[(A, FIRE_ALL), (B, FIRE_ALL)]);
        assert_eq!(arena.entities().len(), 2, "only the two ships");
    }
    step(&mut arena, &[(A, FIRE_ALL), (B, FIRE_ALL)]);
    assert_eq!(arena.entities().len(), 6, "a shot and a beam of each");
}

#[test]
fn a_round_begins_with_new_ships_and_no_scores() {
    let mut arena = short_duel();
    run_to(&mut arena, PODIUM - 20, Input::default());
    run_to(&mut arena, PODIUM - 1, SHOOT_EAST);
    put(&mut arena, B, |ship| ship.hp = 30);
    put(&mut arena, A, |ship| ship.overdrive = 1_000);
    arena.leave(B);
    arena.join(B, Identity::guest("late")).unwrap();
    let before = run_to(&mut arena, SECOND - 1, SHOOT_EAST);
    assert!(before.iter().all(|(_, event)| !matches!(event, Event::Kill { .. })));
    let old: Vec<_> = arena.entities().iter().map(|(id, _)| id).collect();
    let events = run_to(&mut arena, SECOND, Input::default());
    assert!(events.iter().all(|(_, event)| !matches!(event, Event::Kill { .. })));
    assert!(old.iter().all(|id| arena.entities().find(*id).is_none()));
    assert_eq!(count(&arena, SHIP), 2);
    for player in [A, B] {
        let ship = ship(&arena, player);
        assert_eq!((ship.hp, ship.overdrive, ship.streak), (100, 0, 0));
        assert_eq!(ship.shield, arena.world.map.tuning.protection - 1);
        assert_eq!(arena.private(player)[..4], [0; 4]);
        assert_eq!(arena.private(player)[6..8], [0; 2], "alive, and killed by nobody");
    }
}

#[test]
fn who_is_dead_when_a_round_begins_flies_again() {
    let mut arena = short_duel();
    run_to(&mut arena, PODIUM - 1, Input::default());
    put(&mut arena, B, |ship| ship.hp = 0);
    step(&mut arena, &[]);
    assert!(!is_alive(&arena, B));
    let player = arena.world.players.find_mut(B).unwrap();
    player.respawn_tick = SECOND + 500;
    run_to(&mut arena, SECOND, Input::default());
    assert!(is_alive(&arena, B));
}

#[test]
fn the_room_is_sent_when_a_round_ends_and_when_it_begins() {
    let mut arena = short_duel();
    let mut sent = Vec::new();
    while arena.world.tick < SECOND + 20 {
        let events = step(&mut arena, &[(A, SHOOT_EAST)]);
        let tick = arena.world.tick;
        sent.extend(to_room(&events).into_iter().map(|event| (tick, event.clone())));
    }
    sent.retain(|(_, event)| matches!(event, Event::Podium { .. } | Event::Round { .. }));
    let [(PODIUM, Event::Podium { rows, next: SECOND }), (SECOND, round)] = &sent[..] else {
        panic!("{sent:?}");
    };
    let winner = Leader { player: A, name: "duellist".into(), score: rows[0].score };
    assert_eq!(rows[..], [winner], "who has no points is not on the podium");
    assert!(rows[0].score > 0);
    assert_eq!(*round, Event::Round { number: 2, ends: SECOND + 60 });
}

#[test]
fn who_joins_is_sent_all_with_the_first_frame_and_a_spectator_within_a_second() {
    let mine = |events: &[(Audience, Event)], player| -> Vec<Event> {
        let mine = events.iter().filter(|(to, _)| *to == Audience::Player(player));
        mine.map(|(_, event)| event.clone()).collect()
    };
    let mut arena = short(6, &Sketch::default());
    for _ in 0..30 {
        step(&mut arena, &[]);
    }
    arena.join(A, Identity::guest("new")).unwrap();
    let events = step(&mut arena, &[]);
    let sent = mine(&events, A);
    let [Event::Leaders(rows), Event::Overview { .. }, round] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert_eq!(rows.len(), 6.min(LEADERS_MAX), "one house bot has left for it");
    assert_eq!(*round, Event::Round { number: 1, ends: PODIUM });
    let at = rows.iter().position(|row| row.player == A).unwrap();
    let [score, _, _, _, place, players, ..] = arena.private(A);
    assert_eq!((score, place as usize, players), (rows[at].score, at + 1, 6), "they agree");

    arena.spectate();
    let events = step(&mut arena, &[]);
    assert_eq!(to_room(&events).len(), 3);
    arena.spectate();
    assert_eq!(to_room(&step(&mut arena, &[])).len(), 0, "the room gets it once a second");

    run_to(&mut arena, PODIUM + 5, Input::default());
    arena.join(B, Identity::guest("late")).unwrap();
    let sent = mine(&step(&mut arena, &[]), B);
    assert!(matches!(sent[..], [.., Event::Podium { next: SECOND, .. }]), "{sent:?}");
    arena.back(A);
    let sent = mine(&step(&mut arena, &[]), A);
    let [Event::Leaders(_), Event::Overview { .. }, Event::Podium { next: SECOND, .. }] = sent[..]
    else {
        panic!("{sent:?}");
    };
}

#[test]
fn the_overview_shows_no_leader_while_it_is_dead() {
    let mut arena = short_duel();
    arena.world.players.find_mut(A).unwrap().score = 10;
    let mut shown = Vec::new();
    let mut watch = |arena: &mut Arena, until: u32| {
        while arena.world.tick < until {
            let events = step(arena, &[]);
            shown.extend(to_room(&events).into_iter().filter_map(|event| match event {
                Event::Overview { leads, leader_x, leader_y, .. } => {
                    Some((*leads, *leader_x > 0 || *leader_y > 0))
                }
                _ => None,
            }));
        }
    };
    watch(&mut arena, 20);
    put(&mut arena, A, |ship| ship.hp = 0);
    step(&mut arena, &[]);
    assert!(!is_alive(&arena, A));
    assert_eq!(arena.leader(), Some(A), "it still has the most points");
    watch(&mut arena, 40);
    arena.world.players.find_mut(A).unwrap().respawn_tick = 0;
    watch(&mut arena, 60);
    assert_eq!(shown, [(true, true), (false, false), (true, true)]);
}

#[test]
fn a_spectator_who_arrives_changes_no_place() {
    let mut arena = short_duel();
    run_to(&mut arena, 21, Input::default());
    assert_eq!((arena.private(A)[4], arena.private(B)[4]), (1, 2));
    arena.world.players.find_mut(B).unwrap().score = 50;
    arena.spectate();
    let events = step(&mut arena, &[]);
    assert_eq!(to_room(&events).len(), 3, "the spectator is sent what there is");
    assert_eq!((arena.private(A)[4], arena.private(B)[4]), (1, 2));
    // Who has left since the last ranking is on no board.
    run_to(&mut arena, 45, Input::default());
    arena.leave(A);
    arena.spectate();
    let events = step(&mut arena, &[]);
    let [Event::Leaders(rows), ..] = to_room(&events)[..] else { panic!("{events:?}") };
    assert_eq!(rows.iter().map(|row| row.player).collect::<Vec<_>>(), [B]);
}

#[test]
fn who_arrives_when_the_room_is_sent_something_gets_it_once() {
    let mut arena = short_duel();
    run_to(&mut arena, 19, Input::default());
    let late = PlayerId(2);
    arena.join(late, Identity::guest("late")).unwrap();
    let events = step(&mut arena, &[]);
    let sent = events.iter().map(|(to, event)| {
        assert!([Audience::Room, Audience::Player(late)].contains(to), "{to:?}");
        std::mem::discriminant(event)
    });
    let sent: Vec<_> = sent.collect();
    assert_eq!(sent.len(), 3, "{events:?}");
    assert!((0..3).all(|at| !sent[..at].contains(&sent[at])), "{events:?}");
}

#[test]
fn clients_foresee_all_they_fire_and_how_they_fly_from_round_to_round() {
    let mut arena = short(0, &void());
    arena.join(A, Identity::guest("lone")).unwrap();
    let mut rng = Rng::new(9);
    let (mut fired, mut flown) = (0, 0);
    while arena.world.tick < 3 * SECOND {
        let [steer, aim, buttons, ..] = rng.bits().to_le_bytes();
        let input = Input { steer, aim, buttons: buttons & 15 };
        let (context, mut foreseen) = (coming(&arena), ship(&arena, A).write());
        Arena::control(&mut foreseen, &input);
        Arena::predict(context, &mut foreseen);
        let begins = context.tick.0.is_multiple_of(SECOND);
        fired += rail::foresee(&mut arena, &[(A, now(input))]);
        if !begins {
            assert_eq!(ship(&arena, A).write(), foreseen);
            flown += 1;
        }
    }
    assert_eq!(flown, 3 * SECOND - 3);
    assert!(fired > 20, "{fired}");
}

#[test]
fn a_room_without_rounds_says_so_and_never_ends() {
    let settings = Settings { house_bots: 0, round_minutes: 0.0, ..Settings::default() };
    let mut arena = world(&void(), &Setup { settings, ..setup(3, 10, 20, 0) });
    arena.join(A, Identity::guest("forever")).unwrap();
    assert!(!(0..100_000).any(|tick| arena.world.map.rounds.is_truce(tick)));
    let events = step(&mut arena, &[]);
    let none = Event::Round { number: 0, ends: 0 };
    assert!(events.contains(&(Audience::Player(A), none)), "{events:?}");
}
