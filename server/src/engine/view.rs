//! Which entities a client sees, and who enters and leaves from one frame to the next.
//!
//! An entity enters when it comes into the game's view rectangle around the client's eye and
//! leaves when it is `margin` beyond it, so that one on the edge does not flicker.

use drumbeat_shared::game::{Game, View};
use drumbeat_shared::ids::EntityId;
use drumbeat_shared::limits::VISIBLE_MAX;
use drumbeat_shared::replication::membership::remove_positions;
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
        if self.enters.len() > free {
            self.keep_nearest::<G>(snapshot, eye, free);
        }
        visible.extend(self.enters.iter().map(|&slot| snapshot.id(slot)));
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
