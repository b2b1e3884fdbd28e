//! Decoding after encoding is the identity, for any two states and any age.

use glam::IVec2;
use proptest::prelude::*;

use super::change::{decode_change, encode_change, predict};
use super::checksum::{Checksum, hash_state};
use super::plain::{decode_plain, encode_plain};
use super::positions::{decode_positions, encode_positions, remove_positions};
use super::whole::{decode_private, decode_whole, encode_private, encode_whole};
use crate::game::Game;
use crate::limits::{FIELDS_MAX, HISTORY_TICKS};
use crate::protocol::bits::{BitReader, BitWriter};
use crate::schema::{Field, Private, State, initial_private};
use crate::toy::{Toy, at};

fn values(fields: &'static [Field]) -> impl Strategy<Value = [i32; FIELDS_MAX]> {
    let each: Vec<_> = fields.iter().map(|field| field.min..=field.max).collect();
    each.prop_map(|values| {
        let mut all = [0; FIELDS_MAX];
        all[..values.len()].copy_from_slice(&values);
        all
    })
}

fn state() -> impl Strategy<Value = State> {
    values(Toy::SCHEMA.fields(0)).prop_map(|fields| State { kind: 0, fields })
}

/// Two states of one entity and their distance in ticks. Any of the fields may differ from the
/// prediction.
fn pair() -> impl Strategy<Value = (State, State, u32)> {
    (1..HISTORY_TICKS as u32).prop_flat_map(|age| {
        let near = (state(), state(), any::<[bool; FIELDS_MAX]>());
        near.prop_map(move |(base, other, from_other)| {
            let mut now = base;
            for _ in 0..age {
                Toy::predict(at(1), &mut now);
            }
            for (index, _) in from_other.iter().enumerate().filter(|(_, other)| **other) {
                now.fields[index] = other.fields[index];
            }
            (base, now, age)
        })
    })
}

