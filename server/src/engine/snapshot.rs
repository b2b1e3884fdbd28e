//! One tick of a room, immutable, with every entity's change since the previous tick encoded once.

use std::collections::VecDeque;

use drumbeat_shared::entities::Slot;
use drumbeat_shared::game::{Context, Game};
use drumbeat_shared::ids::{EntityId, PlayerId, Tick};
use drumbeat_shared::limits::{HISTORY_TICKS, TURNS};
use drumbeat_shared::replication::checksum::hash_state;
use drumbeat_shared::replication::hold_to_schema;
use drumbeat_shared::replication::lanes::{FRESH, Span, turn};
use drumbeat_shared::schema::State;
use glam::IVec2;

use super::changes::Changes;
use super::grid::Grid;

/// What every client that sees an entity reads of it in each tick. It is stored apart from the
/// states so that all of it fits the processor's nearest caches.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// As in the entity table: an entity that is gone has a lower generation than its slot.
    pub generation: u32,
    /// Grid units; arbitrary for an empty slot.
    pub position: IVec2,
}

/// The state of a room at the end of one tick.
#[derive(Debug)]
pub struct Snapshot {
    /// The tick it belongs to.
    pub tick: Tick,
    /// The entity table.
    pub slots: Vec<Slot>,
    /// The slot of each player's avatar, by player id.
    avatars: Vec<Option<u32>>,
    /// Where the entity of each slot is.
    pub places: Vec<Place>,
    /// Hash of each slot's state, 0 for an empty slot.
    pub hashes: Vec<u64>,
    /// Which entities are where.
    pub grid: Grid,
    /// Changes since the previous tick; the keys are slots.
    changes: Changes,
    /// Changes since the last turn of the lane whose turn it is, see [`lane_of`]. Only made in a
    /// crowd.
    turn: Option<Changes>,
}

/// The lane in which a slot's entity waits if it has to wait. Its changes since the lane's last
/// turn are therefore the same for every client, and are encoded once.
#[must_use]
pub fn lane_of(slot: u32) -> usize {
    turn(Tick(slot))
}

impl Snapshot {
    /// Takes the snapshot of a world; `history` holds those of the ticks before. `crowded` says
    /// whether entities wait for their turn in some view.
    #[must_use]
    pub fn new<G: Game>(
        game: &G,
        context: Context<'_, G::Map>,
        history: &History,
        crowded: bool,
    ) -> Self {
        let tick = context.tick;
        let slots = game.entities().slots().to_vec();
        let avatars = avatars::<G>(&slots);
        let hashes = slots.iter().map(|slot| slot.state.as_ref().map_or(0, hash_state)).collect();
        let places = slots.iter().map(place::<G>).collect();
        let grid = Grid::new::<G>(&slots);
        let before = |ticks: u32| {
            let tick = Tick(tick.0.saturating_sub(ticks));
            history.find(tick).map_or(&[][..], |before| &before.slots)
        };
        let changes = changes_of::<G>(context, (before(1), &slots), (0, 1), 1);
        let turn = crowded.then(|| {
            let first = tick.0 as usize % TURNS;
            changes_of::<G>(context, (before(TURN_TICKS), &slots), (first, TURNS), TURN_TICKS)
        });
        Self { tick, slots, avatars, places, hashes, grid, changes, turn }
    }

    /// The changes of a lane's entities within `span`, encoded for all clients. With them comes the
    /// number of bits by which a slot is shifted right to give its key. `None` if they are not
    /// encoded.
    #[must_use]
    pub fn changes(&self, lane: usize, span: Span) -> Option<(&Changes, u32)> {
        if span.to != self.tick {
            return None;
        }
        match (lane, span.age()) {
            (FRESH, 1) => Some((&self.changes, 0)),
            (1.., TURN_TICKS) => self.turn.as_ref().map(|turn| (turn, TURNS.ilog2())),
            _ => None,
        }
    }

    /// The slot of a player's avatar, if it has one.
    #[must_use]
    pub fn avatar(&self, player: PlayerId) -> Option<u32> {
        *self.avatars.get(usize::from(player.0))?
    }

