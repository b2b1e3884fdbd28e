//! The derives of Drumbeat's typed contract. `drumbeat_shared::typed` re-exports them and explains
//! how they belong together; authors of a game need that crate alone.
//!
//! A derive only reads what the author wrote and names each integer field; what follows from a
//! field's type and attributes is decided in `drumbeat_shared::typed`, in code that can be read.

mod attributes;
mod columns;
mod content;
mod entities;
mod entity;
mod event;
mod input;
mod private;
mod saved;
mod sets;
mod shape;
mod twin;
mod value;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct an entity: a schema of its fields, and how it is read from and written to the
/// integers that the engine stores.
///
/// Every field is a type that is a `Value`: `bool`, `u8`, `i8`, `u16`, `i16`, `u32`, `i32`,
/// `IVec2`, `Angle`, `PlayerId`, `Option<PlayerId>`, `Tick`, or an enum with `#[derive(Value)]`. An entity
/// has at most 14 integer fields; an `IVec2` takes two of them.
///
/// ```
/// use drumbeat_shared::typed::{Angle, Entity, IVec2, PlayerId};
///
/// const SIDE: i32 = 4_000;
///
/// #[derive(Entity, Clone, Copy)]
/// struct Runner {
///     #[decision]
///     heading: Angle,
///     #[decision]
///     runs: bool,
///     #[position(max = SIDE)]
///     place: IVec2,
///     #[owner]
///     player: PlayerId,
///     #[range(0, 600)]
///     #[typical(0)]
///     it_ticks: u16,
/// }
///
/// let names: Vec<&str> = Runner::KIND.fields.iter().map(|field| field.name).collect();
/// assert_eq!(names, ["heading", "runs", "x", "y", "player", "it_ticks"]);
/// assert_eq!(Runner::KIND.name, "runner");
/// ```
///
/// # Attributes of a field
/// | attribute | says |
/// |---|---|
/// | `#[decision]` | a player or the rules decide it, and the prediction leaves it alone; without it the field is an outcome, of which only the difference from the prediction is sent |
/// | `#[range(min, max)]` | its smallest and largest value, constant expressions; an `i32` and an `IVec2` need it, of an `IVec2` it holds for both axes |
/// | `#[position(max = M)]`, `#[position(min = N, max = M)]` | where the entity is: an `IVec2`, one per entity, in grid units; it is drawn along a straight line |
/// | `#[group]` | in a game without positions: the number of the page, table or hand that the entity belongs to, 0 to 65,535. A player sees the entities of the group that `Game::group` names |
/// | `#[owner]` | the player whose avatar the entity is: a `PlayerId` |
/// | `#[typical(value)]` | the value that most entities have when they come into view; it then costs one bit or less |
/// | `#[draw(step)]`, `linear`, `turn` | how it is drawn between two ticks: it jumps, along a straight line, in the shorter direction around the circle of its values |
/// | `#[unit(steps)]` | how many steps of its value make one unit of the world, 1 by default: pages and reports divide by it |
/// | `#[radius(R)]` | beside the position: how far the entity reaches, grid units. Two entities with a radius touch when they are nearer to each other than both radii; where they do, rules may push them in a way that the prediction of one cannot foresee. Not sent |
/// | `#[names(a, b)]` | the names of its integer fields in the schema; by default its own name, `x` and `y` of a position, `name_x` and `name_y` of another `IVec2` |
/// | `#[code(..)]` | how it is packed, for those who tune: `residual_bits = n`, `residual_step = n`, `delayed_bits = n` or `same`, `entry = plain`, `small(n)` or `near(n)`, as `drumbeat_shared::schema::Field` explains |
///
/// # Attributes of the struct
/// | attribute | says |
/// |---|---|
/// | `#[entity(name = "ship")]` | the name of the kind; by default the struct's in snake case |
/// | `#[common([a, b], [c])]` | sets of integer fields that often change together and without others, the most frequent first |
/// | `#[delayed([a, b], [c])]` | the same for changes over several ticks |
///
/// Without `#[common]` every decision, all decisions together and every `IVec2` are common sets;
/// without `#[delayed]` all `IVec2`s together, with and without the decisions. `#[common()]` means
/// that there are none.
#[proc_macro_derive(
    Entity,
    attributes(
        code, common, decision, delayed, draw, entity, group, names, owner, position, radius,
        range, typical, unit
    )
)]
pub fn derive_entity(input: TokenStream) -> TokenStream {
    expanded(entity::expand(&parse_macro_input!(input as DeriveInput)))
}

