//! From what an author says of a field to the schema's [`Field`]: the defaults, and the checks.
//!
//! The derives call this in constants, so that whatever does not fit is a compile error that names
//! the field.

use super::entity::Placement;
use super::value::Value;
use crate::input::Control;
use crate::limits::KINDS_MAX;
use crate::schema::{Blend, Entry, Field, Kind, Role};

/// Largest order of a code, bits.
const ORDER_MAX: u32 = 16;

/// A field of a struct, on its way into the schema.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Struct and field, for errors.
    place: &'static str,
    field: Field,
    /// The names of its values, if they have names.
    values: &'static [&'static str],
}

impl Column {
    /// A field of the type `T` that takes `width` integer fields. `place` is its name with the
    /// struct's, `range` what the author says.
    ///
    /// # Panics
    /// When the width is another, or when there is no range that fits the type and the schema.
    #[must_use]
    pub const fn new<T: Value>(
        place: &'static str,
        width: usize,
        role: Role,
        range: Option<(i64, i64)>,
    ) -> Self {
        if width != T::WIDTH {
            refuse(place, "name each integer field of its type: #[names(..)]");
        }
        let (min, max) = match (range, T::RANGE) {
            (Some(range), None) => range,
            (None, Some((min, max))) => (min as i64, max as i64),
            (Some((min, max)), Some((least, most))) => {
                if min < least as i64 || max > most as i64 {
                    refuse(place, "its type can't hold all values of the range");
                }
                (min, max)
            }
            (None, None) => refuse(place, "it needs #[range(min, max)]: say which values it takes"),
        };
        if min > max {
            refuse(place, "the range is empty: its first end is the smaller one");
        }
        if max - min >= 1 << 31 || min < i32::MIN as i64 || max > i32::MAX as i64 {
            refuse(place, "the range is too wide: max - min is below 2^31");
        }
        let mut field = match role {
            Role::Decision => Field::decision("", min as i32, max as i32),
            Role::Outcome => Field::outcome("", min as i32, max as i32),
        };
        field = field.entry(T::ENTRY);
        field.blend = T::BLEND;
        if width == 2 {
            // A push changes a velocity by any share of its range.
            field.residual_bits = least(field.bits() / 2, ORDER_MAX);
        }
        Self { place, field, values: T::NAMES }
    }

    /// A place in the world. It deviates a little in one tick and more over several; and as a view
    /// is a part of the world, it is near the viewer when it comes into view.
    #[must_use]
    pub const fn position(mut self) -> Self {
        let bits = self.field.bits();
        self.field.residual_bits = bits / 3;
        self.field.delayed_bits = Some(bits / 2);
        self.field.blend = Blend::Linear;
        self.field.entry = Entry::NearX(least(bits.saturating_sub(2), ORDER_MAX));
        self
    }

    /// The number of a group.
    ///
    /// # Panics
    /// When its values are no numbers of groups.
    #[must_use]
    pub const fn group(self) -> Self {
        if self.field.min < 0 || self.field.max > u16::MAX as i32 {
            refuse(
                self.place,
                "groups are numbered 0 to 65535: say which there are, #[range(min, max)]",
            );
        }
        self
    }

    /// Sets how it is drawn between two ticks.
    #[must_use]
    pub const fn draw(mut self, blend: Blend) -> Self {
        self.field.blend = blend;
        self
    }

    /// Sets the value that most entities have when they come into view.
    ///
    /// # Panics
    /// When it is out of range.
    #[must_use]
    pub const fn typical(mut self, value: i64) -> Self {
        if value < self.field.min as i64 || value > self.field.max as i64 {
            refuse(self.place, "its typical value is out of its range");
        }
        self.field.entry = Entry::Default(value as i32);
        self
    }

    /// Sets how many steps of its value make one unit of the world.
    ///
    /// # Panics
    /// When it is 0.
    #[must_use]
    pub const fn steps_per_unit(mut self, steps: u32) -> Self {
        if steps == 0 {
            refuse(self.place, "its unit has no steps");
        }
        self.field.steps_per_unit = steps;
        self
    }

    /// Sets about how many bits its residuals have, in steps.
    #[must_use]
    pub const fn residual_bits(mut self, bits: u32) -> Self {
        self.field.residual_bits = bits;
        self
    }

    /// Sets the power of two of which its residuals are usually multiples.
    ///
    /// # Panics
    /// When it is no power of two.
    #[must_use]
    pub const fn residual_step(mut self, step: i32) -> Self {
        if step <= 0 || !(step as u32).is_power_of_two() {
            refuse(self.place, "its residual_step is no power of two");
        }
        self.field.residual_step = step;
        self
    }

    /// Sets about how many bits its residuals over several ticks have; `None` if as many as over
    /// one.
    #[must_use]
    pub const fn delayed_bits(mut self, bits: Option<u32>) -> Self {
        self.field.delayed_bits = bits;
        self
    }

    /// Sets how it is encoded when its entity enters a view.
    #[must_use]
    pub const fn entry(mut self, entry: Entry) -> Self {
        self.field.entry = entry;
        self
    }

    /// The schema's field for one axis: 0 is x or all there is, 1 is y.
    ///
    /// # Panics
    /// When a code has more bits than the schema allows.
    #[must_use]
    pub const fn field(self, name: &'static str, axis: usize) -> Field {
        let Self { place, mut field, .. } = self;
        field.name = name;
        if field.residual_bits + field.residual_step.ilog2() > ORDER_MAX {
            refuse(place, "its residual_bits and those of its residual_step are 16 at most");
        }
        if let Some(bits) = field.delayed_bits
            && bits > ORDER_MAX
        {
            refuse(place, "its delayed_bits are 16 at most");
        }
        if let Entry::Small(order) | Entry::NearX(order) | Entry::NearY(order) = field.entry
            && order > ORDER_MAX
        {
            refuse(place, "the order of its entry is 16 at most");
        }
        field.entry = match field.entry {
            Entry::NearX(order) if axis == 1 => Entry::NearY(order),
            entry => entry,
        };
        field
    }

