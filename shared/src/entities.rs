//! The entity table of a world: states in slots, with generations.

use crate::ids::EntityId;
use crate::limits::ENTITIES_MAX;
use crate::schema::State;

/// One slot of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
#[derive(Clone, Debug, Default)]
pub struct Entities {
    slots: Vec<Slot>,
    free: Vec<u32>,
    refused: u64,
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
        place.state.as_mut().filter(|_| place.generation == id.generation)
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
