//! Entities at their places, and rectangles.

use drumbeat_shared::ids::EntityId;
use glam::IVec2;

/// An entity in the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Who it is.
    pub id: EntityId,
    /// Where it is, grid units.
    pub position: IVec2,
}

/// A rectangle, both corners included, in grid units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rect {
    /// The corner with the smallest coordinates.
    pub min: IVec2,
    /// The corner with the largest coordinates.
    pub max: IVec2,
}

impl Rect {
    /// The rectangle around `centre` that reaches `half` to each side.
    #[must_use]
    pub fn around(centre: IVec2, half: IVec2) -> Self {
        Self {
            min: IVec2::new(centre.x.saturating_sub(half.x), centre.y.saturating_sub(half.y)),
            max: IVec2::new(centre.x.saturating_add(half.x), centre.y.saturating_add(half.y)),
        }
    }

    /// Whether the point lies inside or on the edge.
    #[inline]
    #[must_use]
    pub fn contains(&self, point: IVec2) -> bool {
        // A value below the lower end wraps to far above the upper end: one comparison per axis.
        let within = |at: i32, min: i32, max: i32| {
            at.wrapping_sub(min) as u32 <= max.wrapping_sub(min) as u32
        };
        within(point.x, self.min.x, self.max.x) & within(point.y, self.min.y, self.max.y)
    }
}
