use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use drumbeat_shared::game::{Events, Identity, Setup};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::limits::TURNS;
use drumbeat_shared::replication::lanes::known;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::toy::{SIDE, Toy, at};

use super::*;
use crate::engine::history::History;
use crate::engine::snapshot::Wanted;

const EYE: IVec2 = IVec2::new(SIDE / 2, SIDE / 2);

fn toy(dots: u16) -> Toy {
    let setup = Setup { seed: 1, capacity: dots, tick_hz: 20, settings: () };
    let mut toy = Toy::new(Arc::new(0), &setup);
    (0..dots).for_each(|player| toy.join(PlayerId(player), Identity::guest("")).unwrap());
    toy
}

fn snapshot(toy: &mut Toy, tick: u32) -> Snapshot {
    let mut snapshot = Snapshot::default();
    snapshot.advance(toy, at(tick), &mut History::default(), Wanted::default());
    snapshot
}

fn view(eye: IVec2) -> PlayerView {
    let private = Toy::new(Arc::new(0), &setup()).private(PlayerId(0));
    PlayerView { eye, private, avatar: None, group: 0 }
}

fn setup() -> Setup {
    Setup { seed: 1, capacity: 1, tick_hz: 20, settings: () }
}

fn off_squared(snapshot: &Snapshot, eye: IVec2, id: EntityId) -> u64 {
    distance_squared(snapshot, &view(eye), id)
}

fn inside(snapshot: &Snapshot, eye: IVec2) -> Vec<EntityId> {
    snapshot.grid.within(enter_rect(Toy::VIEW, eye)).iter().map(|item| item.id).collect()
}

#[test]
fn the_nearest_enter_when_not_all_fit_and_the_others_follow() {
    let mut toy = toy(60_000);
    let first = snapshot(&mut toy, 1);
    let inside = inside(&first, EYE);
    assert!(inside.len() > VISIBLE_MAX + 500, "only {} dots are near", inside.len());
    let (mut change, mut visible) = (ViewChange::default(), Lanes::default());
    change.update::<Toy>(&first, None, &view(EYE), (&mut Search::default(), &mut visible));
    assert_eq!((visible.len(), change.enters.len()), (0, VISIBLE_MAX));
    assert_eq!(change.culled, inside.len() - VISIBLE_MAX);
    change.settle(Tick(1), &mut visible);
    let farthest = visible.iter().map(|id| off_squared(&first, EYE, *id)).max().unwrap();
    for id in inside.iter().filter(|id| !visible.fresh().contains(id)) {
        assert!(off_squared(&first, EYE, *id) >= farthest, "{id:?} is nearer and left out");
    }
    // No entity in view makes room for another; only one that is gone does.
    let second = snapshot(&mut toy, 2);
    change.update::<Toy>(
        &second,
        Some(Tick(1)),
        &view(EYE),
        (&mut Search::default(), &mut visible),
    );
    assert!(
        change.enters.is_empty()
            && visible.lanes().all(|lane| change.lanes[lane].leaves.is_empty())
    );
    visible.lane_mut(FRESH).truncate(VISIBLE_MAX - 100);
    change.update::<Toy>(
        &second,
        Some(Tick(1)),
        &view(EYE),
        (&mut Search::default(), &mut visible),
    );
    assert_eq!((visible.len(), change.enters.len()), (VISIBLE_MAX - 100, 100));
}

