//! The rail: aims are judged by the shooter's picture, and clients predict their own shots.

use proptest::prelude::*;

use super::*;
use crate::schema::{BEAM, GRID, HP_MAX, RAIL, THRUST};
use crate::{Beam, Stats};
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema::Private;
use drumbeat_shared::typed::Private as _;

const RAIL_EAST: Input = Input { steer: 0, aim: 0, buttons: RAIL };
const NORTH: Input = Input { steer: 192, aim: 0, buttons: THRUST };

/// A at rest, and B 500 units to the east of it, flying north at 600 units per second.
struct Range {
    arena: Arena,
    /// Where B was at the end of each step, the newest last.
    places: Vec<IVec2>,
}

impl Range {
    fn new(sketch: &Sketch) -> Self {
        let mut sketch = sketch.clone();
        (sketch.rules.speed, sketch.rules.boost_speed) = (600.0, 600.0);
        let mut arena = world(&sketch, &setup(3, 10, 30, 0));
        for (player, place) in [(A, IVec2::new(400, 700)), (B, IVec2::new(900, 1_300))] {
            arena.join(player, Identity::guest("duellist")).unwrap();
            put(&mut arena, player, |ship| {
                ship.place = place * GRID;
                ship.shield = 0;
            });
        }
        put(&mut arena, B, |ship| {
            (ship.heading, ship.velocity.y) = (192, -600 * 256 / 30);
        });
        let mut range = Self { arena, places: Vec::new() };
        range.fly(20);
        range
    }

    fn fly(&mut self, ticks: usize) {
        for _ in 0..ticks {
            step(&mut self.arena, &[(A, Input::default()), (B, NORTH)]);
            self.places.push(ship(&self.arena, B).place);
        }
    }

    /// Where a player whose picture is this many 1/16 ticks behind sees B in the next step.
    fn picture(&self, behind: i32) -> IVec2 {
        let ends: Vec<IVec2> = self.places.iter().rev().copied().collect();
        // The next step moves it as far again.
        let ago = |steps: usize| steps.checked_sub(1).map_or(2 * ends[0] - ends[1], |at| ends[at]);
        let (newer, older) = (ago((behind / 16) as usize), ago((behind / 16) as usize + 1));
        newer + (older - newer) * (behind % 16) / 16
    }

    /// The events when A fires east from the height of a place.
    fn fire_at(&mut self, place: IVec2, rewind: u16) -> Vec<Event> {
        put(&mut self.arena, A, |ship| ship.place.y = place.y);
        let mut events = Events::default();
        let controls = Controls { input: RAIL_EAST, rewind };
        run(&mut self.arena, &[(A, controls), (B, now(NORTH))], &mut events);
        events.drain().map(|(_, event)| event).collect()
    }

    fn beam(&self) -> Beam {
        let mut states = self.arena.entities().iter().map(|(_, state)| state);
        states.find_map(Beam::read).expect("a beam")
    }
}

fn is_hit(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::Hit { by: A, to: B, rail: true, .. }))
}

#[test]
fn an_aim_at_the_picture_hits_up_to_the_limit_and_beyond_it_must_lead_by_the_rest() {
    let check = |claimed_ms: i32, aimed_ms: i32, hits: bool| {
        let mut range = Range::new(&void());
        let parts = |ms: i32| ms * 30 * 16 / 1_000;
        let place = range.picture(parts(aimed_ms));
        let events = range.fire_at(place, parts(claimed_ms) as u16);
        assert_eq!(is_hit(&events), hits, "{claimed_ms} ms behind, aimed {aimed_ms} ms back");
        if hits {
            let expected = HP_MAX - 45;
            assert_eq!(ship(&range.arena, B).hp, expected);
            let length = range.beam().length / GRID;
            assert!((470..=486).contains(&length), "it ends at the ship: {length}");
        } else {
            assert_eq!(range.beam().length, 1_200 * GRID, "nothing was in its way");
        }
    };
    for ms in [50, 150, 250] {
        check(ms, ms, true);
        check(ms, ms - 50, false);
        check(ms, ms + 50, false);
    }
    check(0, 50, false);
    check(300, 300, false);
    check(300, 250, true);
}

