//! Checks a schema while the game is compiled, in its author's words.
//!
//! A `const` can't format text, so the message is put together from its parts by hand.

use super::{Entry, Field, FieldSet, Kind, Schema};
use crate::limits::{FIELDS_MAX, KINDS_MAX};

/// Limit of a message's length, bytes; the rest is cut off.
const TEXT_BYTES_MAX: usize = 240;
/// How the private state is called in messages.
const PRIVATE: &str = "the private state";

impl Schema {
    /// Checks the schema against the limits. Engine and client call it in a `const`, so that a
    /// game with an invalid schema does not compile.
    ///
    /// # Panics
    /// When a limit is exceeded, or when a range, a code or a set of fields is invalid; the message
    /// names kind and field.
    pub const fn validate(&self) {
        if self.kinds.len() > KINDS_MAX {
            fail(&["a game has at most 16 kinds of entity"]);
        }
        let mut kind = 0;
        while kind < self.kinds.len() {
            validate_kind(&self.kinds[kind]);
            kind += 1;
        }
        validate_fields(PRIVATE, self.private);
    }
}

const fn validate_kind(kind: &Kind) {
    let Kind { name, fields, common_sets, delayed_sets } = kind;
    validate_fields(name, fields);
    validate_sets(name, common_sets, fields.len());
    validate_sets(name, delayed_sets, fields.len());
}

const fn validate_fields(of: &str, fields: &[Field]) {
    if fields.len() > FIELDS_MAX {
        fail(&[of, " has more than 14 integer fields (a position takes two)"]);
    }
    let mut index = 0;
    while index < fields.len() {
        if let Some(wrong) = fault(&fields[index]) {
            fail(&[of, ".", fields[index].name, ": ", wrong]);
        }
        index += 1;
    }
}

/// What is wrong with a field.
const fn fault(field: &Field) -> Option<&'static str> {
    let span = field.max as i64 - field.min as i64;
    let step = field.residual_step;
    if span < 0 {
        return Some("the smallest value of its range is larger than the largest");
    }
    if span >= 1 << 31 {
        return Some("its range holds more than 2^31 values");
    }
    if step <= 0 || step as u32 & (step as u32 - 1) != 0 {
        return Some("its residual step is not a power of two");
    }
    if field.residual_bits + step.ilog2() > 16 {
        return Some("its residual bits and those of its step are more than 16");
    }
    if !matches!(field.delayed_bits, None | Some(0..=16)) {
        return Some("its delayed bits are more than 16");
    }
    if field.steps_per_unit == 0 {
        return Some("no step makes a unit: 1 is the smallest number of steps per unit");
    }
    match field.entry {
        Entry::Default(value) if value < field.min || value > field.max => {
            Some("its typical value is outside its range")
        }
        Entry::Small(order) | Entry::NearX(order) | Entry::NearY(order) if order > 16 => {
            Some("the order of its code is more than 16")
        }
        _ => None,
    }
}

const fn validate_sets(of: &str, sets: &[FieldSet], fields: usize) {
    let mut index = 0;
    while index < sets.len() {
        if sets[index] >> fields != 0 {
            fail(&[of, ": a set of fields names one that does not exist"]);
        }
        index += 1;
    }
}

/// Panics with these parts as its text.
const fn fail(parts: &[&str]) -> ! {
    let mut text = [0; TEXT_BYTES_MAX];
    let (mut length, mut part) = (0, 0);
    while part < parts.len() {
        let bytes = parts[part].as_bytes();
        let mut index = 0;
        while index < bytes.len() && length < TEXT_BYTES_MAX {
            text[length] = bytes[index];
            length += 1;
            index += 1;
        }
        part += 1;
    }
    match std::str::from_utf8(text.split_at(length).0) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("the schema is invalid"),
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;
    use crate::schema::field_set;

    /// What the check of a schema of one kind says.
    fn said(fields: &'static [Field], sets: &'static [FieldSet]) -> String {
        let checked = catch_unwind(move || {
            let kind = [Kind { name: "runner", fields, common_sets: sets, delayed_sets: &[] }];
            validate_kind(&kind[0]);
        });
        let panic = checked.expect_err("it is invalid");
        *panic.downcast::<String>().expect("a text")
    }

    #[test]
    fn what_is_wrong_is_said_with_the_name_of_the_field() {
        const SCORE: &[Field] = &[Field::outcome("score", 0, 9).entry(Entry::Default(10))];
        assert_eq!(said(SCORE, &[]), "runner.score: its typical value is outside its range");
        const HEALTH: &[Field] = &[Field::outcome("health", 9, 0)];
        assert_eq!(
            said(HEALTH, &[]),
            "runner.health: the smallest value of its range is larger than the largest"
        );
        const AGE: &[Field] = &[Field::outcome("age", i32::MIN, i32::MAX)];
        assert_eq!(said(AGE, &[]), "runner.age: its range holds more than 2^31 values");
        const MANY: &[Field] = &[Field::outcome("x", 0, 1); FIELDS_MAX + 1];
        assert!(said(MANY, &[]).starts_with("runner has more than 14 integer fields"));
        const ONE: &[Field] = &[Field::outcome("x", 0, 1)];
        const SETS: &[FieldSet] = &[field_set(&[1])];
        assert!(said(ONE, SETS).starts_with("runner: a set of fields names"));
        Schema { kinds: &[], private: &[] }.validate();
    }

    #[test]
    fn the_numbers_in_the_texts_are_the_limits() {
        assert_eq!((KINDS_MAX, FIELDS_MAX), (16, 14));
    }
}
