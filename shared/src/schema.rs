//! The state of an entity that is sent: a few integer fields, described by a [`Schema`].
//!
//! Both ends hold an entity as a [`State`]; the schema says how each field is packed and how a
//! front end may blend it between two ticks. How states become bits is in
//! [`crate::replication`].

mod validate;

use serde::{Deserialize, Serialize};

use crate::fnv::Fnv;
use crate::limits::{FIELDS_MAX, FRESH_MAX, TURNS};

/// The replicated state of one entity: its kind and its quantised fields.
///
/// Fields past those of the kind's schema are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Index into [`Schema::kinds`].
    pub kind: u8,
    /// The fields in the order of [`Kind::fields`], each within its range.
    pub fields: [i32; FIELDS_MAX],
}

/// The private state of one player, in the order of [`Schema::private`].
pub type Private = [i32; FIELDS_MAX];

/// Everything both ends must agree on about a game's state.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// The kinds of entity; a state's `kind` is the index.
    pub kinds: &'static [Kind],
    /// The fields of a player's private state.
    pub private: &'static [Field],
}

/// One kind of entity.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// For documents and logs.
    pub name: &'static str,
    /// The fields, up to [`FIELDS_MAX`].
    pub fields: &'static [Field],
    /// Sets of fields that often change together and without others, most frequent first: the
    /// earlier a set, the shorter its code. A change uses one if its outcomes deviate by multiples
    /// of their steps.
    pub common_sets: &'static [FieldSet],
    /// The same for changes over several ticks: after skips, and for entities that waited for their
    /// turn. Outcomes may deviate by any amount.
    pub delayed_sets: &'static [FieldSet],
}

/// A set of fields: one bit each, the lowest for the first.
pub type FieldSet = u16;

/// The set of the fields with these indices.
#[must_use]
pub const fn field_set(indices: &[u32]) -> FieldSet {
    let (mut set, mut at) = (0, 0);
    while at < indices.len() {
        set |= 1 << indices[at];
        at += 1;
    }
    set
}

/// One integer field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// For documents and logs.
    pub name: &'static str,
    /// Smallest value.
    pub min: i32,
    /// Largest value; `max - min` is below 2^31.
    pub max: i32,
    /// How prediction treats the field.
    pub role: Role,
    /// How a front end draws it between two ticks.
    pub blend: Blend,
    /// About how many bits its residuals have: the order of their exponential Golomb code.
    pub residual_bits: u32,
    /// A power of two of which its residuals are usually multiples.
    pub residual_step: i32,
    /// About how many bits its residuals over several ticks have; `None` if as many as over one
    /// tick.
    pub delayed_bits: Option<u32>,
    /// How it is encoded when its entity enters a view.
    pub entry: Entry,
    /// Steps of its value in one unit of the game's world. No part of the wire format: pages and
    /// reports divide by it.
    pub steps_per_unit: u32,
}

/// How a field is encoded when its entity enters a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// In as many bits as its range needs.
    Plain,
    /// One bit says whether it has this value; any other value follows in as many bits as the range
    /// needs. One more bit per entity says whether all such fields have their default values.
    Default(i32),
    /// As an exponential Golomb code of this order, signed if the range holds negative numbers.
    /// Values near 0, or near the start of an unsigned range, have short codes.
    Small(u32),
    /// As its difference from the x of the view's anchor, a signed Golomb code of this order.
    NearX(u32),
    /// The same for the y.
    NearY(u32),
}

/// How prediction treats a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Decided by a player or the rules, and left unchanged by [`crate::game::Game::predict`]. Its
    /// value is sent as it is and applies before the prediction: a new heading costs its own bits,
    /// and the movement that follows from it costs none.
    Decision,
    /// Follows from the rules. Only its residual, the difference from the prediction, is sent.
    Outcome,
}

/// How a front end draws a field between two ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blend {
    /// It jumps to its new value.
    Step,
    /// Along a straight line.
    Linear,
    /// In the shorter direction around a circle of `max - min + 1` values.
    Turn,
}

impl Field {
    /// A field that a player or the rules decide.
    #[must_use]
    pub const fn decision(name: &'static str, min: i32, max: i32) -> Self {
        Self::new(name, min, max, Role::Decision)
    }