/// Lets a checkpoint of the room hold a world, or a part of one: a struct or an enum with any fields
/// that are saved themselves. Numbers, texts, options, pairs, `Vec`, `VecDeque`, `BTreeMap`,
/// `BTreeSet`, arrays of up to 32, `World`, `Document`, `Id`, `Rng` are, and what has another of the
/// derives.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::Arc;
///
/// use drumbeat_shared::typed::{PlayerId, Rng, Saved};
///
/// # type Map = ();
/// #[derive(Saved, Default)]
/// struct Score {
///     points: u32,
///     best: Option<u32>,
/// }
///
/// #[derive(Saved)]
/// struct Rules {
///     #[given]
///     map: Arc<Map>,
///     players: BTreeMap<PlayerId, Score>,
///     rng: Rng,
///     #[scratch]
///     touched: Vec<PlayerId>,
/// }
/// ```
///
/// # Attributes of a field
/// | attribute | says |
/// |---|---|
/// | `#[given]` | the map (`Arc<Map>`) or the settings, as `Game::new` is given them: not saved, and given again to a world that is restored |
/// | `#[scratch]` | its content does not matter between two ticks: not saved, and its default in a world that is restored |
#[proc_macro_derive(Saved, attributes(given, scratch))]
pub fn derive_saved(input: TokenStream) -> TokenStream {
    expanded(saved::expand(&parse_macro_input!(input as DeriveInput)))
}

/// Makes a struct the private state of a player: what nobody else is sent.
///
/// Its fields are those of an entity without a position, an owner and a group, and all are outcomes.
/// `#[range]`, `#[unit]`, `#[names]`, `#[draw]` and `#[code]` say the same as for an entity.
///
/// ```
/// use drumbeat_shared::typed::Private;
///
/// #[derive(Private, Clone, Copy, Debug, PartialEq)]
/// struct Purse {
///     #[range(0, 1_000_000)]
///     coins: i32,
///     place: u16,
/// }
///
/// let purse = Purse { coins: 12, place: 3 };
/// assert_eq!(Purse::from_fields(&purse.to_fields()), purse);
/// ```
#[proc_macro_derive(Private, attributes(code, draw, names, range, unit))]
pub fn derive_private(input: TokenStream) -> TokenStream {
    expanded(private::expand(&parse_macro_input!(input as DeriveInput)))
}

/// Makes a struct the input of a game: the controls that a player holds.
///
/// Its fields are of the types of an entity's. The struct gets serde's traits, so its crate needs
/// no serde. Pages hold the controls by name, `session.pump(now, { heading: 64, runs: true })`, and
/// bots without a brain choose each at random. An input with a control out of its range is refused.
/// A control that a page does not name has its default, which must be within its range, too: where
/// that excludes 0, implement `Default` by hand.
///
/// | attribute | says |
/// |---|---|
/// | `#[range(min, max)]` | its smallest and largest value, constant expressions; an `i32` and an `IVec2` need it |
/// | `#[unit(steps)]` | how many steps of its value make one unit of the world, 1 by default: pages hold it in these units |
/// | `#[names(a, b)]` | the names of its controls; by default its own name, `name_x` and `name_y` of an `IVec2` |
///
/// ```
/// use drumbeat_shared::input::Input as _;
/// use drumbeat_shared::typed::{Angle, Input, Value};
///
/// #[derive(Value, Clone, Copy, Debug, Default, PartialEq)]
/// enum Gait {
///     #[default]
///     Walk,
///     Run,
/// }
///
/// #[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
/// struct Keys {
///     heading: Angle,
///     gait: Gait,
///     #[range(0, 3)]
///     weapon: u8,
/// }
///
/// let keys = Keys { heading: Angle(64), gait: Gait::Run, weapon: 9 };
/// assert_eq!(keys.validate().unwrap_err().to_string(), "weapon = 9, outside 0..=3");
/// assert_eq!(Keys::CONTROLS[1].values, ["Walk", "Run"]);
/// ```
#[proc_macro_derive(Input, attributes(names, range, unit))]
pub fn derive_input(input: TokenStream) -> TokenStream {
    expanded(input::expand(&parse_macro_input!(input as DeriveInput)))
}

/// Makes an enum or a struct the event of a game, or a part of one.
///
/// Its fields are numbers, texts, lists, options, `IVec2`, `PlayerId`, enums with
/// `#[derive(Value)]`, other types with `#[derive(Event)]`, and whatever else implements serde's
/// traits. The type gets them by this derive, so its crate needs no serde. A page receives
/// `{ Tagged: { by: 3, whom: 4 } }` for the event below, and the text `'Started'` for a variant
/// without data.
///
/// ```
/// use drumbeat_shared::typed::{Event, PlayerId};
///
/// #[derive(Event, Clone, Debug)]
/// enum Event {
///     Started,
///     Tagged { by: PlayerId, whom: PlayerId },
/// }
/// # let _ = (Event::Started, Event::Tagged { by: PlayerId(3), whom: PlayerId(4) });
/// ```
#[proc_macro_derive(Event)]
pub fn derive_event(input: TokenStream) -> TokenStream {
    expanded(event::expand(&parse_macro_input!(input as DeriveInput)))
}

