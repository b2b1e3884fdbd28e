//! Who is in the room: house bots, players who leave, the leaderboard.

use super::*;
use crate::brain::Skill;
use crate::schema::{BOOST, RAIL, SHIP, THRUST};

#[test]
fn the_house_fills_a_quiet_room_and_makes_place() {
    let mut arena = world(&Sketch::default(), &setup(3, 20, 20, 6));
    let count = |arena: &Arena| {
        let ids: Vec<u16> = arena.world.players.iter().map(|(id, _)| id.0).collect();
        let people = ids.iter().filter(|id| **id < 20).count();
        (people, ids.len() - people)
    };
    assert_eq!(count(&arena), (0, 6));
    assert_eq!(arena.name(PlayerId(20)), Some("Vega (bot)"));
    for people in 1..=10_u16 {
        arena.join(PlayerId(people - 1), Identity::guest("guest")).unwrap();
        step(&mut arena, &[]);
        assert_eq!(count(&arena), (people.into(), 6_usize.saturating_sub(people.into())));
        let ships = arena.entities().iter().filter(|(_, state)| state.kind == SHIP);
        assert_eq!(ships.count(), usize::from(people.max(6)));
    }
    arena.join(PlayerId(0), Identity::guest("again")).unwrap();
    assert_eq!(count(&arena), (10, 0), "the same id is the same seat");
    for people in (0..10_u16).rev() {
        arena.leave(PlayerId(people));
        arena.leave(PlayerId(people));
        assert_eq!(count(&arena), (people.into(), 6_usize.saturating_sub(people.into())));
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
    let mut sent = Vec::new();
    for _ in 0..3 * 20 {
        let stop = Input::default();
        let input = if arena.world.tick < 30 { SHOOT_EAST } else { stop };
        for (audience, event) in step(&mut arena, &[(A, input)]) {
            if let (Audience::Room, Event::Leaders(rows)) = (audience, event) {
                sent.push((arena.world.tick, rows));
            }
        }
    }
    let ticks: Vec<u32> = sent.iter().map(|(tick, _)| *tick).collect();
    assert_eq!(ticks, [20, 40]);
    let (_, rows) = &sent[1];
    assert_eq!(rows[0].player, A);
    assert!(rows[0].score > 0 && rows[1].score == 0);
    assert_eq!((arena.private(A)[4], arena.private(B)[4]), (1, 2));
    assert_eq!(arena.private(A)[5], 2);
}

#[test]
fn a_few_players_meet_in_the_middle_of_a_large_world() {
    let mut arena = world(&Sketch::default(), &setup(5, 5_000, 20, 12));
    arena.join(A, Identity::guest("early bird")).unwrap();
    let (me, view) = (arena.eye(A).unwrap(), Arena::VIEW.half * 2);
    let ships = arena.entities().iter().filter(|(_, state)| state.kind == SHIP);
    let near = ships.filter(|(_, state)| {
        let away = (Arena::position(state) - me).abs();
        away.cmple(view).all()
    });
    assert!(near.count() >= 6);
}

#[test]
fn a_good_brain_beats_a_beginner() {
    let mut arena = world(&Sketch::default(), &setup(21, 10, 20, 6));
    arena.join(A, Identity::guest("ace")).unwrap();
    let mut brain = Brain::new(5, Skill::ACE);
    for _ in 0..20 * 120 {
        let inputs: Vec<_> = decide(&mut brain, &arena, A).into_iter().collect();
        step(&mut arena, &inputs);
    }
    let [_, kills, deaths, ..] = arena.private(A);
    assert!(kills >= 2 * deaths && kills >= 5, "{kills} kills, {deaths} deaths");
}

#[test]
fn brains_do_not_get_stuck_at_rocks_and_borders() {
    let sketch = Sketch { rocks_per_view: 10.0, ..Sketch::default() };
    let mut arena = world(&sketch, &setup(6, 64, 20, 12));
    let (mut ticks, mut stuck) = (0, 0);
    for _ in 0..20 * 60 {
        let before = arena.entities().clone();
        step(&mut arena, &[]);
        for (id, state) in before.iter().filter(|(_, state)| state.kind == SHIP) {
            if let Some(now) = arena.entities().find(id) {
                let path = Arena::position(now) - Arena::position(state);
                ticks += 1;
                stuck += usize::from(path.length_squared() < 256);
            }
        }
    }
    assert!(stuck * 20 < ticks, "{stuck} of {ticks} ship-ticks slower than 20 units per second");
}

#[test]
fn unknown_buttons_are_refused() {
    let input = |buttons| Input { buttons, ..Input::default() };
    assert_eq!(Arena::validate(&input(THRUST | BOOST | FIRE | RAIL)), Ok(()));
    assert!(Arena::validate(&input(16)).is_err());
}