    /// A field that follows from the rules.
    #[must_use]
    pub const fn outcome(name: &'static str, min: i32, max: i32) -> Self {
        Self::new(name, min, max, Role::Outcome)
    }

    const fn new(name: &'static str, min: i32, max: i32, role: Role) -> Self {
        let (blend, entry) = (Blend::Step, Entry::Plain);
        let (residual_bits, residual_step, delayed_bits) = (2, 1, None);
        Self {
            name,
            min,
            max,
            role,
            blend,
            residual_bits,
            residual_step,
            delayed_bits,
            entry,
            steps_per_unit: 1,
        }
    }

    /// The same field, drawn along a straight line between two ticks.
    #[must_use]
    pub const fn linear(mut self) -> Self {
        self.blend = Blend::Linear;
        self
    }

    /// The same field, drawn in the shorter direction around its circle of values.
    #[must_use]
    pub const fn turn(mut self) -> Self {
        self.blend = Blend::Turn;
        self
    }

    /// The same field with residuals that usually take this many bits (0 to 16; 2 by default).
    #[must_use]
    pub const fn residual_bits(mut self, bits: u32) -> Self {
        self.residual_bits = bits;
        self
    }

    /// The same field with residuals that are usually multiples of `step`, a power of two (1 to
    /// 2^16; 1 by default). In common changes `residual_bits` counts in these steps.
    #[must_use]
    pub const fn residual_step(mut self, step: i32) -> Self {
        self.residual_step = step;
        self
    }

    /// The same field with residuals over several ticks that usually take this many bits (0 to 16;
    /// by default as many as over one tick).
    #[must_use]
    pub const fn delayed_bits(mut self, bits: u32) -> Self {
        self.delayed_bits = Some(bits);
        self
    }

    /// The code of a residual over `age` ticks: its unit, and the order of the Golomb code.
    /// `common` is whether the change is one of the common sets.
    #[must_use]
    pub fn residual_code(&self, age: u32, common: bool) -> (i32, u32) {
        match self.delayed_bits {
            _ if common && age == 1 => (self.residual_step, self.residual_bits),
            Some(bits) if age > 1 => (1, bits),
            _ => (1, self.residual_bits + self.residual_step.ilog2()),
        }
    }

    /// The same field, encoded like this when its entity enters a view (`Plain` by default).
    #[must_use]
    pub const fn entry(mut self, entry: Entry) -> Self {
        self.entry = entry;
        self
    }

    /// The same field, of which this many steps make one unit of the game's world (1 by default).
    #[must_use]
    pub const fn steps_per_unit(mut self, steps: u32) -> Self {
        self.steps_per_unit = steps;
        self
    }

    /// Whether the value is in the range.
    #[inline]
    #[must_use]
    pub const fn holds(&self, value: i32) -> bool {
        self.min <= value && value <= self.max
    }

    /// Bits that hold any value of the range, 0 to 31.
    #[must_use]
    pub const fn bits(&self) -> u32 {
        bits_for((self.max as i64 - self.min as i64) as u32)
    }
}

impl Schema {
    /// A fingerprint of the schema and of the protocol's revision, which `schema_hash::schema_hash`
    /// supplies. It covers names, ranges, roles, codes, and the limits that are part of the wire
    /// format.
    #[must_use]
    pub fn hash(&self, revision: u16) -> u64 {
        let Self { kinds, private } = self;
        let mut hash = Fnv::default();
        hash.write(&revision.to_le_bytes());
        // The limits that are part of the wire format.
        hash.write(&[FRESH_MAX, TURNS].map(|limit| limit as u8));
        for kind in *kinds {
            hash_item(&mut hash, kind.name.as_bytes());
            hash_fields(&mut hash, kind.fields);
            for sets in [kind.common_sets, kind.delayed_sets] {
                hash.write(&(sets.len() as u32).to_le_bytes());
                sets.iter().for_each(|set| hash.write(&set.to_le_bytes()));
            }
        }
        hash_fields(&mut hash, private);
        hash.finish()
    }

