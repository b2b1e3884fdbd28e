//! Which entities a client sees, who enters and leaves from one frame to the next, and of whom the
//! frame tells.
//!
//! An entity enters when it comes into the game's view rectangle around the client's eye and
//! leaves when it is `margin` beyond it, so that one on the edge does not flicker. In a crowd this
//! takes a few ticks: one that waits for its turn leaves when that has come, and who enters is
//! looked for every [`LOOK_TICKS`].

use drumbeat_shared::game::{Game, View};
use drumbeat_shared::ids::{EntityId, Tick};
use drumbeat_shared::limits::{FRESH_MAX, VISIBLE_MAX};
use drumbeat_shared::replication::lanes::{FRESH, LANES, Lanes, Span, turn};
use drumbeat_shared::replication::positions::remove_positions;
use glam::IVec2;

use super::grid::Rect;
use super::snapshot::{Snapshot, lane_of};
use super::viewer::PlayerView;

/// Ticks between two looks at who enters a view in which entities wait for their turn, at most.
pub const LOOK_TICKS: u32 = 8;

/// The rectangle in which entities enter.
#[must_use]
pub fn enter_rect(view: View, eye: IVec2) -> Rect {
    Rect::around(eye, view.half)
}

/// What a view remembers of the last look at who enters it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// When that was.
    pub tick: Tick,
    /// How far away the last of the fresh was to be then, grid units squared.
    near: u64,
}

/// What becomes of one lane of a view.
#[derive(Debug, Default)]
pub struct LaneChange {
    /// How the frame moves it on; `None` if it does not tell of it.
    pub span: Option<Span>,
    /// How many were in it.
    pub before: usize,
    /// Positions that leave, ascending, in the order of before.
    pub leaves: Vec<u32>,
}

/// What changes in one client's view; reused from client to client.
#[derive(Debug, Default)]
pub struct ViewChange {
    /// By lane; those that the view does not have are left as they were.
    pub lanes: [LaneChange; LANES],
    /// Whether the frame tells who moves to another lane.
    pub may_move: bool,
    /// Positions of the fresh that go to the lane whose turn it is, ascending.
    pub demoted: Vec<u32>,
    /// Positions of that lane that become fresh, ascending.
    pub promoted: Vec<u32>,
    /// Who enters, in the order in which they are appended to the fresh.
    pub enters: Vec<EntityId>,
    /// How many would enter but find the view full.
    pub left_out: usize,
    /// For each slot, the last round in which an entity of it was in view, and its generation.
    stamps: Vec<(u32, u32)>,
    round: u32,
    distances: Vec<u64>,
}

impl ViewChange {
    /// Notes what changes in a view with the frame of the snapshot, which builds on that of tick
    /// `base`, and takes out who leaves. [`ViewChange::settle`] does the rest.
    pub fn update<G: Game>(
        &mut self,
        snapshot: &Snapshot,
        base: Option<Tick>,
        view: &PlayerView,
        (look, visible): (&mut Look, &mut Lanes<EntityId>),
    ) {
        for lane in visible.lanes() {
            let change = &mut self.lanes[lane];
            change.span = base.and_then(|base| visible.span(lane, base, snapshot.tick));
            change.before = visible.lane(lane).len();
            change.leaves.clear();
            if change.span.is_some() {
                find_leaves::<G>(snapshot, view.eye, visible.lane(lane), &mut change.leaves);
                remove_positions(visible.lane_mut(lane), &change.leaves);
            }
        }
        self.enters.clear();
        if is_to_look(snapshot, view, look.tick, visible) {
            let near = self.distance_of_the_last_fresh(snapshot, view, visible);
            *look = Look { tick: snapshot.tick, near };
            self.find_enters(snapshot, enter_rect(G::VIEW, view.eye), visible);
        }
        self.find_moves(snapshot, view, look.near, visible);
        let free = VISIBLE_MAX - visible.len();
        self.left_out = self.enters.len().saturating_sub(free);
        if self.left_out > 0 {
            let distance = |id: &EntityId| distance_squared(snapshot, view, *id);
            self.enters.sort_by_cached_key(distance);
            self.enters.truncate(free);
        }
        if let Some(own) = self.enters.iter().position(|id| Some(id.slot) == view.avatar) {
            // The places of the others are told from it.
            self.enters.swap(0, own);
        }
    }

