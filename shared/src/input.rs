//! What a player wants during one tick, and the controls that it is made of.

use std::borrow::Cow;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::limits::FIELDS_MAX;

/// What a player wants during one tick: held controls, not edges. The default one holds nothing.
///
/// `#[derive(Input)]` implements it, serde included, for a struct whose fields are all a
/// [`crate::typed::Value`]. Any other type that serde knows can implement it by hand; without
/// [`Input::CONTROLS`] pages have to encode it themselves, and bots without a brain guess.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no input",
    note = "write #[derive(Input, Clone, Copy, Debug, Default, PartialEq)] above the struct"
)]
pub trait Input:
    Serialize + DeserializeOwned + Copy + Default + PartialEq + Debug + Send + 'static
{
    /// Its controls: what pages hold by name and random bots choose. Empty if it is not described.
    const CONTROLS: &'static [Control] = &[];

    /// The input whose controls have these values, in the order of [`Input::CONTROLS`] and each
    /// within its range. The default one if it is not described.
    #[must_use]
    fn from_fields(_fields: &[i32; FIELDS_MAX]) -> Self {
        Self::default()
    }

    /// Puts the values of its controls in place of others; they can be out of their ranges. Does
    /// nothing if it is not described.
    fn put(&self, _fields: &mut [i32; FIELDS_MAX]) {}

    /// The values of its controls; those past the last are 0.
    #[must_use]
    fn to_fields(&self) -> [i32; FIELDS_MAX] {
        let mut fields = [0; FIELDS_MAX];
        self.put(&mut fields);
        fields
    }

    /// Checks that every control is within its range.
    ///
    /// # Errors
    /// The control, its value and its range.
    fn validate(&self) -> Result<(), InvalidInput> {
        check(Self::CONTROLS, &self.to_fields())
    }
}

/// No controls.
impl Input for () {}

/// One number of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control {
    /// How pages call it.
    pub name: &'static str,
    /// Smallest value.
    pub min: i32,
    /// Largest value.
    pub max: i32,
    /// Whether its values are a circle, in which the smallest follows the largest.
    pub turns: bool,
    /// Steps of its value in one unit of the game's world.
    pub steps_per_unit: u32,
    /// The names of its values from 0 on; empty for a plain number.
    pub values: &'static [&'static str],
}

/// Why an input was refused: the control, its value and its range, or what a game's rules say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidInput(pub Cow<'static, str>);

/// Checks that every control of the default input is within its range: where a page names only some
/// controls, the others have their default.
///
/// # Errors
/// The type, the control, its value and its range, and what its author can do.
pub fn check_default<I: Input>() -> Result<(), InvalidInput> {
    I::default().validate().map_err(|InvalidInput(wrong)| {
        let path = std::any::type_name::<I>();
        let name = path.rsplit("::").next().unwrap_or(path);
        let advice = "implement Default by hand or widen the range";
        InvalidInput(format!("the default of {name}: {wrong}: {advice}").into())
    })
}

/// Checks that every value is within the range of its control.
///
/// # Errors
/// The first control whose value is not, its value and its range.
pub fn check(controls: &[Control], values: &[i32]) -> Result<(), InvalidInput> {
    for (Control { name, min, max, .. }, value) in controls.iter().zip(values) {
        if value < min || value > max {
            return Err(InvalidInput(format!("{name} = {value}, outside {min}..={max}").into()));
        }
    }
    Ok(())
}
