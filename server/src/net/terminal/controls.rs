//! The controls of an input, by name and in units of the game's world.

use std::marker::PhantomData;

use drumbeat_shared::game::Game;
use drumbeat_shared::input::{Control, Input};
use drumbeat_shared::schema::{Field, State};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

/// The held controls with those changed that `value` names.
///
/// # Errors
/// The control and what it takes.
pub(super) fn parse<I: Input>(value: &Value, held: &I) -> Result<I, String> {
    if I::CONTROLS.is_empty() {
        return serde_json::from_value(value.clone())
            .map_err(|error| format!("no such input: {error}"));
    }
    let names = || I::CONTROLS.iter().map(|control| control.name).collect::<Vec<_>>().join(", ");
    let wrong = || format!("input takes an object of controls: {}", names());
    let mut fields = held.to_fields();
    for (name, value) in value.as_object().ok_or_else(wrong)? {
        let at = I::CONTROLS.iter().position(|control| control.name == name);
        let at = at.ok_or_else(|| format!("no control is called {name}, but {}", names()))?;
        fields[at] = number(&I::CONTROLS[at], value)?;
    }
    Ok(I::from_fields(&fields))
}

/// The controls as an avatar has them: those that are fields of it by the same name and in the same steps.
pub(super) fn of_avatar<G: Game>(avatar: &State) -> G::Input {
    let shown = |control: &Control| {
        let fields = G::SCHEMA.fields(avatar.kind);
        let is_same = |field: &Field| {
            (field.name, field.steps_per_unit) == (control.name, control.steps_per_unit)
        };
        let value = avatar.fields[fields.iter().position(is_same)?];
        (control.min..=control.max).contains(&value).then_some(value)
    };
    let mut values = G::Input::default().to_fields();
    for (value, control) in values.iter_mut().zip(G::Input::CONTROLS) {
        *value = shown(control).unwrap_or(*value);
    }
    G::Input::from_fields(&values)
}

/// The value of a control.
fn number(control: &Control, value: &Value) -> Result<i32, String> {
    let Control { name, min, max, steps_per_unit, values, .. } = *control;
    if let Some(at) = value.as_str().and_then(|word| values.iter().position(|known| *known == word))
    {
        return i32::try_from(at).map_err(|error| error.to_string());
    }
    let steps = f64::from(steps_per_unit);
    let range = [min, max].map(|end| f64::from(end) / steps);
    let number = value.as_f64().filter(|number| (range[0]..=range[1]).contains(number));
    let [low, high] = range;
    let or = if values.is_empty() { String::new() } else { format!(", or {}", values.join(", ")) };
    let number = number.ok_or_else(|| format!("{name} takes a number from {low} to {high}{or}"))?;
    Ok((number * steps).round() as i32)
}

/// What can be sent: serialised as an object with the ends of each control's range, or with its words.
pub(super) struct Controls<I>(PhantomData<fn() -> I>);

impl<I> Controls<I> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<I: Input> Serialize for Controls<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let takes = |control: &Control| {
            let Control { min, max, steps_per_unit, values, .. } = *control;
            let [min, max] = [min, max].map(|end| scaled(end, steps_per_unit));
            if values.is_empty() { Takes::Range { min, max } } else { Takes::Words(values) }
        };
        serializer.collect_map(I::CONTROLS.iter().map(|control| (control.name, takes(control))))
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Takes {
    Range { min: Value, max: Value },
    Words(&'static [&'static str]),
}

/// An input that can be sent.
pub(super) fn example<I: Input>() -> Value {
    let Some(Control { name, max, steps_per_unit, values, .. }) = I::CONTROLS.first() else {
        return serde_json::to_value(I::default()).unwrap_or_default();
    };
    let value = match values.last() {
        Some(word) => json!(word),
        None => json!(scaled(*max, *steps_per_unit)),
    };
    Value::Object(Map::from_iter([((*name).to_owned(), value)]))
}

/// A value in units of the world; whole where it can be.
pub(super) fn scaled(value: i32, steps_per_unit: u32) -> Value {
    match i32::try_from(steps_per_unit) {
        Ok(steps) if steps > 0 && value % steps == 0 => json!(value / steps),
        _ => json!(f64::from(value) / f64::from(steps_per_unit)),
    }
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::toy::Steer;

    use super::*;

    #[test]
    fn what_is_not_named_is_held_on() {
        let held = Steer(3, 4);
        assert_eq!(parse(&json!({ "dy": -9 }), &held), Ok(Steer(3, -9)));
        let error = |value| parse(&value, &held).unwrap_err();
        assert_eq!(error(json!({ "dx": 10 })), "dx takes a number from -9 to 9");
        assert_eq!(error(json!({ "dz": 1 })), "no control is called dz, but dx, dy");
        assert_eq!(error(json!(7)), "input takes an object of controls: dx, dy");
    }

    #[test]
    fn numbers_are_in_units_of_the_world() {
        assert_eq!((scaled(32, 16), scaled(-8, 16)), (json!(2), json!(-0.5)));
        let on = ["off", "on"];
        let control =
            Control { name: "a", min: 0, max: 32, turns: false, steps_per_unit: 16, values: &[] };
        assert_eq!(number(&control, &json!(1.5)), Ok(24));
        let control =
            Control { max: 1, steps_per_unit: 1, values: Box::leak(Box::new(on)), ..control };
        assert_eq!(number(&control, &json!("on")), Ok(1));
        assert!(number(&control, &json!("no")).unwrap_err().ends_with("or off, on"));
    }
}
