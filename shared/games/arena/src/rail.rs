//! The rail: a beam that hits at once what its shooter saw in its path.
//!
//! A picture of the others is behind the world by the latency of the frames and the time between
//! two of them. The targets of a beam are therefore rewound by as much as the shooter's picture was
//! behind; the shooter itself, rocks and protection are judged as they are now.

use glam::{IVec2, Vec2};

use super::flight::Flight;
use super::past::Past;
use super::schema::{Beam, SHIP_RADIUS};
use super::weapons::time_of_contact;
use super::world::World;

/// Ends a beam that was just fired at the first ship in its path. Returns the index of that ship,
/// and where it is hit.
pub(super) fn strike(
    beam: &mut Beam,
    world: &World,
    flight: &Flight,
    past: &Past,
) -> Option<(usize, IVec2)> {
    let rewind = world.players.find(beam.player)?.rewind;
    let along = world.map.tuning.along(beam.aim);
    let (share, number) = first_in_path(beam, along, rewind, flight, past)?;
    let path = along * (beam.length as f32 * share);
    beam.length = path.length() as i32;
    Some((number, beam.place + path.round().as_ivec2()))
}

/// The share of its length after which a beam meets the first ship, and the index of that ship.
fn first_in_path(
    beam: &Beam,
    along: Vec2,
    rewind: u16,
    flight: &Flight,
    past: &Past,
) -> Option<(f32, usize)> {
    let path = along * beam.length as f32;
    let end = beam.place + path.round().as_ivec2();
    let reach = IVec2::splat(SHIP_RADIUS + 1 + past.farthest(rewind, flight.farthest));
    let (low, high) = (beam.place.min(end) - reach, beam.place.max(end) + reach);
    let mut first: Option<(f32, usize)> = None;
    for number in flight.near(low, high) {
        let flyer = &flight.ships[number];
        if flyer.ship.player == beam.player || !flyer.is_alive() {
            continue;
        }
        let Some(place) = past.place(flyer, rewind) else {
            continue;
        };
        let from = beam.place.as_vec2() - place;
        let Some(share) = time_of_contact(from, from + path, SHIP_RADIUS as f32) else {
            continue;
        };
        if first.is_none_or(|(earliest, _)| share < earliest) {
            first = Some((share, number));
        }
    }
    first
}
