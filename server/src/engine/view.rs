//! Which entities a client sees, and who enters and leaves from one frame to the next.
//!
//! An entity enters when it comes into the game's view rectangle around the client's eye and
//! leaves when it is `margin` beyond it, so that one on the edge does not flicker.

use drumbeat_shared::game::{Game, View};
use drumbeat_shared::ids::EntityId;
use drumbeat_shared::limits::VISIBLE_MAX;
use drumbeat_shared::replication::positions::remove_positions;
use glam::IVec2;

use super::grid::Rect;
use super::snapshot::Snapshot;

/// The rectangle in which entities enter.
#[must_use]
pub fn enter_rect(view: View, eye: IVec2) -> Rect {
    Rect::around(eye, view.half)
}

/// What changes in one client's view; reused from client to client.
#[derive(Debug, Default)]
pub struct ViewChange {
    /// Positions that leave, ascending, in the order of the view before.
    pub leaves: Vec<u32>,
    /// Slots that enter, in the order in which they are appended.
    pub enters: Vec<u32>,
    /// How many would enter but find the view full.
    pub waiting: usize,
    /// For each slot, the last round in which it was in view.
    stamps: Vec<u32>,
    round: u32,
}

impl ViewChange {
    /// Brings `visible` up to the snapshot, as seen from `eye`, and notes what changed.
    pub fn update<G: Game>(
        &mut self,
        snapshot: &Snapshot,
        eye: IVec2,
        visible: &mut Vec<EntityId>,
    ) {
        self.begin_round(snapshot.slots.len());
        self.find_leaves::<G>(snapshot, eye, visible);
        remove_positions(visible, &self.leaves);
        self.find_enters(snapshot, enter_rect(G::VIEW, eye));
        let free = VISIBLE_MAX - visible.len();
        self.waiting = self.enters.len().saturating_sub(free);
        if self.waiting > 0 {
            self.keep_nearest::<G>(snapshot, eye, free);
        }
        visible.extend(self.enters.iter().map(|&slot| snapshot.id(slot)));
    }

    /// Whether the entity in a slot was in view before the last update and still is.
    #[must_use]
    pub fn stays(&self, slot: u32) -> bool {
        self.stamps[slot as usize] == self.round
    }

