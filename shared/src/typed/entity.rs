//! What the derives implement: entities, their set, and private state.

use glam::IVec2;

use crate::game::{Audience, View};
use crate::ids::PlayerId;
use crate::limits::{FIELDS_MAX, VIEW_CELL_LOG2};
use crate::schema::{Field, Kind, State};

/// The integers of one entity, or of one player's private state; those that are not used are 0.
pub type Fields = [i32; FIELDS_MAX];

/// The ranges of all fields of a kind, so that one pass checks them all.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    min: Fields,
    max: Fields,
}

impl Limits {
    /// The ranges of these fields; the integers behind them are 0.
    #[must_use]
    pub const fn of(kind: &Kind) -> Self {
        let (mut min, mut max) = ([0; FIELDS_MAX], [0; FIELDS_MAX]);
        let mut at = 0;
        while at < kind.fields.len() {
            (min[at], max[at]) = (kind.fields[at].min, kind.fields[at].max);
            at += 1;
        }
        Self { min, max }
    }

    /// Whether every value is within its range.
    #[inline(always)]
    #[must_use]
    pub fn hold(&self, fields: &Fields) -> bool {
        // Without a branch per field.
        let limits = self.min.iter().zip(&self.max);
        let outside = fields.iter().zip(limits);
        !outside.fold(false, |any, (field, (min, max))| any | (field < min) | (field > max))
    }
}

/// What says where an entity is, and so who sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Its position.
    Position,
    /// The number of its group, for which [`group_place`] stands.
    Group,
    /// Nothing: it is at the place of group 0, as everybody's eye is.
    Everywhere,
}

/// Base-2 logarithm of the number of groups in a row of places.
const GROUPS_PER_ROW_LOG2: u32 = 8;

/// The place that stands for a group, grid units: each has a cell of the server's grid to itself, in
/// a square of 256 by 256.
#[must_use]
pub const fn group_place(group: u16) -> IVec2 {
    let (column, row) = (group & ((1 << GROUPS_PER_ROW_LOG2) - 1), group >> GROUPS_PER_ROW_LOG2);
    IVec2::new((column as i32) << VIEW_CELL_LOG2, (row as i32) << VIEW_CELL_LOG2)
}

impl Audience {
    /// Everybody who sees the entities of this group, in a game whose entities have groups.
    #[must_use]
    pub const fn group(group: u16) -> Self {
        Self::Near(group_place(group))
    }
}

/// One kind of entity. Implemented by `#[derive(Entity)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no entity",
    note = "write #[derive(Entity, Clone, Copy)] above the struct"
)]
pub trait Entity: Copy + Send + Sync + 'static {
    /// The schema of its fields.
    const KIND: Kind;
    /// What says where it is.
    const PLACEMENT: Placement;
    /// The index of the integer field that holds the x of its position, and y is the next one; or
    /// of the one that holds its group. 0 if it has neither.
    const POSITION: usize;
    /// How far it reaches around its position, grid units; 0 for nothing that others touch.
    const RADIUS: i32;
    /// The index of the integer field that holds its owner.
    const OWNER: Option<usize>;

    /// The entity that these integers are.
    fn from_fields(fields: &Fields) -> Self;

    /// Puts the integers of this entity in place of others of its type. They can be out of their
    /// ranges; [`super::World`] catches it.
    fn put(&self, fields: &mut Fields);

    /// The integers of this entity.
    #[inline]
    #[must_use]
    fn to_fields(&self) -> Fields {
        let mut fields = [0; FIELDS_MAX];
        self.put(&mut fields);
        fields
    }
}

/// The private state of a player. Implemented by `#[derive(Private)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no private state",
    note = "write #[derive(Private, Clone, Copy)] above the struct"
)]
pub trait Private: Copy + Send + Sync + 'static {
    /// The schema of its fields.
    const FIELDS: &'static [Field];

    /// The private state that these integers are.
    fn from_fields(fields: &Fields) -> Self;

    /// Puts the integers of this private state in place of others of its type.
    fn put(&self, fields: &mut Fields);

    /// The integers of this private state.
    #[inline]
    #[must_use]
    fn to_fields(&self) -> Fields {
        let mut fields = [0; FIELDS_MAX];
        self.put(&mut fields);
        fields
    }
}

/// No private state.
impl Private for () {
    const FIELDS: &'static [Field] = &[];

    fn from_fields(_fields: &Fields) -> Self {}

    fn put(&self, _fields: &mut Fields) {}
}

