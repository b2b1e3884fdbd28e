//! The entities of a world, with their types.

use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use glam::IVec2;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::entity::{EntitySet, Fields, Limits, Member, Placement, bounds, group_place};
use super::grid::Grid;
use super::id::Id;
use crate::entities::Entities;
use crate::ids::EntityId;
use crate::schema::{Kind, State, hold_to_ranges};

/// The entities of a world.
///
/// They are copied out and written back: between two calls each is stored as the integers that
/// clients receive. A value that its field can't hold is caught where it is written, in every build:
/// the world panics with entity, field, value and range, and the room ends with that text.
///
/// ```
/// use drumbeat_shared::typed::{Entity, IVec2, World, entities};
///
/// #[derive(Entity, Clone, Copy)]
/// struct Coin {
///     #[position(max = 4_000)]
///     place: IVec2,
///     worth: u8,
/// }
/// entities! {
///     enum Thing {
///         Coin,
///     }
/// }
///
/// let mut world = World::<Thing>::default();
/// let coin = Coin { place: IVec2::new(100, 200), worth: 3 };
/// let id = world.insert(coin).expect("the world is not full");
/// world.edit(id, |coin| coin.worth += 1);
/// let near: Vec<_> = world.near::<Coin>(IVec2::new(103, 204), 5).collect();
/// assert_eq!((near[0].0, near[0].1.worth), (id, 4));
/// world.remove(id);
/// assert!(world.get(id).is_none());
/// ```
pub struct World<E: EntitySet> {
    entities: Entities,
    /// Made when somebody first asks who is near.
    grid: OnceLock<Grid>,
    of: PhantomData<fn() -> E>,
}

impl<E: EntitySet> Default for World<E> {
    fn default() -> Self {
        Self { entities: Entities::default(), grid: OnceLock::new(), of: PhantomData }
    }
}

impl<E: EntitySet> World<E> {
    /// Adds an entity; `None` when the world is full
    /// ([`ENTITIES_MAX`](crate::limits::ENTITIES_MAX)).
    ///
    /// # Panics
    /// When a value is out of its field's range.
    pub fn insert<T: Member<E>>(&mut self, entity: T) -> Option<Id<T>> {
        let state = entity.write();
        let id = self.entities.insert(state)?;
        hold(&T::KIND, const { &Limits::of(&T::KIND) }, &state.fields, id.slot);
        if let Some(grid) = self.grid.get_mut() {
            grid.put(id.slot, E::position(&state));
        }
        Some(Id::new(id))
    }

    /// Removes an entity and returns it as it was; `None` if it is not there any more.
    pub fn remove<T: Member<E>>(&mut self, id: Id<T>) -> Option<T> {
        let entity = self.get(id)?;
        self.entities.remove(id.entity());
        if let Some(grid) = self.grid.get_mut() {
            grid.remove(id.entity().slot);
        }
        Some(entity)
    }

    /// An entity; `None` if it is not there any more.
    #[must_use]
    pub fn get<T: Member<E>>(&self, id: Id<T>) -> Option<T> {
        T::read(self.entities.find(id.entity())?)
    }

    /// Changes an entity and returns what `change` returns; `None` if it is not there any more.
    ///
    /// # Panics
    /// When a value is out of its field's range afterwards.
    pub fn edit<T: Member<E>, R>(
        &mut self,
        id: Id<T>,
        change: impl FnOnce(&mut T) -> R,
    ) -> Option<R> {
        let state = self.entities.find_mut(id.entity())?;
        let result = T::edit(state, change)?;
        hold(&T::KIND, const { &Limits::of(&T::KIND) }, &state.fields, id.entity().slot);
        if let Some(grid) = self.grid.get_mut() {
            grid.put(id.entity().slot, E::position(state));
        }
        Some(result)
    }

    /// Puts an entity in the place of one; returns whether it is still there.
    ///
    /// # Panics
    /// When a value is out of its field's range.
    #[inline]
    pub fn put<T: Member<E>>(&mut self, id: Id<T>, entity: T) -> bool {
        let Some(state) = self.entities.find_mut(id.entity()) else { return false };
        entity.put(&mut state.fields);
        hold(&T::KIND, const { &Limits::of(&T::KIND) }, &state.fields, id.entity().slot);
        if let Some(grid) = self.grid.get_mut() {
            grid.put(id.entity().slot, E::position(state));
        }
        true
    }

    /// Changes every entity of the type `T`, in the order of their slots.
    ///
    /// # Panics
    /// When a value is out of its field's range afterwards.
    pub fn edit_each<T: Member<E>>(&mut self, mut change: impl FnMut(Id<T>, &mut T)) {
        for slot in 0..self.entities.slots().len() {
            if let Some(id) = self.at(slot).and_then(|id| self.id(id)) {
                self.edit(id, |entity| change(id, entity));
            }
        }
    }

    /// Every entity of the type `T`, in the order of their slots.
    pub fn iter<T: Member<E>>(&self) -> impl Iterator<Item = (Id<T>, T)> {
        let read = |(id, state): (EntityId, &State)| Some((Id::new(id), T::read(state)?));
        self.entities.iter().filter_map(read)
    }