    fn begin_round(&mut self, slots: usize) {
        if self.stamps.len() < slots {
            self.stamps.resize(slots, 0);
        }
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.stamps.fill(0);
            self.round = 1;
        }
    }

    fn find_leaves<G: Game>(&mut self, snapshot: &Snapshot, eye: IVec2, visible: &[EntityId]) {
        let stay = Rect::around(eye, G::VIEW.half + IVec2::splat(G::VIEW.margin));
        self.leaves.clear();
        for (position, id) in visible.iter().enumerate() {
            match snapshot.find(*id) {
                Some(state) if stay.contains(G::position(state)) => {
                    self.stamps[id.slot as usize] = self.round;
                }
                _ => self.leaves.push(position as u32),
            }
        }
    }

    fn find_enters(&mut self, snapshot: &Snapshot, rect: Rect) {
        self.enters.clear();
        for item in snapshot.grid.within(rect) {
            if self.stamps[item.slot as usize] != self.round {
                self.enters.push(item.slot);
            }
        }
    }

    /// When more would enter than fit, the nearest do; the others wait for room.
    fn keep_nearest<G: Game>(&mut self, snapshot: &Snapshot, eye: IVec2, count: usize) {
        self.enters.sort_by_key(|&slot| {
            let position = snapshot.slots[slot as usize].state.as_ref().map(G::position);
            position.map(|at| (at - eye).as_i64vec2().length_squared())
        });
        self.enters.truncate(count);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use drumbeat_shared::game::{Events, Setup};
    use drumbeat_shared::ids::{PlayerId, Tick};
    use drumbeat_shared::rng::Rng;
    use drumbeat_shared::toy::{SIDE, Toy};

    use super::*;

    const EYE: IVec2 = IVec2::new(SIDE / 2, SIDE / 2);

    fn toy(dots: u16) -> Toy {
        let setup = Setup { seed: 1, capacity: dots, tick_hz: 20, house_bots: 0 };
        let mut toy = Toy::new(Arc::new(0), &setup);
        (0..dots).for_each(|player| toy.join(PlayerId(player), ""));
        toy
    }

    fn snapshot(toy: &Toy) -> Snapshot {
        Snapshot::new(toy, &0, Tick(1), std::iter::empty(), None)
    }

    fn distance_squared(snapshot: &Snapshot, id: EntityId) -> i64 {
        let off = Toy::position(snapshot.find(id).unwrap()) - EYE;
        off.as_i64vec2().length_squared()
    }

    #[test]
    fn the_nearest_enter_when_not_all_fit_and_the_others_follow() {
        let toy = toy(60_000);
        let snapshot = snapshot(&toy);
        let inside: Vec<EntityId> = snapshot
            .grid
            .within(enter_rect(Toy::VIEW, EYE))
            .map(|item| snapshot.id(item.slot))
            .collect();
        assert!(inside.len() > VISIBLE_MAX + 500, "only {} dots are near", inside.len());
        let (mut change, mut visible) = (ViewChange::default(), Vec::new());
        change.update::<Toy>(&snapshot, EYE, &mut visible);
        assert_eq!((visible.len(), change.enters.len()), (VISIBLE_MAX, VISIBLE_MAX));
        let farthest = visible.iter().map(|id| distance_squared(&snapshot, *id)).max().unwrap();
        for id in inside.iter().filter(|id| !visible.contains(id)) {
            assert!(distance_squared(&snapshot, *id) >= farthest, "{id:?} is nearer and left out");
        }
        // Nobody who is in view makes room; who is gone does.
        change.update::<Toy>(&snapshot, EYE, &mut visible);
        assert!(change.enters.is_empty() && change.leaves.is_empty());
        visible.truncate(VISIBLE_MAX - 100);
        change.update::<Toy>(&snapshot, EYE, &mut visible);
        assert_eq!((visible.len(), change.enters.len()), (VISIBLE_MAX, 100));
    }

    #[test]
    fn views_follow_the_eye_with_a_margin() {
        let mut toy = toy(2_000);
        let (mut change, mut visible, mut eye) = (ViewChange::default(), Vec::new(), EYE);
        let mut rng = Rng::new(3);
        let (mut left, mut lingering) = (0, 0);
        for _ in 0..200 {
            toy.step(&[], &mut Events::default());
            eye += IVec2::new(rng.between(-60, 60), rng.between(-60, 60));
            let snapshot = snapshot(&toy);
            let before: Vec<EntityId> = visible.clone();
            change.update::<Toy>(&snapshot, eye, &mut visible);
            let stay = Rect::around(eye, Toy::VIEW.half + IVec2::splat(Toy::VIEW.margin));
            let stays = |id: &&EntityId| {
                snapshot.find(**id).is_some_and(|state| stay.contains(Toy::position(state)))
            };
            let mut expected: Vec<EntityId> = before.iter().filter(stays).copied().collect();
            left += before.len() - expected.len();
            let enter = enter_rect(Toy::VIEW, eye);
            for (id, state) in toy.entities().iter() {
                let inside = enter.contains(Toy::position(state));
                lingering += usize::from(expected.contains(&id) && !inside);
                if inside && !expected.contains(&id) {
                    expected.push(id);
                }
            }
            let stayed = visible.len() - change.enters.len();
            assert_eq!(visible[..stayed], expected[..stayed], "those that stay keep their order");
            visible[stayed..].sort_unstable();
            expected[stayed..].sort_unstable();
            assert_eq!(visible, expected);
        }
        assert!(left > 0 && lingering > 0, "{left} left, {lingering} lingered");
    }
}
