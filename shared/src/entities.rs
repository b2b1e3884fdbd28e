//! The entity table of a world: states in slots, with generations.

use serde::{Deserialize, Serialize};

use crate::bit_set::BitSet;
use crate::ids::{EntityId, Tick};
use crate::limits::ENTITIES_MAX;
use crate::schema::State;

/// One slot of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// How many entities lived here before the current or next one.
    pub generation: u32,
    /// The entity that lives here now.
    pub state: Option<State>,
}

/// The entities of a world.
///
/// Slots are reused in a fixed order (last freed, first taken), so that the same calls give the
/// same ids.
///
/// The table knows which slots are busy: whoever works only on those ([`Entities::busy`]) spends no
/// time on entities that rest. All are busy in a table that was read from a checkpoint.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Saved")]
pub struct Entities {
    slots: Vec<Slot>,
    free: Vec<u32>,
    refused: u64,
    /// Slots that were filled, emptied or lent since the engine last took the busy ones.
    #[serde(skip)]
    touched: BitSet,
    /// Slots whose entity did not rest then.
    #[serde(skip)]
    awake: BitSet,
    /// The tick of that.
    #[serde(skip)]
    taken: Option<Tick>,
}

/// What a checkpoint holds of a table.
#[derive(Deserialize)]
struct Saved {
    slots: Vec<Slot>,
    free: Vec<u32>,
    refused: u64,
}

impl TryFrom<Saved> for Entities {
    type Error = &'static str;

    fn try_from(Saved { slots, free, refused }: Saved) -> Result<Self, Self::Error> {
        let is_empty = |slot: usize| slots.get(slot).is_some_and(|place| place.state.is_none());
        let empty: Vec<u32> =
            (0..slots.len()).filter(|slot| is_empty(*slot)).map(|slot| slot as u32).collect();
        let mut listed = free.clone();
        listed.sort_unstable();
        if slots.len() > ENTITIES_MAX || listed != empty {
            return Err("a table of entities whose free slots are others than the empty ones");
        }
        let mut touched = BitSet::default();
        (0..slots.len() as u32).for_each(|slot| touched.insert(slot));
        Ok(Self { slots, free, refused, touched, ..Self::default() })
    }
}

impl Entities {
    /// Adds an entity; `None` when [`ENTITIES_MAX`] are alive.
    pub fn insert(&mut self, state: State) -> Option<EntityId> {
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None if self.slots.len() < ENTITIES_MAX => {
                self.slots.push(Slot::default());
                self.slots.len() as u32 - 1
            }
            None => {
                self.refused += 1;
                return None;
            }
        };
        self.touched.insert(slot);
        let place = &mut self.slots[slot as usize];
        place.state = Some(state);
        Some(EntityId { slot, generation: place.generation })
    }

    /// Removes an entity and returns its last state; `None` if it is not alive.
    pub fn remove(&mut self, id: EntityId) -> Option<State> {
        let place = self.slots.get_mut(id.slot as usize)?;
        if place.generation != id.generation {
            return None;
        }
        let state = place.state.take()?;
        place.generation = place.generation.wrapping_add(1);
        self.free.push(id.slot);
        self.touched.insert(id.slot);
        Some(state)
    }

    /// The state of a living entity.
    #[must_use]
    pub fn find(&self, id: EntityId) -> Option<&State> {
        let place = self.slots.get(id.slot as usize)?;
        place.state.as_ref().filter(|_| place.generation == id.generation)
    }

    /// Mutable access to the state of a living entity.
    pub fn find_mut(&mut self, id: EntityId) -> Option<&mut State> {
        let place = self.slots.get_mut(id.slot as usize)?;
        if place.generation != id.generation {
            return None;
        }
        let state = place.state.as_mut()?;
        self.touched.insert(id.slot);
        Some(state)
    }

    /// The slots that may need work, ascending: touched since the engine last took them, or of an
    /// entity that did not rest then. What lives in any other slot is as it was then, and rests.
    pub fn busy(&self) -> impl Iterator<Item = u32> {
        self.touched.union(&self.awake)
    }

    /// Puts the busy slots of `tick` in `busy`, ascending, for an engine that last did so in the
    /// tick `last`. They are all slots if this table was not taken then: it is new, or another than
    /// the game had.
    pub fn take_busy(
        &mut self,
        (last, tick): (Tick, Tick),
        rests: impl Fn(&State) -> bool,
        busy: &mut Vec<u32>,
    ) {
        busy.clear();
        if self.taken == Some(last) {
            busy.extend(self.busy());
        } else {
            busy.extend(0..self.slots.len() as u32);
        }
        for slot in &*busy {
            let state = self.slots[*slot as usize].state.as_ref();
            self.awake.set(*slot, state.is_some_and(|state| !rests(state)));
        }
        self.touched.clear();
        self.taken = Some(tick);
    }

    /// The slots of the entities that did not rest when the engine last took the busy slots,
    /// ascending.
    #[must_use]
    pub fn awake(&self) -> &BitSet {
        &self.awake
    }

    /// Every living entity in the order of the slots.
    pub fn iter(&self) -> impl Iterator<Item = (EntityId, &State)> {
        self.slots.iter().enumerate().filter_map(|(slot, place)| {
            let id = EntityId { slot: slot as u32, generation: place.generation };
            Some((id, place.state.as_ref()?))
        })
    }

    /// All slots, including empty ones.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// How many entities the full table has refused so far.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// How many entities are alive.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether no entity is alive.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_table_refuses_and_counts() {
        let mut entities = Entities::default();
        let first = entities.insert(State::default()).unwrap();
        for _ in 1..ENTITIES_MAX {
            entities.insert(State::default()).unwrap();
        }
        assert_eq!(entities.insert(State::default()), None);
        assert_eq!((entities.len(), entities.refused()), (ENTITIES_MAX, 1));
        entities.remove(first).unwrap();
        let again = entities.insert(State::default()).unwrap();
        assert_eq!((again.slot, again.generation), (first.slot, first.generation + 1));
        assert_eq!(entities.find(first), None, "the slot's former entity is another");
    }
}