    /// Every entity of the type `T` whose position is no further than `radius` grid units from
    /// `place`, in the order of their slots. Does not compile in a game without positions.
    pub fn near<T: Member<E>>(
        &self,
        place: IVec2,
        radius: i32,
    ) -> impl Iterator<Item = (Id<T>, T)> {
        const {
            assert!(
                E::PLACEMENT as u8 == Placement::Position as u8,
                "nothing is near in a game without positions: use `iter` and compare groups"
            );
        };
        let slots = if radius < 0 { Vec::new() } else { self.grid().near(place, radius) };
        slots.into_iter().filter_map(move |slot| {
            let id = self.at(slot as usize)?;
            let state = self.entities.find(id)?;
            let is_near = is_within(E::position(state), place, radius);
            if is_near { Some((Id::new(id), T::read(state)?)) } else { None }
        })
    }

    /// The typed id of an entity that lives and is a `T`.
    #[must_use]
    pub fn id<T: Member<E>>(&self, entity: EntityId) -> Option<Id<T>> {
        let state = self.entities.find(entity)?;
        (state.kind == T::INDEX).then(|| Id::new(entity))
    }

    /// Changes an entity whatever its kind, which stays the same, and returns what `change` returns;
    /// `None` if it is not there any more.
    ///
    /// # Panics
    /// When a value is out of its field's range afterwards, or when the entity is of another kind.
    pub fn update<R>(&mut self, id: EntityId, change: impl FnOnce(&mut E) -> R) -> Option<R> {
        let state = self.entities.find_mut(id)?;
        let result = E::edit(state, change);
        let kind = usize::from(state.kind);
        hold(&E::KINDS[kind], &E::LIMITS[kind], &state.fields, id.slot);
        if let Some(grid) = self.grid.get_mut() {
            grid.put(id.slot, E::position(state));
        }
        Some(result)
    }

    /// Changes every entity whatever its kind, in the order of the slots.
    ///
    /// # Panics
    /// As [`World::update`].
    pub fn update_each(&mut self, mut change: impl FnMut(EntityId, &mut E)) {
        for slot in 0..self.entities.slots().len() {
            if let Some(id) = self.at(slot) {
                self.update(id, |entity| change(id, entity));
            }
        }
    }

    /// Changes every entity that does not rest, in the order of the slots, without a look at those
    /// that the engine knows to rest.
    pub(super) fn update_awake(
        &mut self,
        rests: impl Fn(&E) -> bool,
        mut change: impl FnMut(&mut E),
    ) {
        let busy: Vec<u32> = self.entities.busy().collect();
        for slot in busy {
            let Some(id) = self.at(slot as usize) else { continue };
            if self.entities.find(id).is_some_and(|state| !rests(&E::read(state))) {
                self.update(id, &mut change);
            }
        }
    }

    /// Where an entity is, grid units, or the place of its group; `None` if it is not there any more.
    #[must_use]
    pub fn position<T: Member<E>>(&self, id: Id<T>) -> Option<IVec2> {
        self.entities.find(id.entity()).map(E::position)
    }

    /// The lowest and the highest position that an entity of any kind can have, grid units; in a
    /// game without positions, both are the place of group 0.
    #[must_use]
    pub fn bounds() -> (IVec2, IVec2) {
        match E::PLACEMENT {
            Placement::Position => bounds(E::KINDS, E::POSITIONS),
            Placement::Group | Placement::Everywhere => (group_place(0), group_place(0)),
        }
    }

    /// How many entities there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Whether there is no entity.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// The table of states below.
    #[must_use]
    pub fn entities(&self) -> &Entities {
        &self.entities
    }

    /// The table of states below, for the engine.
    pub(super) fn entities_mut(&mut self) -> &mut Entities {
        &mut self.entities
    }

    /// Who is where.
    fn grid(&self) -> &Grid {
        self.grid.get_or_init(|| {
            let (low, high) = Self::bounds();
            let mut grid = Grid::new(low, high);
            self.entities.iter().for_each(|(id, state)| grid.put(id.slot, E::position(state)));
            grid
        })
    }

    /// Who lives in a slot.
    fn at(&self, slot: usize) -> Option<EntityId> {
        let place = self.entities.slots().get(slot)?;
        place.state.as_ref()?;
        Some(EntityId { slot: slot as u32, generation: place.generation })
    }
}

impl<E: EntitySet> Clone for World<E> {
    fn clone(&self) -> Self {
        Self { entities: self.entities.clone(), grid: self.grid.clone(), of: PhantomData }
    }
}

impl<E: EntitySet> fmt::Debug for World<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("World").field(&self.entities).finish()
    }
}

/// The table alone: the grid follows from it.
impl<E: EntitySet> Serialize for World<E> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.entities.serialize(to)
    }
}

impl<'de, E: EntitySet> Deserialize<'de> for World<E> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let entities = Entities::deserialize(from)?;
        let fits = |state: &State| {
            let limits = E::LIMITS.get(usize::from(state.kind));
            limits.is_some_and(|limits| limits.hold(&state.fields))
        };
        let misfit = entities.iter().find(|(_, state)| !fits(state));
        if let Some((kind, slot)) = misfit.map(|(id, state)| (state.kind, id.slot)) {
            let text = format!("the entity of kind {kind} in slot {slot} fits no schema");
            return Err(D::Error::custom(text));
        }
        Ok(Self { entities, ..Self::default() })
    }
}

fn is_within(a: IVec2, b: IVec2, radius: i32) -> bool {
    let square = |length: u32| u128::from(length) * u128::from(length);
    square(a.x.abs_diff(b.x)) + square(a.y.abs_diff(b.y)) <= square(radius.unsigned_abs())
}

/// Catches what the bits of a field can't hold.
#[inline(always)]
fn hold(kind: &Kind, limits: &Limits, fields: &Fields, slot: u32) {
    if !limits.hold(fields) {
        hold_to_ranges(kind.name, kind.fields, fields, Some(slot));
    }
}
