//! Whole entities, and a player's private state.

use glam::IVec2;

use crate::game::Game;
use crate::protocol::bits::{BitError, BitReader, BitWriter};
use crate::schema::{Entry, Field, Private, State, hold_to_ranges};

use super::{
    in_range, members, put_field, put_residual, put_set, set_of, take_field, take_residual,
    take_set,
};

/// Writes the kind, then every field as its entry says. Positions are relative to `anchor`; without
/// one they are relative to the origin, and this entity becomes the anchor of the next.
pub fn encode_whole<G: Game>(state: &State, anchor: &mut Option<IVec2>, out: &mut BitWriter) {
    out.put(u64::from(state.kind), G::SCHEMA.kind_bits());
    let fields = G::SCHEMA.fields(state.kind);
    let from = anchor.unwrap_or_default();
    let mut are_default =
        fields.iter().zip(state.fields).filter_map(|(field, value)| match field.entry {
            Entry::Default(default) => Some(value == default),
            _ => None,
        });
    let all_default = are_default.clone().all(|is_default| is_default);
    if are_default.next().is_some() {
        out.put_bool(all_default);
    }
    for (field, value) in fields.iter().zip(state.fields) {
        match field.entry {
            Entry::Plain => put_field(field, value, out),
            Entry::Default(_) if all_default => {}
            Entry::Default(default) => {
                out.put_bool(value == default);
                if value != default {
                    put_field(field, value, out);
                }
            }
            Entry::Small(order) if field.min < 0 => out.put_signed(value, order),
            Entry::Small(order) => out.put_golomb((value - field.min) as u32, order),
            Entry::NearX(order) => out.put_signed(value.wrapping_sub(from.x), order),
            Entry::NearY(order) => out.put_signed(value.wrapping_sub(from.y), order),
        }
    }
    anchor.get_or_insert_with(|| G::position(state));
}

/// Reads a whole entity; `anchor` as in [`encode_whole`].
///
/// # Errors
/// When the bits end, or hold a kind or a value that does not exist.
pub fn decode_whole<G: Game>(
    anchor: &mut Option<IVec2>,
    bits: &mut BitReader<'_>,
) -> Result<State, BitError> {
    let kind = bits.take(G::SCHEMA.kind_bits())?;
    if kind >= G::SCHEMA.kinds.len() as u64 {
        return Err(BitError);
    }
    let mut state = State { kind: kind as u8, ..State::default() };
    let fields = G::SCHEMA.fields(state.kind);
    let from = anchor.unwrap_or_default();
    let some_default = fields.iter().any(|field| matches!(field.entry, Entry::Default(_)));
    let all_default = some_default && bits.take_bool()?;
    for (field, value) in fields.iter().zip(&mut state.fields) {
        *value = match field.entry {
            Entry::Default(default) if all_default || bits.take_bool()? => default,
            Entry::Plain | Entry::Default(_) => take_field(field, bits)?,
            Entry::Small(order) if field.min < 0 => {
                in_range(field, i64::from(bits.take_signed(order)?))?
            }
            Entry::Small(order) => {
                in_range(field, i64::from(field.min) + i64::from(bits.take_golomb(order)?))?
            }
            Entry::NearX(order) => in_range(field, near(from.x, bits.take_signed(order)?))?,
            Entry::NearY(order) => in_range(field, near(from.y, bits.take_signed(order)?))?,
        };
    }
    anchor.get_or_insert_with(|| G::position(&state));
    Ok(state)
}

fn near(from: i32, difference: i32) -> i64 {
    i64::from(from.wrapping_add(difference))
}

/// Writes what changed between two private states: a bit per field, lowest first, then each
/// difference.
///
/// # Panics
/// When a field of `now` is out of its range.
pub fn encode_private(fields: &[Field], base: &Private, now: &Private, out: &mut BitWriter) {
    hold_to_ranges("private", fields, now, None);
    let changed = set_of(fields.len(), |index| base[index] != now[index]);
    put_set(&[], fields.len(), changed, false, out);
    for index in members(changed) {
        let difference = now[index].wrapping_sub(base[index]);
        put_residual(difference, fields[index].residual_code(1, false), out);
    }
}

/// Reads what changed and applies it.
///
/// # Errors
/// When the bits end or lead out of a field's range.
pub fn decode_private(
    fields: &[Field],
    private: &mut Private,
    bits: &mut BitReader<'_>,
) -> Result<(), BitError> {
    let (changed, _) = take_set(&[], fields.len(), bits)?;
    for index in members(changed) {
        let difference = take_residual(fields[index].residual_code(1, false), bits)?;
        private[index] =
            in_range(&fields[index], i64::from(private[index]) + i64::from(difference))?;
    }
    Ok(())
}
