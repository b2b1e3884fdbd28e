//! The rail: a beam that hits at once what its shooter saw in its way.
//!
//! A picture of the others is behind the world by the way of the frames and the time between two
//! of them. The targets of a beam are therefore taken back by as much as the shooter's picture was
//! behind; the shooter itself, rocks and protection are judged as they are now.

use super::Event;
use super::entity::Beam;
use super::game::Arena;
use super::motion::fade_beam;
use super::schema::SHIP_RADIUS;
use super::weapons::time_of_contact;
use crate::game::Events;
use glam::IVec2;

impl Arena {
    /// Lets a beam that was just fired hit the first ship in its way, and end there.
    pub(super) fn strike(&mut self, beam: &mut Beam, events: &mut Events<Event>) {
        let Some((share, number)) = self.first_in_way(beam) else {
            return;
        };
        let along = self.map.tuning.along(beam.aim);
        let way = along * (beam.length as f32 * share);
        beam.length = way.length() as i32;
        let at = beam.place + way.round().as_ivec2();
        self.hit(number, beam.player, at, true, events);
    }

    /// The index of the ship that a beam meets first, and after which share of its length.
    fn first_in_way(&self, beam: &Beam) -> Option<(f32, usize)> {
        let rewind = self.players.find(beam.player)?.rewind;
        let way = self.map.tuning.along(beam.aim) * beam.length as f32;
        let end = beam.place + way.round().as_ivec2();
        let reach = IVec2::splat(SHIP_RADIUS + 1 + self.past.farthest(rewind, self.farthest));
        let (low, high) = (beam.place.min(end) - reach, beam.place.max(end) + reach);
        let mut first: Option<(f32, usize)> = None;
        for number in self.ship_grid.near(low, high) {
            let flyer = &self.ships[number];
            if flyer.ship.player == beam.player || !flyer.is_alive() {
                continue;
            }
            let Some(place) = self.past.place(flyer, rewind) else {
                continue;
            };
            let from = beam.place.as_vec2() - place;
            let Some(share) = time_of_contact(from, from + way, SHIP_RADIUS as f32) else {
                continue;
            };
            if first.is_none_or(|(earliest, _)| share < earliest) {
                first = Some((share, number));
            }
        }
        first
    }

    /// Lets all beams fade; removes those that are gone.
    pub(super) fn fade_beams(&mut self) {
        let entities = &mut self.entities;
        self.beams.retain(|entity| {
            let Some(state) = entities.find_mut(*entity) else {
                return false;
            };
            let Some(mut beam) = Beam::read(state) else {
                return false;
            };
            fade_beam(&mut beam);
            *state = beam.write();
            if beam.life == 0 {
                entities.remove(*entity);
            }
            beam.life > 0
        });
    }
}