/// Makes an enum or a struct the command of a game: what a player asks for, reliably and in order.
///
/// Its fields are numbers, texts, lists, options, pairs, `IVec2`, `PlayerId`, `RecordId`, enums with
/// `#[derive(Value)]` and other types with `#[derive(Content)]`. A text and a list say how long they
/// can be.
///
/// | attribute | meaning |
/// |---|---|
/// | `#[max(length)]` | the largest number of bytes of a text, or of entries of a list: these need it |
/// | `#[range(min, max)]` | the smallest and the largest value of an integer, or of both axes of an `IVec2` |
///
/// ```
/// use drumbeat_shared::content::Content as _;
/// use drumbeat_shared::typed::Command;
///
/// #[derive(Command, Clone, Debug, PartialEq)]
/// enum Command {
///     Undo,
///     Note {
///         #[range(0, 1_000)]
///         x: i32,
///         #[max(200)]
///         text: String,
///     },
/// }
///
/// let note = Command::Note { x: 2_000, text: "hello".into() };
/// assert_eq!(note.check().unwrap_err().to_string(), "Command::Note.x = 2000, outside 0..=1000");
/// # let _ = Command::Undo;
/// ```
#[proc_macro_derive(Command, attributes(max, range))]
pub fn derive_command(input: TokenStream) -> TokenStream {
    expanded(content::expand(&parse_macro_input!(input as DeriveInput), "Command"))
}

/// Makes an enum or a struct the record of a game's document. Its fields and their attributes are
/// those of [`derive@Command`].
///
/// ```
/// use drumbeat_shared::typed::{PlayerId, Record};
///
/// #[derive(Record, Clone, Debug, PartialEq)]
/// struct Line {
///     by: PlayerId,
///     #[max(200)]
///     text: String,
/// }
/// # let _ = Line { by: PlayerId(1), text: "hello".into() };
/// ```
#[proc_macro_derive(Record, attributes(max, range))]
pub fn derive_record(input: TokenStream) -> TokenStream {
    expanded(content::expand(&parse_macro_input!(input as DeriveInput), "Record"))
}

/// Makes an enum or a struct a part of commands and records. Its fields and their attributes are
/// those of [`derive@Command`].
#[proc_macro_derive(Content, attributes(max, range))]
pub fn derive_content(input: TokenStream) -> TokenStream {
    expanded(content::expand(&parse_macro_input!(input as DeriveInput), "Content"))
}

/// Makes an enum without data the type of a field: its variants are numbered from 0. The enum gets
/// serde's traits, so that events may hold it too.
///
/// ```
/// use drumbeat_shared::typed::Value;
///
/// #[derive(Value, Clone, Copy)]
/// enum Mood {
///     Calm,
///     Angry,
/// }
///
/// assert_eq!(Mood::RANGE, Some((0, 1)));
/// # let _ = (Mood::Calm, Mood::Angry);
/// ```
#[proc_macro_derive(Value)]
pub fn derive_value(input: TokenStream) -> TokenStream {
    expanded(value::expand(&parse_macro_input!(input as DeriveInput)))
}

/// Lists the kinds of entity of a game: an enum with one variant per struct.
///
/// ```
/// use drumbeat_shared::typed::{Entity, EntitySet, IVec2, entities};
///
/// #[derive(Entity, Clone, Copy)]
/// struct Tree {
///     #[position(max = 999)]
///     place: IVec2,
/// }
/// #[derive(Entity, Clone, Copy)]
/// struct Stone {
///     #[position(max = 999)]
///     place: IVec2,
/// }
/// entities! {
///     enum Thing {
///         Tree,
///         Stone,
///     }
/// }
///
/// let state = Thing::from(Stone { place: IVec2::new(7, 8) }).write();
/// assert_eq!(Thing::position(&state), IVec2::new(7, 8));
/// assert!(matches!(Thing::read(&state), Thing::Stone(_)));
/// ```
#[proc_macro]
pub fn entities(input: TokenStream) -> TokenStream {
    expanded(entities::expand(&parse_macro_input!(input as syn::ItemEnum)))
}

fn expanded(result: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    result.unwrap_or_else(syn::Error::into_compile_error).into()
}
