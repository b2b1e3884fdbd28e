//! No entities, and no avatar.

use std::any::Any;
use std::sync::LazyLock;

use super::entity::{Entity, EntitySet, Fields, Limits, Member, Placement, no_such_kind};
use super::world::World;
use crate::schema::{Kind, State};

/// What a game without entities has as its `Thing`, and one whose players steer nothing as its
/// `Avatar`. There is no value of this type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {}

impl EntitySet for Nothing {
    const KINDS: &'static [Kind] = &[];
    const LIMITS: &'static [Limits] = &[];
    const PLACEMENT: Placement = Placement::Everywhere;
    const POSITIONS: &'static [usize] = &[];
    const RADII: &'static [i32] = &[];
    const OWNERS: &'static [Option<usize>] = &[];

    fn read(state: &State) -> Self {
        no_such_kind(state.kind, Self::KINDS)
    }

    fn write(&self) -> State {
        match *self {}
    }

    fn edit<R>(state: &mut State, _change: impl FnOnce(&mut Self) -> R) -> R {
        no_such_kind(state.kind, Self::KINDS)
    }
}

impl Entity for Nothing {
    const KIND: Kind = Kind { name: "nothing", fields: &[], common_sets: &[], delayed_sets: &[] };
    const PLACEMENT: Placement = Placement::Everywhere;
    const POSITION: usize = 0;
    const RADIUS: i32 = 0;
    const OWNER: Option<usize> = None;

    fn from_fields(_fields: &Fields) -> Self {
        no_such_kind(<Self as Member<Self>>::INDEX, <Self as EntitySet>::KINDS)
    }

    fn put(&self, _fields: &mut Fields) {
        match *self {}
    }
}

/// A kind of every set, of which there is never an entity.
impl<E: EntitySet> Member<E> for Nothing {
    /// No game has so many kinds.
    const INDEX: u8 = u8::MAX;
}

/// The world of a game without entities.
pub(super) fn empty_world<E: EntitySet>() -> &'static World<E> {
    static EMPTY: LazyLock<World<Nothing>> = LazyLock::new(World::default);
    let empty: &'static dyn Any = &*EMPTY;
    empty.downcast_ref().expect("`Nothing` is the only set without kinds")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_nothing_and_nobody_steers_it() {
        assert!(empty_world::<Nothing>().is_empty());
        let state = State::default();
        assert_eq!(<Nothing as Member<Nothing>>::read(&state), None);
        assert_eq!(Nothing::position(&state), glam::IVec2::ZERO);
        assert_eq!(World::<Nothing>::bounds(), (glam::IVec2::ZERO, glam::IVec2::ZERO));
    }
}