    /// The control of an input for one axis: 0 is x or all there is, 1 is y.
    #[must_use]
    pub const fn control(self, name: &'static str, axis: usize) -> Control {
        let Field { min, max, blend, steps_per_unit, .. } = self.field(name, axis);
        let turns = matches!(blend, Blend::Turn);
        Control { name, min, max, turns, steps_per_unit, values: self.values }
    }
}

const fn least(a: u32, b: u32) -> u32 {
    if a < b { a } else { b }
}

/// The kinds of a set of entities, checked.
///
/// # Panics
/// When there are too many, or when two have the same name.
#[must_use]
pub const fn kinds(kinds: &'static [Kind]) -> &'static [Kind] {
    if kinds.len() > KINDS_MAX {
        refuse("entities!", "there are more kinds than KINDS_MAX");
    }
    let mut index = 0;
    while index < kinds.len() {
        let mut other = 0;
        while other < index {
            if is_same(kinds[index].name, kinds[other].name) {
                refuse(kinds[index].name, "two kinds have this name: use #[entity(name = \"..\")]");
            }
            other += 1;
        }
        index += 1;
    }
    kinds
}

/// What says where the entities of a set are, given the name and the placement of each kind.
///
/// # Panics
/// When that differs from kind to kind.
#[must_use]
pub const fn placement(kinds: &[(&str, Placement)]) -> Placement {
    let first = kinds[0].1;
    let mut index = 1;
    while index < kinds.len() {
        if kinds[index].1 as u8 != first as u8 {
            refuse(
                kinds[index].0,
                "either all kinds of a game have a #[position], or all have a #[group], or none has \
                 either: this one differs from the first",
            );
        }
        index += 1;
    }
    first
}

const fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len() && index == b.len()
}

/// Panics with `place: text`; in a constant nothing else joins two texts.
const fn refuse(place: &str, text: &str) -> ! {
    let mut joined = [0; 256];
    let parts = [place.as_bytes(), b": ", text.as_bytes()];
    let (mut part, mut length) = (0, 0);
    while part < parts.len() {
        let mut index = 0;
        while index < parts[part].len() && length < joined.len() {
            joined[length] = parts[part][index];
            (index, length) = (index + 1, length + 1);
        }
        part += 1;
    }
    match std::str::from_utf8(joined.split_at(length).0) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("a field is not what the schema allows"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_whole() {
        assert!(is_same("ship", "ship"));
        assert!(!is_same("ship", "shi") && !is_same("shi", "ship") && !is_same("ship", "shop"));
    }

    #[test]
    fn kinds_of_different_placements_are_refused() {
        let [ship, team] = [("ship", Placement::Position), ("team", Placement::Group)];
        assert_eq!(placement(&[ship, ship]), Placement::Position);
        assert_eq!(placement(&[team]), Placement::Group);
        let caught = std::panic::catch_unwind(|| placement(&[ship, ship, team]));
        let text = caught.expect_err("they differ");
        let text = text.downcast_ref::<String>().expect("a text");
        assert!(text.starts_with("team: either all kinds of a game have a #[position]"), "{text}");
        assert!(text.ends_with("this one differs from the first"), "cut off: {text}");
    }

    fn hp(min: i64, max: i64) -> Column {
        Column::new::<i32>("Ship.hp", 1, Role::Outcome, Some((min, max)))
    }

    #[test]
    fn a_refusal_names_the_field() {
        const WIDE: &str = "the range is too wide: max - min is below 2^31";
        type Case = (fn() -> Field, &'static str);
        let cases: [Case; 12] = [
            (|| hp(9, 1).field("", 0), "the range is empty: its first end is the smaller one"),
            (|| hp(0, 1 << 31).field("", 0), WIDE),
            (|| hp(i64::from(i32::MIN), 0).field("", 0), WIDE),
            (|| hp(1 << 40, 1 << 40).field("", 0), WIDE),
            (|| hp(0, 9).typical(10).field("", 0), "its typical value is out of its range"),
            (|| hp(0, 9).residual_step(6).field("", 0), "its residual_step is no power of two"),
            (
                || hp(0, 9).residual_step(16).residual_bits(13).field("", 0),
                "its residual_bits and those of its residual_step are 16 at most",
            ),
            (|| hp(0, 9).delayed_bits(Some(17)).field("", 0), "its delayed_bits are 16 at most"),
            (
                || hp(0, 9).entry(Entry::Small(17)).field("", 0),
                "the order of its entry is 16 at most",
            ),
            (
                || Column::new::<u8>("Ship.hp", 1, Role::Outcome, Some((0, 300))).field("", 0),
                "its type can't hold all values of the range",
            ),
            (
                || hp(0, 65_536).group().field("", 0),
                "groups are numbered 0 to 65535: say which there are, #[range(min, max)]",
            ),
            (
                || Column::new::<i32>("Ship.hp", 1, Role::Outcome, None).field("", 0),
                "it needs #[range(min, max)]: say which values it takes",
            ),
        ];
        for (make, expected) in cases {
            let caught = std::panic::catch_unwind(make).expect_err(expected);
            let text = caught.downcast_ref::<String>().expect("a text");
            assert_eq!(*text, format!("Ship.hp: {expected}"));
        }
        let widest = hp(i64::from(i32::MIN), -1).residual_step(1 << 16).residual_bits(0);
        assert_eq!(widest.field("hp", 0).bits(), 31, "all of these fit");
    }
}