/// All kinds of entity of a game, as an enum with one variant per kind. Implemented by
/// [`super::entities!`].
pub trait EntitySet: Copy + Send + Sync + 'static {
    /// The kinds, in the order of the variants.
    const KINDS: &'static [Kind];
    /// The ranges of the fields of each kind.
    const LIMITS: &'static [Limits];
    /// [`Entity::PLACEMENT`], the same for all kinds.
    const PLACEMENT: Placement;
    /// [`Entity::POSITION`] of each kind.
    const POSITIONS: &'static [usize];
    /// [`Entity::RADIUS`] of each kind.
    const RADII: &'static [i32];
    /// [`Entity::OWNER`] of each kind.
    const OWNERS: &'static [Option<usize>];

    /// The view in which everybody sees everything, or everything of their group.
    const WHOLE: View = whole(Self::KINDS, Self::POSITIONS, Self::PLACEMENT);

    /// The entity in a state.
    ///
    /// # Panics
    /// When there is no such kind.
    fn read(state: &State) -> Self;

    /// The state of this entity.
    fn write(&self) -> State;

    /// Changes the entity in a state, which stays of its kind, and returns what `change` returns.
    ///
    /// # Panics
    /// When there is no such kind, or when `change` puts an entity of another kind in its place.
    fn edit<R>(state: &mut State, change: impl FnOnce(&mut Self) -> R) -> R;

    /// Where the entity in a state is, grid units: its position, or the place of its group.
    ///
    /// # Panics
    /// When there is no such kind.
    #[inline]
    #[must_use]
    fn position(state: &State) -> IVec2 {
        if Self::PLACEMENT == Placement::Everywhere {
            return group_place(0);
        }
        let at = Self::POSITIONS[usize::from(state.kind)];
        if Self::PLACEMENT == Placement::Group {
            return group_place(state.fields[at] as u16);
        }
        IVec2::new(state.fields[at], state.fields[at + 1])
    }

    /// Whether the entities in two states touch: they have radii, and are nearer to each other than
    /// both.
    ///
    /// # Panics
    /// When there is no such kind.
    #[inline]
    #[must_use]
    fn touch(a: &State, b: &State) -> bool {
        let [one, other] = [a, b].map(|state| i64::from(Self::RADII[usize::from(state.kind)]));
        let off = Self::position(a).as_i64vec2() - Self::position(b).as_i64vec2();
        one > 0 && other > 0 && off.length_squared() < (one + other) * (one + other)
    }

    /// Whose avatar the entity in a state is, if it is one.
    ///
    /// # Panics
    /// When there is no such kind.
    #[inline]
    #[must_use]
    fn owner(state: &State) -> Option<PlayerId> {
        let at = Self::OWNERS[usize::from(state.kind)]?;
        Some(PlayerId(state.fields[at] as u16))
    }
}

/// A view that reaches from one end of the world to the other, or just to the place of a group.
const fn whole(kinds: &[Kind], positions: &[usize], placement: Placement) -> View {
    let mut half = IVec2::ZERO;
    if matches!(placement, Placement::Position) && !kinds.is_empty() {
        let (low, high) = bounds(kinds, positions);
        half = IVec2::new(high.x.saturating_sub(low.x), high.y.saturating_sub(low.y));
    }
    View { half, margin: 0 }
}

/// The lowest and the highest position of these kinds, of which there is one at least.
pub(super) const fn bounds(kinds: &[Kind], positions: &[usize]) -> (IVec2, IVec2) {
    let (mut low, mut high) = (IVec2::MAX, IVec2::MIN);
    let mut kind = 0;
    while kind < kinds.len() {
        let (x, y) =
            (&kinds[kind].fields[positions[kind]], &kinds[kind].fields[positions[kind] + 1]);
        (low.x, low.y) = (least(low.x, x.min), least(low.y, y.min));
        (high.x, high.y) = (most(high.x, x.max), most(high.y, y.max));
        kind += 1;
    }
    (low, high)
}

const fn least(a: i32, b: i32) -> i32 {
    if a < b { a } else { b }
}

const fn most(a: i32, b: i32) -> i32 {
    if a > b { a } else { b }
}

/// A kind of entity as one of the set `E`. Implemented by [`super::entities!`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is none of the kinds of `{E}`",
    note = "add it to the list in entities!; where nobody has an avatar, write `type Avatar = Nothing`"
)]
pub trait Member<E: EntitySet>: Entity {
    /// Its index in [`EntitySet::KINDS`].
    const INDEX: u8;

    /// The entity in a state; `None` if it is of another kind.
    #[inline]
    #[must_use]
    fn read(state: &State) -> Option<Self> {
        if state.kind == Self::INDEX { Some(Self::from_fields(&state.fields)) } else { None }
    }

    /// The state of this entity.
    #[inline]
    #[must_use]
    fn write(&self) -> State {
        State { kind: Self::INDEX, fields: self.to_fields() }
    }

    /// Changes the entity in a state and returns what `change` returns; `None` if it is of another
    /// kind.
    #[inline]
    fn edit<R>(state: &mut State, change: impl FnOnce(&mut Self) -> R) -> Option<R> {
        if state.kind != Self::INDEX {
            return None;
        }
        let mut entity = Self::from_fields(&state.fields);
        let result = change(&mut entity);
        entity.put(&mut state.fields);
        Some(result)
    }
}

/// Panics: an entity became one of another kind.
#[cold]
pub fn changed_kind(kind: &str) -> ! {
    panic!("a {kind} became something else: an entity stays of its kind");
}

/// Panics: a state has a kind that its game does not know.
#[cold]
pub fn no_such_kind(kind: u8, kinds: &[Kind]) -> ! {
    panic!("kind {kind}, and there are {}", kinds.len());
}
