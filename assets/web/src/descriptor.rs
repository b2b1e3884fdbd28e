//! The descriptor of a game's schema, as JSON: what a page needs to read entities and private state,
//! and to hold controls, by name and in units of the game's world.

use drumbeat_shared::client::DRAW_HEAD;
use drumbeat_shared::game::{Game, View};
use drumbeat_shared::input::{Control, Input};
use drumbeat_shared::limits::VIEW_CELL_LOG2;
use drumbeat_shared::schema::{Blend, Field, Role};
use serde::Serialize;

use crate::json;

/// What JavaScript gets; `assets/js/net/types.js` describes it.
#[derive(Serialize)]
struct Descriptor {
    game: &'static str,
    steps_per_unit: u32,
    view: ViewJson,
    head: &'static [&'static str],
    kinds: Vec<KindJson>,
    private: Vec<FieldJson>,
    controls: Vec<ControlJson>,
}

/// The view of a player, grid units.
#[derive(Serialize)]
struct ViewJson {
    half_x: i32,
    half_y: i32,
    margin: i32,
    /// The side of a cell of the grid that the server searches.
    cell: i32,
}

#[derive(Serialize)]
struct KindJson {
    name: &'static str,
    fields: Vec<FieldJson>,
}

#[derive(Serialize)]
struct FieldJson {
    name: &'static str,
    /// Its place: behind the start of a drawn entity, or in the private state.
    at: usize,
    min: i32,
    max: i32,
    role: &'static str,
    blend: &'static str,
    steps_per_unit: u32,
}

/// A control of the input, in the order in which the core takes them.
#[derive(Serialize)]
struct ControlJson {
    name: &'static str,
    min: i32,
    max: i32,
    /// Its value while nothing is held.
    default: i32,
    turns: bool,
    steps_per_unit: u32,
    values: &'static [&'static str],
}

/// The descriptor of a game.
#[must_use]
pub fn describe<G: Game>() -> Vec<u8> {
    let View { half, margin } = G::VIEW;
    let kinds = G::SCHEMA
        .kinds
        .iter()
        .map(|kind| KindJson { name: kind.name, fields: fields(kind.fields, DRAW_HEAD.len()) });
    let descriptor = Descriptor {
        game: G::NAME,
        steps_per_unit: G::SCHEMA.steps_per_unit(),
        view: ViewJson { half_x: half.x, half_y: half.y, margin, cell: 1 << VIEW_CELL_LOG2 },
        head: &DRAW_HEAD,
        kinds: kinds.collect(),
        private: fields(G::SCHEMA.private, 0),
        controls: controls::<G::Input>(),
    };
    json::encode(&descriptor)
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
    let described = |(control, default): (&Control, i32)| {
        let Control { name, min, max, turns, steps_per_unit, values } = *control;
        ControlJson { name, min, max, default, turns, steps_per_unit, values }
    };
    I::CONTROLS.iter().zip(defaults).map(described).collect()
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::toy::Toy;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_schema_is_described_whole() {
        let found: Value = serde_json::from_slice(&describe::<Toy>()).expect("valid JSON");
        let field = |name, at, min, max, role, blend| {
            json!({"name": name, "at": at, "min": min, "max": max, "role": role, "blend": blend,
                   "steps_per_unit": 1})
        };
        let control = |name| {
            json!({"name": name, "min": -9, "max": 9, "default": 0, "turns": false,
                   "steps_per_unit": 1, "values": []})
        };
        let expected = json!({
            "game": "toy",
            "steps_per_unit": 1,
            "view": {"half_x": 800, "half_y": 450, "margin": 100, "cell": 1 << VIEW_CELL_LOG2},
            "head": ["key", "kind", "own"],
            "kinds": [{"name": "dot", "fields": [
                field("dx", 3, -9, 9, "decision", "step"),
                field("dy", 4, -9, 9, "decision", "step"),
                field("x", 5, 0, 4_000, "outcome", "linear"),
                field("y", 6, 0, 4_000, "outcome", "linear"),
                field("owner", 7, 0, 65_535, "outcome", "step"),
            ]}],
            "private": [
                field("steps", 0, 0, i32::MAX - 1, "outcome", "step"),
                field("owed", 1, -5, 5, "outcome", "step"),
            ],
            "controls": [control("dx"), control("dy")],
        });
        assert_eq!(found, expected);
    }
}
