//! The descriptor of a game's schema, for JSON: what a client without the game's code needs to read
//! entities and private state, and to hold controls, by name and in units of the game's world.
//! `PROTOCOL.md` describes it.

use crate::client::DRAW_HEAD;
use crate::game::{Game, View};
use crate::input::{Control, Input};
use crate::layout::Layout;
use crate::limits::VIEW_CELL_LOG2;
use crate::protocol::{REVISION, codec};
use crate::schema::{Blend, Entry, Field, Role, State, initial_private};
use crate::schema_hash::schema_hash;
use serde::Serialize;

/// What is serialised; `assets/js/net/types.js` describes it.
#[derive(Debug, Serialize)]
pub struct Descriptor {
    game: &'static str,
    /// Of the protocol.
    revision: u16,
    /// [`schema_hash`], hexadecimal, since JavaScript's numbers do not hold 64 bits.
    fingerprint: String,
    /// Bits that hold the number of a kind.
    kind_bits: u32,
    steps_per_unit: u32,
    view: ViewJson,
    head: &'static [&'static str],
    kinds: Vec<KindJson>,
    private: Vec<FieldJson>,
    controls: Vec<ControlJson>,
}

/// The descriptor, and what a client in another language needs besides.
#[derive(Debug, Serialize)]
pub struct WholeDescriptor {
    #[serde(flatten)]
    descriptor: Descriptor,
    input: Option<Layout>,
    event: Option<Layout>,
    command: Option<Layout>,
    record: Option<Layout>,
    map: Option<Layout>,
}

/// The view of a player, grid units.
#[derive(Debug, Serialize)]
struct ViewJson {
    half_x: i32,
    half_y: i32,
    margin: i32,
    /// The side of a cell of the grid that the server searches.
    cell: i32,
}

#[derive(Debug, Serialize)]
struct KindJson {
    name: &'static str,
    owner: Option<OwnerJson>,
    fields: Vec<FieldJson>,
}

#[derive(Debug, Serialize)]
struct FieldJson {
    name: &'static str,
    /// Its place: behind the start of a drawn entity, or in the private state.
    at: usize,
    min: i32,
    max: i32,
    /// Bits of `value - min`.
    bits: u32,
    /// The order of the code of a private field's difference.
    order: u32,
    /// How it is encoded when its entity enters.
    entry: EntryJson,
    role: &'static str,
    blend: &'static str,
    steps_per_unit: u32,
}

/// Which field names the player whose avatar an entity is: its value minus `offset`.
#[derive(Debug, Serialize)]
struct OwnerJson {
    field: &'static str,
    offset: i32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum EntryJson {
    Plain,
    Default(i32),
    Golomb(u32),
    Signed(u32),
    NearX(u32),
    NearY(u32),
}

/// A control of the input, in the order in which the core takes them.
#[derive(Debug, Serialize)]
struct ControlJson {
    name: &'static str,
    min: i32,
    max: i32,
    /// Its value while nothing is held.
    default: i32,
    /// Whether it is sent as one byte, whatever its value, or as an integer of bincode.
    byte: bool,
    turns: bool,
    steps_per_unit: u32,
    values: &'static [&'static str],
}

/// The descriptor of a game.
#[must_use]
pub fn describe<G: Game>() -> Descriptor {
    let View { half, margin } = G::VIEW;
    let kinds = (0..).zip(G::SCHEMA.kinds).map(|(number, kind)| KindJson {
        name: kind.name,
        owner: owner::<G>(number),
        fields: fields(kind.fields, DRAW_HEAD.len()),
    });
    Descriptor {
        game: G::NAME,
        revision: REVISION,
        fingerprint: format!("{:016x}", schema_hash::<G>()),
        kind_bits: G::SCHEMA.kind_bits(),
        steps_per_unit: G::SCHEMA.steps_per_unit(),
        view: ViewJson { half_x: half.x, half_y: half.y, margin, cell: 1 << VIEW_CELL_LOG2 },
        head: &DRAW_HEAD,
        kinds: kinds.collect(),
        private: fields(G::SCHEMA.private, 0),
        controls: controls::<G::Input>(),
    }
}

/// The descriptor of a game, for clients in other languages.
#[must_use]
pub fn describe_whole<G: Game>() -> WholeDescriptor {
    WholeDescriptor {
        descriptor: describe::<G>(),
        input: Layout::of::<G::Input>(),
        event: Layout::of::<G::Event>(),
        command: Layout::of::<G::Command>(),
        record: Layout::of::<G::Record>(),
        map: Layout::of::<G::Map>(),
    }
}

fn fields(fields: &[Field], first: usize) -> Vec<FieldJson> {
    (first..).zip(fields).map(|(at, field)| described(at, field)).collect()
}

fn described(at: usize, field: &Field) -> FieldJson {
    FieldJson {
        name: field.name,
        at,
        min: field.min,
        max: field.max,
        bits: field.bits(),
        order: field.residual_code(1, false).1,
        entry: match field.entry {
            Entry::Plain => EntryJson::Plain,
            Entry::Default(value) => EntryJson::Default(value),
            Entry::Small(order) if field.min < 0 => EntryJson::Signed(order),
            Entry::Small(order) => EntryJson::Golomb(order),
            Entry::NearX(order) => EntryJson::NearX(order),
            Entry::NearY(order) => EntryJson::NearY(order),
        },
        role: match field.role {
            Role::Decision => "decision",
            Role::Outcome => "outcome",
        },
        blend: match field.blend {
            Blend::Step => "step",
            Blend::Linear => "linear",
            Blend::Turn => "turn",
        },
        steps_per_unit: field.steps_per_unit,
    }
}

fn controls<I: Input>() -> Vec<ControlJson> {
    let defaults = I::default().to_fields();
    let described = |(index, (control, default)): (usize, (&Control, i32))| {
        let Control { name, min, max, turns, steps_per_unit, values } = *control;
        let byte = is_byte::<I>(index, control);
        ControlJson { name, min, max, default, byte, turns, steps_per_unit, values }
    };
    I::CONTROLS.iter().zip(defaults).enumerate().map(described).collect()
}

/// Finds the field that `Game::owner` reads; `None` if no single field of this kind says it.
fn owner<G: Game>(kind: u8) -> Option<OwnerJson> {
    let fields = G::SCHEMA.fields(kind);
    let mut state = State { kind, ..State::default() };
    state.fields = initial_private(fields);
    (0..fields.len()).find_map(|index| {
        let owner = |value: i32| {
            let mut state = state;
            state.fields[index] = value;
            fields[index].holds(value).then(|| G::owner(&state)).flatten()
        };
        let [first, second] = [11, 12].map(owner);
        let (first, second) = first.zip(second)?;
        (first.0 + 1 == second.0)
            .then(|| OwnerJson { field: fields[index].name, offset: 11 - i32::from(first.0) })
    })
}

/// Whether a control is one byte of the encoded input, as `u8` and `i8` are.
fn is_byte<I: Input>(index: usize, control: &Control) -> bool {
    let encoded = |value: i32| {
        let mut fields = I::default().to_fields();
        fields[index] = value.clamp(control.min, control.max);
        codec::encode(&I::from_fields(&fields))
    };
    let lengths = [control.min, 0, control.max].map(|value| encoded(value).len());
    let is_zigzag = || {
        let (zero, minus) = (encoded(0), encoded(-1));
        zero.iter().zip(minus).any(|(zero, minus)| *zero == 0 && minus == 1)
    };
    lengths[0] == lengths[2] && lengths[1] == lengths[2] && !(control.min < 0 && is_zigzag())
}