#[test]
fn who_was_not_there_or_is_no_more_is_not_hit() {
    // B returns between the picture and the shot.
    let mut range = Range::new(&void());
    range.arena.leave(B);
    range.arena.join(B, Identity::guest("newcomer")).unwrap();
    let place = ship(&range.arena, B).place;
    put(&mut range.arena, A, |ship| ship.place.x = place.x - 300 * GRID);
    let fire = |range: &mut Range, rewind| {
        put(&mut range.arena, B, |ship| (ship.place, ship.velocity) = (place, IVec2::ZERO));
        let mut events = Events::default();
        let controls = Controls { input: RAIL_EAST, rewind };
        put(&mut range.arena, A, |ship| ship.place.y = place.y);
        run(&mut range.arena, &[(A, controls), (B, now(Input::default()))], &mut events);
        is_hit(&events.drain().map(|(_, event)| event).collect::<Vec<_>>())
    };
    assert!(!fire(&mut range, 17), "its place two ticks ago was nowhere");
    range.fly(60);
    assert!(fire(&mut range, 0), "it is there now");

    // B was there, and has left.
    let mut range = Range::new(&void());
    let place = range.picture(80);
    range.arena.leave(B);
    assert!(!is_hit(&range.fire_at(place, 80)));
    let mut range = Range::new(&void());
    let place = range.picture(80);
    put(&mut range.arena, B, |ship| ship.hp = 0);
    assert!(!is_hit(&range.fire_at(place, 80)), "it dies in this very step");
}

#[test]
fn protection_is_judged_now() {
    for shield in [0, 60] {
        let mut range = Range::new(&void());
        let place = range.picture(80);
        put(&mut range.arena, B, |ship| ship.shield = shield);
        let events = range.fire_at(place, 80);
        assert!(is_hit(&events), "the beam ends at a protected ship, too");
        let hurt = ship(&range.arena, B).hp < HP_MAX;
        assert_eq!(hurt, shield == 0);
    }
}

#[test]
fn a_protected_ship_fires_at_once_unless_its_trigger_is_locked() {
    for (shield, fires) in [(1, true), (60, true), (61, true), (62, false)] {
        let mut range = Range::new(&void());
        put(&mut range.arena, A, |ship| ship.shield = shield);
        let place = range.picture(0x10);
        range.fire_at(place, 0x10);
        let beams = range.arena.entities().iter().filter(|(_, state)| state.kind == BEAM);
        assert_eq!(beams.count(), usize::from(fires), "{shield}");
        assert_eq!(ship(&range.arena, A).shield, if fires { 0 } else { shield - 1 });
    }
}

#[test]
fn rocks_stop_the_beam() {
    let mut sketch = void();
    // A column of rocks between the two, from border to border.
    let rocks = (-7..=7).map(|row| [-450.0, row as f32 * 90.0, 60.0]);
    sketch.fixed_rocks = rocks.collect();
    let mut range = Range::new(&sketch);
    let place = range.picture(80);
    assert!(!is_hit(&range.fire_at(place, 80)));
    let beam = range.beam();
    let end = beam.place.x + beam.length;
    let rocks = range.arena.world.map.centre().x - 450 * GRID;
    assert!((rocks - 60 * GRID - 1..=rocks).contains(&end), "{end} of {rocks}");
}

