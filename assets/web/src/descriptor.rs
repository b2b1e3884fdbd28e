//! The descriptor of a game's schema as JavaScript gets it.

use drumbeat_shared::descriptor;
use drumbeat_shared::game::Game;

use crate::json;

/// The descriptor of a game, as JSON.
#[must_use]
pub fn describe<G: Game>() -> Vec<u8> {
    json::encode(&descriptor::describe::<G>())
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::limits::VIEW_CELL_LOG2;
    use drumbeat_shared::protocol::REVISION;
    use drumbeat_shared::schema_hash::schema_hash;
    use drumbeat_shared::toy::Toy;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_schema_is_described_whole() {
        let found: Value = serde_json::from_slice(&describe::<Toy>()).expect("valid JSON");
        let field = |name, at, (min, max, bits), entry: Value, role, blend| {
            json!({"name": name, "at": at, "min": min, "max": max, "bits": bits, "order": 2,
                   "entry": entry, "role": role, "blend": blend, "steps_per_unit": 1})
        };
        let mut x = field("x", 5, (0, 4_000, 12), json!({"near_x": 9}), "outcome", "linear");
        x["order"] = json!(4);
        let control = |name| {
            json!({"name": name, "min": -9, "max": 9, "default": 0, "byte": true, "turns": false,
                   "steps_per_unit": 1, "values": []})
        };
        let expected = json!({
            "game": "toy",
            "revision": REVISION,
            "fingerprint": format!("{:016x}", schema_hash::<Toy>()),
            "kind_bits": 0,
            "steps_per_unit": 1,
            "view": {"half_x": 800, "half_y": 450, "margin": 100, "cell": 1 << VIEW_CELL_LOG2},
            "head": ["key", "kind", "own"],
            "kinds": [{"name": "dot", "owner": {"field": "owner", "offset": 0}, "fields": [
                field("dx", 3, (-9, 9, 5), json!({"default": 0}), "decision", "step"),
                field("dy", 4, (-9, 9, 5), json!({"default": 0}), "decision", "step"),
                x,
                field("y", 6, (0, 4_000, 12), json!({"near_y": 9}), "outcome", "linear"),
                field("owner", 7, (0, 65_535, 16), json!({"golomb": 5}), "outcome", "step"),
            ]}],
            "private": [
                field("steps", 0, (0, i32::MAX - 1, 31), json!("plain"), "outcome", "step"),
                field("owed", 1, (-5, 5, 4), json!("plain"), "outcome", "step"),
            ],
            "controls": [control("dx"), control("dy")],
        });
        assert_eq!(found, expected);
    }
}
