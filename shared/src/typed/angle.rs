//! A direction in 256 steps.

use glam::Vec2;
use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::content::derive::shape;

use super::value::Value;
use crate::schema::Blend;

/// Steps in a full turn.
const STEPS: f32 = 256.0;

/// A direction: 256 steps make a full turn, 0 is +x and 64 is +y. With y downwards on the screen
/// that is clockwise from the east. It is drawn along the shorter turn.
///
/// ```
/// use drumbeat_shared::typed::{Angle, Vec2};
///
/// assert_eq!(Angle::toward(Vec2::new(0.0, -3.0)), Angle(192));
/// ```
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Angle(pub u8);

impl Content for Angle {
    const SHAPE: u64 = shape("Angle", &[]);
}

impl Angle {
    /// The direction that points along a vector; 0 for the null vector.
    #[must_use]
    pub fn toward(along: Vec2) -> Self {
        if along == Vec2::ZERO {
            return Self(0);
        }
        let turns = along.to_angle() / std::f32::consts::TAU;
        Self((turns * STEPS).round() as i32 as u8)
    }

    /// The vector of length 1 in this direction, the same on every machine.
    #[must_use]
    pub fn to_vec2(self) -> Vec2 {
        Vec2::from_angle(f32::from(self.0) * (std::f32::consts::TAU / STEPS))
    }
}

impl Value for Angle {
    const RANGE: Option<(i32, i32)> = <u8 as Value>::RANGE;
    const BLEND: Blend = Blend::Turn;

    #[inline]
    fn read(fields: &[i32]) -> Self {
        Self(fields[0] as u8)
    }

    #[inline]
    fn write(self, fields: &mut [i32]) {
        fields[0] = i32::from(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_direction_is_that_of_its_vector() {
        for step in 0..=255 {
            let vector = Angle(step).to_vec2();
            assert!((vector.length() - 1.0).abs() < 1e-6, "{step}: {vector}");
            assert_eq!(Angle::toward(vector * 50.0), Angle(step));
        }
        assert_eq!(Angle::toward(Vec2::ZERO), Angle(0));
        assert!(Angle(64).to_vec2().abs_diff_eq(Vec2::Y, 1e-6));
    }
}