proptest! {
    #[test]
    fn a_change_leads_from_base_to_now((base, now, age) in pair()) {
        let mut writer = BitWriter::default();
        prop_assume!(encode_change::<Toy>(at(0), &base, &now, age, &mut writer));
        let bits = writer.len_bits();
        let bytes = writer.finish().clone();
        let mut reader = BitReader::new(&bytes);
        let mut decoded = base;
        decode_change::<Toy>(at(0), &mut decoded, age, &mut reader).unwrap();
        prop_assert_eq!(decoded, now);
        prop_assert_eq!(bytes.len() * 8 - reader.left_bits(), bits);
    }

    #[test]
    fn what_was_predicted_has_no_body(base in state(), age in 1..HISTORY_TICKS as u32) {
        let mut now = base;
        predict::<Toy>(at(0), &mut now, age);
        let mut writer = BitWriter::default();
        prop_assert!(!encode_change::<Toy>(at(0), &base, &now, age, &mut writer));
        prop_assert_eq!(writer.len_bits(), 0);
    }

    #[test]
    fn a_plain_change_leads_from_base_to_now((base, now, _age) in pair()) {
        let mut writer = BitWriter::default();
        prop_assert_eq!(encode_plain::<Toy>(&base, &now, &mut writer), base != now);
        let fields = Toy::SCHEMA.fields(0).iter().zip(base.fields.iter().zip(&now.fields));
        let changed = fields.filter(|(_, (old, new))| old != new).map(|(field, _)| field.bits());
        let whole = Toy::SCHEMA.fields(0).len() + changed.sum::<u32>() as usize;
        prop_assert_eq!(writer.len_bits(), if base == now { 0 } else { whole });
        prop_assume!(base != now);
        let bytes = writer.finish().clone();
        let mut reader = BitReader::new(&bytes);
        let mut decoded = base;
        decode_plain::<Toy>(&mut decoded, &mut reader).unwrap();
        prop_assert_eq!(decoded, now);
        prop_assert_eq!(bytes.len() * 8 - reader.left_bits(), whole);
        for length in 0..whole / 8 {
            let mut state = base;
            prop_assert!(decode_plain::<Toy>(&mut state, &mut BitReader::new(&bytes[..length])).is_err());
        }
    }

    #[test]
    fn any_bytes_are_a_plain_change_or_an_error(base in state(), bytes: Vec<u8>) {
        let mut state = base;
        if decode_plain::<Toy>(&mut state, &mut BitReader::new(&bytes)).is_ok() {
            for (field, value) in Toy::SCHEMA.fields(0).iter().zip(state.fields) {
                prop_assert!(field.holds(value));
            }
        }
    }

    #[test]
    fn any_bytes_are_a_change_or_an_error(base in state(), age in 1..4u32, bytes: Vec<u8>) {
        let mut state = base;
        let fields = Toy::SCHEMA.fields(0);
        if decode_change::<Toy>(at(0), &mut state, age, &mut BitReader::new(&bytes)).is_ok() {
            for (field, value) in fields.iter().zip(state.fields) {
                prop_assert!((field.min..=field.max).contains(&value));
            }
        }
    }

    #[test]
    fn whole_states_come_back(
        states in prop::collection::vec(state(), 1..4),
        common: bool,
        place in prop::option::of((any::<i32>(), any::<i32>())),
    ) {
        let mut states = states;
        if common {
            states[0].fields[..2].fill(0);
        }
        let anchor = place.map(IVec2::from);
        let (mut writer, mut written_from) = (BitWriter::default(), anchor);
        for state in &states {
            encode_whole::<Toy>(state, &mut written_from, &mut writer);
        }
        let bytes = writer.finish().clone();
        let (mut reader, mut read_from) = (BitReader::new(&bytes), anchor);
        for state in &states {
            prop_assert_eq!(decode_whole::<Toy>(&mut read_from, &mut reader), Ok(*state));
        }
        prop_assert_eq!(read_from, Some(anchor.unwrap_or(Toy::position(&states[0]))));
        prop_assert_eq!(read_from, written_from);
    }

    #[test]
    fn any_bytes_are_a_whole_state_or_an_error(bytes: Vec<u8>, x: i32, y: i32) {
        let mut anchor = Some(IVec2::new(x, y));
        if let Ok(state) = decode_whole::<Toy>(&mut anchor, &mut BitReader::new(&bytes)) {
            for (field, value) in Toy::SCHEMA.fields(0).iter().zip(state.fields) {
                prop_assert!((field.min..=field.max).contains(&value));
            }
        }
    }

    #[test]
    fn a_private_state_comes_back(
        base in values(Toy::SCHEMA.private),
        now in values(Toy::SCHEMA.private),
    ) {
        prop_assume!(base != now);
        let fields = Toy::SCHEMA.private;
        for base in [base, initial_private(fields)].into_iter().filter(|base| *base != now) {
            let mut writer = BitWriter::default();
            encode_private(fields, &base, &now, &mut writer);
            let bytes = writer.finish().clone();
            let mut decoded: Private = base;
            decode_private(fields, &mut decoded, &mut BitReader::new(&bytes)).unwrap();
            prop_assert_eq!(decoded, now);
        }
    }

    #[test]
    fn positions_come_back(
        chosen in (0..=100u32).prop_flat_map(|percent| {
            prop::collection::vec((0..100u32).prop_map(move |chance| chance < percent), 0..300)
        }),
        count_order in 0..=3u32,
    ) {
        let positions: Vec<u32> =
            (0..chosen.len() as u32).filter(|&at| chosen[at as usize]).collect();
        let mut writer = BitWriter::default();
        encode_positions(&positions, chosen.len(), count_order, &mut writer);
        let bytes = writer.finish().clone();
        let (mut decoded, mut reader) = (Vec::new(), BitReader::new(&bytes));
        decode_positions(&mut decoded, chosen.len(), count_order, &mut reader).unwrap();
        prop_assert_eq!(&decoded, &positions);
        let mut items: Vec<usize> = (0..chosen.len()).collect();
        remove_positions(&mut items, &positions);
        prop_assert!(items.iter().all(|&item| !chosen[item]));
        prop_assert_eq!(items.len() + positions.len(), chosen.len());
    }

    #[test]
    fn any_bytes_are_positions_or_an_error(visible in 0..500usize, bytes: Vec<u8>) {
        let (mut positions, mut reader) = (Vec::new(), BitReader::new(&bytes));
        if decode_positions(&mut positions, visible, 2, &mut reader).is_ok() {
            prop_assert!(positions.iter().all(|&position| (position as usize) < visible));
            prop_assert!(positions.is_sorted_by(|one, next| one < next));
        }
    }

    #[test]
    fn a_checksum_tells_order_and_content(
        states in prop::collection::vec(state(), 2..20),
        swap: prop::sample::Index,
        field in 0..2usize,
    ) {
        let sum = |states: &[State]| {
            let mut sum = Checksum::new(&Private::default());
            states.iter().for_each(|state| sum.add(hash_state(state)));
            sum.finish()
        };
        let at = swap.index(states.len() - 1);
        let mut swapped = states.clone();
        swapped.swap(at, at + 1);
        prop_assert_eq!(sum(&swapped) == sum(&states), states[at] == states[at + 1]);
        let mut altered = states.clone();
        altered[at].fields[field] ^= 1;
        prop_assert_ne!(sum(&altered), sum(&states));
    }
}

#[test]
#[should_panic(expected = "dot.y = 4001, range 0..=4000")]
fn a_state_out_of_range_is_named_and_not_sent() {
    let base = State::default();
    let mut now = base;
    now.fields[3] = 4_001;
    encode_change::<Toy>(at(0), &base, &now, 1, &mut BitWriter::default());
}

#[test]
#[should_panic(expected = "private.owed = 6, range -5..=5")]
fn a_private_state_out_of_range_is_named_and_not_sent() {
    let base = Private::default();
    let mut now = base;
    now[1] = 6;
    encode_private(Toy::SCHEMA.private, &base, &now, &mut BitWriter::default());
}

#[test]
#[should_panic(expected = "dot.x = -1, range 0..=4000")]
fn a_plain_change_out_of_range_is_not_sent() {
    let base = State::default();
    let mut now = base;
    now.fields[2] = -1;
    encode_plain::<Toy>(&base, &now, &mut BitWriter::default());
}
