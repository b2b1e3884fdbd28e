//! Where ships were in the last ticks: as far back as an aim is judged by the shooter's picture.

use std::collections::VecDeque;

use glam::{IVec2, Vec2};

use super::flight::Flyer;
use super::schema::Ship;
use drumbeat_shared::game::rewind_max;
use drumbeat_shared::limits::VIEW_TIME_STEPS;
use drumbeat_shared::typed::{Id, PlayerId, Saved};

/// The ends of the last steps.
#[derive(Saved, Debug)]
pub(super) struct Past {
    /// The newest first.
    steps: VecDeque<Moment>,
    rewind_max: u16,
}

/// The end of one step.
#[derive(Saved, Debug, Default)]
struct Moment {
    /// In the order of the players.
    ships: Vec<(PlayerId, Id<Ship>, IVec2)>,
    /// The largest distance that a ship moved in the step, along one axis, grid units.
    farthest: i32,
}

impl Past {
    pub(super) fn new(tick_hz: u16) -> Self {
        let rewind_max = rewind_max(tick_hz);
        let steps = usize::from(rewind_max.div_ceil(VIEW_TIME_STEPS));
        Self { steps: VecDeque::from_iter((0..steps).map(|_| Moment::default())), rewind_max }
    }

    /// Stores the end of a step in place of the oldest.
    pub(super) fn keep(&mut self, ships: &[Flyer], farthest: i32) {
        let Some(mut moment) = self.steps.pop_back() else {
            return;
        };
        moment.ships.clear();
        let places = ships.iter().map(|flyer| (flyer.ship.player, flyer.id, flyer.ship.place));
        moment.ships.extend(places);
        moment.farthest = farthest;
        self.steps.push_front(moment);
    }

    /// Where a ship of the current step was `rewind` parts of a tick ago, grid units: on the
    /// straight line between two ticks, as it is drawn. `None` if it did not exist then. The rewind
    /// is limited to `REWIND_MS_MAX`.
    pub(super) fn place(&self, flyer: &Flyer, rewind: u16) -> Option<Vec2> {
        let rewind = rewind.min(self.rewind_max);
        let (steps, parts) =
            (usize::from(rewind / VIEW_TIME_STEPS), i32::from(rewind % VIEW_TIME_STEPS));
        let newer = self.at(flyer, steps)?;
        if parts == 0 {
            return Some(newer.as_vec2());
        }
        let older = self.at(flyer, steps + 1)?;
        let whole = i32::from(VIEW_TIME_STEPS);
        Some((newer * (whole - parts) + older * parts).as_vec2() / f32::from(VIEW_TIME_STEPS))
    }

    /// How far a ship may be from where it was `rewind` parts of a tick ago, along one axis, grid
    /// units. `now` is the largest distance that a ship moved in the current step.
    pub(super) fn farthest(&self, rewind: u16, now: i32) -> i32 {
        let steps = usize::from(rewind.min(self.rewind_max).div_ceil(VIEW_TIME_STEPS));
        let distances = std::iter::once(now).chain(self.steps.iter().map(|moment| moment.farthest));
        distances.take(steps).sum()
    }

    /// Where a ship was at the end of the step `steps` before the current one.
    fn at(&self, flyer: &Flyer, steps: usize) -> Option<IVec2> {
        let Some(index) = steps.checked_sub(1) else {
            return Some(flyer.ship.place);
        };
        let ships = &self.steps.get(index)?.ships;
        let found = ships.binary_search_by_key(&flyer.ship.player, |(player, ..)| *player).ok()?;
        let (_, id, place) = ships[found];
        (id == flyer.id).then_some(place)
    }
}