    /// The state of an entity that is alive in this tick.
    #[inline]
    #[must_use]
    pub fn find(&self, id: EntityId) -> Option<&State> {
        let slot = self.slots.get(id.slot as usize)?;
        slot.state.as_ref().filter(|_| slot.generation == id.generation)
    }

    fn keep_entities(&mut self) {
        let Self { tick: _, slots: _, hashes: _, avatars, places, grid, changes, turn } = self;
        (*avatars, *places, *grid) = (Vec::new(), Vec::new(), Grid::default());
        (*changes, *turn) = (Changes::default(), None);
    }

    /// The id of the entity in a slot.
    #[must_use]
    pub fn id(&self, slot: u32) -> EntityId {
        EntityId { slot, generation: self.slots[slot as usize].generation }
    }
}

fn place<G: Game>(slot: &Slot) -> Place {
    let position = slot.state.as_ref().map(G::position).unwrap_or_default();
    Place { generation: slot.generation, position }
}

/// The slot of each player's avatar, by player id.
fn avatars<G: Game>(slots: &[Slot]) -> Vec<Option<u32>> {
    let mut avatars = Vec::new();
    for (number, slot) in (0..).zip(slots) {
        let Some(owner) = slot.state.as_ref().and_then(G::owner) else { continue };
        let owner = usize::from(owner.0);
        if avatars.len() <= owner {
            avatars.resize(owner + 1, None);
        }
        avatars[owner] = Some(number);
    }
    avatars
}

/// The changes within `age` ticks of every `step`th slot from `first` on.
fn changes_of<G: Game>(
    context: Context<'_, G::Map>,
    (before, now): (&[Slot], &[Slot]),
    (first, step): (usize, usize),
    age: u32,
) -> Changes {
    // Near the start there is no state so long ago.
    let base = context.at(Tick(context.tick.0.saturating_sub(age)));
    let mut changes = Changes::default();
    for (slot, place) in now.iter().enumerate().skip(first).step_by(step) {
        let old = before.get(slot).filter(|old| old.generation == place.generation);
        let states = old.and_then(|old| old.state.as_ref()).zip(place.state.as_ref());
        if let (None, Some(new)) = (states, &place.state) {
            hold_to_schema::<G>(new, Some(slot as u32));
        }
        changes.push::<G>(base, states, age);
    }
    changes
}

/// Limit of snapshots that a room holds: the baselines, and the last turns of the lanes before
/// them.
const SNAPSHOTS_MAX: usize = HISTORY_TICKS + TURNS;
/// Ticks between two turns of a lane.
const TURN_TICKS: u32 = TURNS as u32;

/// The last snapshots of a room, as far back as some client needs them. Those before the newest are
/// baselines, of which only the entities are held.
#[derive(Debug, Default)]
pub struct History {
    /// Newest last.
    snapshots: VecDeque<Snapshot>,
}

impl History {
    /// Adds the snapshot of the next tick, and forgets the oldest if there are too many.
    pub fn push(&mut self, snapshot: Snapshot) {
        if self.snapshots.len() == SNAPSHOTS_MAX {
            self.snapshots.pop_front();
        }
        if let Some(last) = self.snapshots.back_mut() {
            last.keep_entities();
        }
        self.snapshots.push_back(snapshot);
    }

    /// Forgets the snapshots before `tick`, except the newest.
    pub fn forget_before(&mut self, tick: Tick) {
        let newest = self.snapshots.len().saturating_sub(1);
        let old = self.snapshots.iter().take(newest).take_while(|old| old.tick < tick).count();
        self.snapshots.drain(..old);
    }

    /// The newest snapshot.
    #[must_use]
    pub fn newest(&self) -> Option<&Snapshot> {
        self.snapshots.back()
    }

    /// The snapshot of `tick`, if it is still held.
    #[must_use]
    pub fn find(&self, tick: Tick) -> Option<&Snapshot> {
        let newest = self.snapshots.back()?.tick;
        let back = newest.0.checked_sub(tick.0)? as usize;
        self.snapshots.get(self.snapshots.len().checked_sub(back + 1)?)
    }
}