    /// Brings the view to where the client's is once it has the frame.
    pub fn settle(&self, tick: Tick, visible: &mut Lanes<EntityId>) {
        if self.may_move {
            visible.exchange(tick, &self.demoted, &self.promoted);
        }
        visible.lane_mut(FRESH).extend_from_slice(&self.enters);
    }

    /// The nearest of those that are up to date are to be fresh: how far away the last of them is.
    fn distance_of_the_last_fresh(
        &mut self,
        snapshot: &Snapshot,
        view: &PlayerView,
        visible: &Lanes<EntityId>,
    ) -> u64 {
        let (fresh, due) = (visible.fresh(), visible.lane(turn(snapshot.tick)));
        if fresh.len() + due.len() <= FRESH_MAX {
            return u64::MAX;
        }
        self.distances.clear();
        let distance = |id: &EntityId| distance_squared(snapshot, view, *id);
        self.distances.extend(fresh.iter().chain(due).map(distance));
        *self.distances.select_nth_unstable(FRESH_MAX - 1).1
    }

    /// Finds who is `near` and waits, and who is farther away and fresh. One that is hardly farther
    /// stays so, that it does not go to and fro; and each waits in the lane of its slot, whose
    /// changes are encoded for all.
    fn find_moves(
        &mut self,
        snapshot: &Snapshot,
        view: &PlayerView,
        near: u64,
        visible: &Lanes<EntityId>,
    ) {
        self.demoted.clear();
        self.promoted.clear();
        self.may_move = visible.may_move(snapshot.tick);
        if !self.may_move {
            return;
        }
        let lane = turn(snapshot.tick);
        let distance = |id: &EntityId| distance_squared(snapshot, view, *id);
        let far = near.saturating_add(near / 4);
        for (position, id) in (0..).zip(visible.fresh()) {
            if lane_of(id.slot) == lane && distance(id) > far {
                self.demoted.push(position);
            }
        }
        for (position, id) in (0..).zip(visible.lane(lane)) {
            if distance(id) <= near {
                self.promoted.push(position);
            }
        }
    }

    fn find_enters(&mut self, snapshot: &Snapshot, rect: Rect, visible: &Lanes<EntityId>) {
        self.begin_round(snapshot.slots.len());
        let (stamps, round) = (&mut self.stamps[..], self.round);
        // The fresh last: one that died while it waits may have lived in the slot of one of them.
        for lane in visible.lanes().rev() {
            for id in visible.lane(lane) {
                stamps[id.slot as usize] = (round, id.generation);
            }
        }
        let enters = &mut self.enters;
        snapshot.grid.within(rect).for_each(|item| {
            let EntityId { slot, generation } = item.id;
            if stamps[slot as usize] != (round, generation) {
                enters.push(item.id);
            }
        });
    }

    fn begin_round(&mut self, slots: usize) {
        if self.stamps.len() < slots {
            self.stamps.resize(slots, (0, 0));
        }
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.stamps.fill((0, 0));
            self.round = 1;
        }
    }
}

fn find_leaves<G: Game>(snapshot: &Snapshot, eye: IVec2, lane: &[EntityId], leaves: &mut Vec<u32>) {
    let stay = Rect::around(eye, G::VIEW.half + IVec2::splat(G::VIEW.margin));
    let places = &snapshot.places[..];
    for (position, id) in (0..).zip(lane) {
        let place = &places[id.slot as usize];
        if place.generation != id.generation || !stay.contains(place.position) {
            leaves.push(position);
        }
    }
}

/// Looking through a crowd takes long, so that is not done for every frame; but a player never
/// waits for the own avatar.
fn is_to_look(
    snapshot: &Snapshot,
    view: &PlayerView,
    looked: Tick,
    visible: &Lanes<EntityId>,
) -> bool {
    let misses = |slot| !visible.fresh().contains(&snapshot.id(slot));
    // Not all clients in the same tick.
    let turn = (snapshot.tick.0.wrapping_add(view.avatar.unwrap_or(0))).is_multiple_of(LOOK_TICKS);
    visible.waiting() == 0
        || turn
        || snapshot.tick.since(looked) >= LOOK_TICKS
        || view.avatar.is_some_and(misses)
}

/// From the eye; the own avatar is the nearest of all.
fn distance_squared(snapshot: &Snapshot, view: &PlayerView, id: EntityId) -> u64 {
    if view.avatar == Some(id.slot) {
        return 0;
    }
    let place = snapshot.places[id.slot as usize].position;
    (place.as_i64vec2() - view.eye.as_i64vec2()).length_squared() as u64
}

#[cfg(test)]
mod tests;