    /// The fields of a state of this kind; none for a kind that does not exist.
    #[must_use]
    pub fn fields(&self, kind: u8) -> &'static [Field] {
        self.kinds.get(kind as usize).map_or(&[], |kind| kind.fields)
    }

    /// The name of a kind; "?" for one that does not exist.
    #[must_use]
    pub fn kind_name(&self, kind: u8) -> &'static str {
        self.kinds.get(kind as usize).map_or("?", |kind| kind.name)
    }

    /// Steps of the grid on which entities lie in one unit of the game's world: those of the first
    /// field that is encoded near the view's anchor, 1 if there is none.
    #[must_use]
    pub fn steps_per_unit(&self) -> u32 {
        let mut fields = self.kinds.iter().flat_map(|kind| kind.fields);
        let place = fields.find(|field| matches!(field.entry, Entry::NearX(_) | Entry::NearY(_)));
        place.map_or(1, |field| field.steps_per_unit)
    }

    /// The common sets of a kind for changes over `age` ticks; none for a kind that does not exist.
    #[must_use]
    pub fn common_sets(&self, kind: u8, age: u32) -> &'static [FieldSet] {
        self.kinds.get(kind as usize).map_or(&[], |kind| match age {
            1 => kind.common_sets,
            _ => kind.delayed_sets,
        })
    }

    /// Whether any field of an entity changes gradually on the screen. Where none does there is
    /// nothing to draw between two ticks.
    #[must_use]
    pub fn blends(&self) -> bool {
        let mut fields = self.kinds.iter().flat_map(|kind| kind.fields);
        fields.any(|field| field.blend != Blend::Step)
    }

    /// Bits that hold any kind.
    #[must_use]
    pub const fn kind_bits(&self) -> u32 {
        bits_for((self.kinds.len() as u32).saturating_sub(1))
    }
}

/// The private state that both ends start from at a keyframe: each field is 0, or the end of its
/// range nearest to 0.
#[must_use]
pub fn initial_private(fields: &[Field]) -> Private {
    let mut private = Private::default();
    for (field, value) in fields.iter().zip(&mut private) {
        *value = 0.clamp(field.min, field.max);
    }
    private
}

/// Catches values that their fields can't hold: they would spill into the bits that follow, and
/// every client would read something else. `of` names the kind, `slot` its entity.
///
/// # Panics
/// When a value is out of its range; the text names kind, field, value, range and slot.
#[inline]
pub fn hold_to_ranges(of: &str, fields: &[Field], values: &[i32], slot: Option<u32>) {
    for (field, value) in fields.iter().zip(values) {
        if !field.holds(*value) {
            out_of_range(of, field, *value, slot);
        }
    }
}

/// Panics: a game broke a range of its schema. The room ends with that text.
#[cold]
pub fn out_of_range(of: &str, field: &Field, value: i32, slot: Option<u32>) -> ! {
    let Field { name, min, max, .. } = field;
    match slot {
        Some(slot) => panic!("{of}.{name} = {value}, range {min}..={max} (slot {slot})"),
        None => panic!("{of}.{name} = {value}, range {min}..={max}"),
    }
}

/// Bits that hold any number up to `max`.
const fn bits_for(max: u32) -> u32 {
    u32::BITS - max.leading_zeros()
}

/// Adds one item; its length keeps ("ab", "c") apart from ("a", "bc").
fn hash_item(hash: &mut Fnv, bytes: &[u8]) {
    hash.write(bytes);
    hash.write(&(bytes.len() as u32).to_le_bytes());
}

fn hash_fields(hash: &mut Fnv, fields: &[Field]) {
    hash.write(&(fields.len() as u32).to_le_bytes());
    for field in fields {
        let Field { name, min, max, role, blend: _, entry, .. } = field;
        let Field { residual_bits, residual_step, delayed_bits, .. } = field;
        hash_item(hash, name.as_bytes());
        hash.write(&min.to_le_bytes());
        hash.write(&max.to_le_bytes());
        hash.write(&[u8::from(*role == Role::Decision), *residual_bits as u8]);
        hash.write(&[delayed_bits.unwrap_or(u32::MAX) as u8]);
        hash.write(&residual_step.to_le_bytes());
        let (code, detail) = match *entry {
            Entry::Plain => (0, 0),
            Entry::Default(value) => (1, value),
            Entry::Small(order) => (2, order as i32),
            Entry::NearX(order) => (3, order as i32),
            Entry::NearY(order) => (4, order as i32),
        };
        hash.write(&[code]);
        hash.write(&detail.to_le_bytes());
    }
}
