//! Which entities a client sees, which enter and leave from one frame to the next, and which ones
//! the frame covers.
//!
//! An entity enters when it comes into the game's view rectangle around the client's eye and leaves
//! when it is `margin` beyond it, so that an entity on the edge does not flicker. In a crowd this
//! takes a few ticks: an entity that waits for its turn leaves only when that turn comes, and the
//! search for entering entities runs every [`SEARCH_TICKS`].

use drumbeat_shared::game::{Game, View};
use drumbeat_shared::ids::{EntityId, Tick};
use drumbeat_shared::limits::{FRESH_MAX, VISIBLE_MAX};
use drumbeat_shared::replication::lanes::{FRESH, LANES, Lanes, Span, turn};
use drumbeat_shared::replication::positions::remove_positions;
use glam::IVec2;

use super::grid::Rect;
use super::snapshot::{Snapshot, lane_of};
use super::viewer::PlayerView;

/// Limit of ticks between two searches for entering entities in a view where some wait for their
/// turn.
pub const SEARCH_TICKS: u32 = 8;

/// The rectangle in which entities enter.
#[must_use]
pub fn enter_rect(view: View, eye: IVec2) -> Rect {
    Rect::around(eye, view.half)
}

/// What a view remembers of its last search for entering entities.
#[derive(Clone, Copy, Debug, Default)]
pub struct Search {
    /// The tick of that search.
    pub tick: Tick,
    /// Squared distance, as of then, of the farthest entity that should be fresh, grid units
    /// squared.
    near: u64,
}

/// What happens to one lane of a view.
#[derive(Debug, Default)]
pub struct LaneChange {
    /// The ticks that the frame's changes of this lane span; `None` if the frame leaves the lane
    /// out.
    pub span: Option<Span>,
    /// Entities in the lane before the frame.
    pub before: usize,
    /// Positions that leave, ascending, in the order before the frame.
    pub leaves: Vec<u32>,
}

/// What changes in one client's view; reused from client to client.
#[derive(Debug, Default)]
pub struct ViewChange {
    /// By lane; the entries of lanes that the view does not have are stale.
    pub lanes: [LaneChange; LANES],
    /// Whether the frame says which entities move to another lane.
    pub may_move: bool,
    /// Positions of fresh entities that move to the lane whose turn it is, ascending.
    pub demoted: Vec<u32>,
    /// Positions of entities in that lane that become fresh, ascending.
    pub promoted: Vec<u32>,
    /// The entities that enter, in the order in which they are appended to the fresh ones.
    pub enters: Vec<EntityId>,
    /// Entities that would enter but find the view full.
    pub culled: usize,
    /// For each slot, the last round in which its entity was in view, and that entity's generation.
    stamps: Vec<(u32, u32)>,
    round: u32,
    distances: Vec<u64>,
}

impl ViewChange {
    /// Works out what the frame of `snapshot`, which builds on that of tick `base`, changes in a
    /// view. Also removes the entities that leave; [`ViewChange::settle`] does the rest.
    pub fn update<G: Game>(
        &mut self,
        snapshot: &Snapshot,
        base: Option<Tick>,
        view: &PlayerView,
        (search, visible): (&mut Search, &mut Lanes<EntityId>),
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
        if is_search_due(snapshot, view, search.tick, visible) {
            let near = self.distance_of_the_last_fresh(snapshot, view, visible);
            *search = Search { tick: snapshot.tick, near };
            self.find_enters(snapshot, enter_rect(G::VIEW, view.eye), visible);
        }
        self.find_moves(snapshot, view, search.near, visible);
        let free = VISIBLE_MAX - visible.len();
        self.culled = self.enters.len().saturating_sub(free);
        if self.culled > 0 {
            let distance = |id: &EntityId| distance_squared(snapshot, view, *id);
            self.enters.sort_by_cached_key(distance);
            self.enters.truncate(free);
        }
        if let Some(own) = self.enters.iter().position(|id| Some(id.slot) == view.avatar) {
            // The positions of the others are encoded relative to it.
            self.enters.swap(0, own);
        }
    }

    /// Brings the view to what the client's is once it holds the frame.
    pub fn settle(&self, tick: Tick, visible: &mut Lanes<EntityId>) {
        if self.may_move {
            visible.exchange(tick, &self.demoted, &self.promoted);
        }
        visible.lane_mut(FRESH).extend_from_slice(&self.enters);
    }

    /// Squared distance of the farthest entity that should be fresh: of the entities that are up to
    /// date, the nearest `FRESH_MAX` should be.
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

    /// Finds the waiting entities within `near` and the fresh ones beyond it. A fresh entity that
    /// is only slightly farther away stays fresh, so that it does not move to and fro. Each entity
    /// waits in the lane of its slot, whose changes are encoded once for all clients.
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
        self.begin_round(snapshot.places.len());
        let (stamps, round) = (&mut self.stamps[..], self.round);
        // The fresh lane comes last: an entity that died while waiting may have lived in the slot
        // of a fresh one.
        for lane in visible.lanes().rev() {
            for id in visible.lane(lane) {
                stamps[id.slot as usize] = (round, id.generation);
            }
        }
        let enters = &mut self.enters;
        snapshot.grid.visit(rect, |item| {
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

/// Whether to search for entering entities now. Searching a crowd takes long, so not every frame
/// does it, but a player never waits for its own avatar.
fn is_search_due(
    snapshot: &Snapshot,
    view: &PlayerView,
    searched: Tick,
    visible: &Lanes<EntityId>,
) -> bool {
    let misses = |slot| !visible.fresh().contains(&snapshot.id(slot));
    // Clients search in different ticks.
    let turn =
        (snapshot.tick.0.wrapping_add(view.avatar.unwrap_or(0))).is_multiple_of(SEARCH_TICKS);
    visible.waiting() == 0
        || turn
        || snapshot.tick.since(searched) >= SEARCH_TICKS
        || view.avatar.is_some_and(misses)
}

/// Squared distance from the eye; the own avatar is the nearest of all.
fn distance_squared(snapshot: &Snapshot, view: &PlayerView, id: EntityId) -> u64 {
    if view.avatar == Some(id.slot) {
        return 0;
    }
    let place = snapshot.places[id.slot as usize].position;
    (place.as_i64vec2() - view.eye.as_i64vec2()).length_squared() as u64
}

#[cfg(test)]
mod tests;