#[test]
fn views_follow_the_eye_with_a_margin() {
    let mut toy = toy(600);
    let (mut change, mut visible, mut eye) = (ViewChange::default(), Lanes::default(), EYE);
    let mut rng = Rng::new(3);
    let (mut left, mut lingering, mut search) = (0, 0, Search::default());
    for tick in 1..200 {
        toy.step(at(0), &[], &mut Events::default());
        eye += IVec2::new(rng.between(-60, 60), rng.between(-60, 60));
        let snapshot = snapshot(&mut toy, tick);
        let before: Vec<EntityId> = visible.fresh().to_vec();
        change.update::<Toy>(
            &snapshot,
            Some(Tick(tick - 1)),
            &view(eye),
            (&mut search, &mut visible),
        );
        let stay = Rect::around(eye, Toy::VIEW.half + IVec2::splat(Toy::VIEW.margin));
        let stays = |id: &&EntityId| {
            toy.entities().find(**id).is_some_and(|state| stay.contains(Toy::position(state)))
        };
        let stayed: Vec<EntityId> = before.iter().filter(stays).copied().collect();
        assert_eq!(visible.fresh(), stayed, "those that stay keep their order");
        left += before.len() - stayed.len();
        change.settle(Tick(tick), &mut visible);
        assert_eq!(visible.waiting(), 0, "a view of {} is no crowd", visible.len());
        let mut expected = inside(&snapshot, eye);
        lingering += stayed.iter().filter(|id| !expected.contains(id)).count();
        expected.extend(stayed);
        expected.sort_unstable();
        expected.dedup();
        let mut found = visible.fresh().to_vec();
        found.sort_unstable();
        assert_eq!(found, expected);
    }
    assert!(left > 0 && lingering > 0, "{left} left, {lingering} lingered");
}

#[test]
fn in_a_crowd_the_nearest_are_fresh_and_the_others_have_their_turns() {
    let mut toy = toy(12_000);
    let (mut change, mut visible, mut eye) = (ViewChange::default(), Lanes::default(), EYE);
    let (mut rng, mut search) = (Rng::new(5), Search::default());
    // For how many ticks in a row each entity has been among the nearest.
    let mut near: HashMap<EntityId, usize> = HashMap::new();
    let mut sent_at: HashMap<EntityId, Tick> = HashMap::new();
    for tick in 1..150 {
        toy.step(at(0), &[], &mut Events::default());
        eye += IVec2::new(rng.between(-20, 20), rng.between(-20, 20));
        let snapshot = snapshot(&mut toy, tick);
        let base = (tick > 1).then_some(Tick(tick - 1));
        change.update::<Toy>(&snapshot, base, &view(eye), (&mut search, &mut visible));
        for lane in visible.lanes().filter(|lane| change.lanes[*lane].span.is_some()) {
            sent_at.extend(visible.lane(lane).iter().map(|id| (*id, snapshot.tick)));
        }
        change.settle(snapshot.tick, &mut visible);
        sent_at.extend(change.enters.iter().map(|id| (*id, snapshot.tick)));
        let mut inside = inside(&snapshot, eye);
        assert!(inside.len() > 3 * FRESH_MAX, "only {} are in view", inside.len());
        let all: HashSet<EntityId> = visible.iter().copied().collect();
        assert!(search.tick != snapshot.tick || inside.iter().all(|id| all.contains(id)));
        assert!(snapshot.tick.since(search.tick) < SEARCH_TICKS);
        for (lane, id) in visible.iter_with_lane() {
            assert_eq!(sent_at[id], known(lane, snapshot.tick), "{id:?} in lane {lane}");
        }
        assert!(visible.oldest_ticks(snapshot.tick) < TURNS as u32);
        inside.sort_by_key(|id| off_squared(&snapshot, eye, *id));
        inside.truncate(FRESH_MAX / 2);
        near = inside.iter().map(|id| (*id, near.get(id).unwrap_or(&0) + 1)).collect();
        for (id, ticks) in &near {
            let ticks_max = TURNS + SEARCH_TICKS as usize;
            assert!(
                *ticks <= ticks_max || visible.fresh().contains(id),
                "{id:?} is near and waits"
            );
        }
        // Every entity that enters is fresh until its lane has its turn; here many enter.
        let fresh = visible.fresh().len();
        let settled = tick > 2 * TURNS as u32;
        assert!(!settled || fresh < visible.len() / 3, "{fresh} of {} are fresh", visible.len());
    }
}