#[test]
fn a_beam_fades_in_place_and_the_rail_rests() {
    let mut range = Range::new(&void());
    let mut seen = Vec::new();
    for tick in 0..30 * 5 {
        step(&mut range.arena, &[(A, RAIL_EAST)]);
        let states = range.arena.entities().iter().map(|(_, state)| state);
        let beams: Vec<_> = states.filter_map(Beam::read).collect();
        assert!(beams.len() <= 1);
        seen.extend(beams.first().map(|beam| (tick, *beam)));
    }
    let starts: Vec<_> = seen.iter().filter(|(_, beam)| beam.life == 9).collect();
    let ticks: Vec<i32> = starts.iter().map(|(tick, _)| *tick).collect();
    assert_eq!(ticks, [0, 45, 90, 135]);
    assert_eq!(seen.len(), 4 * 9, "each is seen for 0.3 s");
}

/// Compares what the step spawned for each player with what its client predicted.
pub(super) fn foresee(arena: &mut Arena, inputs: &[(PlayerId, Controls<Input>)]) -> usize {
    let own = |arena: &Arena, player| {
        let mut entities = arena.entities().iter();
        entities
            .find(|(_, state)| Arena::owner(state) == Some(player))
            .map(|(id, state)| (id, *state))
    };
    let foreseen: Vec<_> = inputs
        .iter()
        .filter_map(|(player, controls)| {
            let (id, mut state) = own(arena, *player)?;
            let mut private = arena.private(*player);
            Arena::control(&mut state, &controls.input);
            Arena::predict(coming(arena), &mut state);
            let mut spawned = Vec::new();
            let spawn = &mut |state| spawned.push(state);
            Arena::act(coming(arena), &state, &mut private, spawn);
            Some((*player, id, private, spawned))
        })
        .collect();
    let before = arena.entities().clone();
    let mut events = Events::default();
    run(arena, inputs, &mut events);
    let events: Vec<_> = events.drain().map(|(_, event)| event).collect();
    let ready = |private: &Private| {
        let stats = Stats::from_fields(private);
        (stats.gun_ready, stats.rail_ready)
    };
    let mut checked = 0;
    for (player, id, private, mut spawned) in foreseen {
        let new = arena.entities().iter().filter(|(id, state)| {
            before.find(*id).is_none() && Arena::spawner(state) == Some(player)
        });
        let mut brought: Vec<_> = new.map(|(_, state)| *state).collect();
        brought.sort_by_key(|state| state.kind);
        for (foreseen, brought) in spawned.iter_mut().zip(&brought) {
            let hit =
                |event: &Event| matches!(event, Event::Hit { by, rail: true, .. } if *by == player);
            if let (Some(brought), Some(mut beam)) = (Beam::read(brought), Beam::read(foreseen))
                && events.iter().any(hit)
            {
                assert!(brought.length <= beam.length, "a ship may shorten a beam");
                beam.length = brought.length;
                *foreseen = beam.write();
            }
        }
        assert_eq!(spawned, brought);
        checked += brought.len();
        if own(arena, player).is_some_and(|(now, _)| now == id) {
            assert_eq!(ready(&arena.private(player)), ready(&private));
        }
    }
    checked
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_a_client_foresees_is_what_the_step_brings(
        seed in any::<u64>(),
        tick_hz in 10..=128_u16,
    ) {
        let play = || {
            let mut arena = world(&Sketch::default(), &setup(seed, 6, tick_hz, 12));
            (0..6).for_each(|player| arena.join(PlayerId(player), Identity::guest("guest")).unwrap());
            let mut rng = Rng::new(seed);
            let mut held = [Controls::<Input>::default(); 6];
            let mut checked = 0;
            for _ in 0..600 {
                for controls in &mut held {
                    if rng.one_in(10) {
                        let [steer, aim, buttons, ..] = rng.bits().to_le_bytes();
                        controls.input = Input { steer, aim, buttons: buttons & 15 };
                        controls.rewind = rng.below(1_000) as u16;
                    }
                }
                let inputs: Vec<_> = (0..).map(PlayerId).zip(held).collect();
                checked += foresee(&mut arena, &inputs);
            }
            (checked, prediction::hash(&arena))
        };
        let (checked, hash) = play();
        prop_assert!(checked > 60, "only {} shots", checked);
        prop_assert_eq!((checked, hash), play(), "the same inputs give the same world");
    }
}
