//! What a brain sees, and the geometry of flying and shooting. All of it is in world units and
//! seconds, relative to the own ship.

use glam::{IVec2, Vec2};

use super::map::Map;
use super::schema::{GRID, SHIP_RADIUS, Ship, Thing, VELOCITY};
use drumbeat_shared::typed::PlayerId;

/// How far ahead it looks for rocks and borders, seconds.
const FORESIGHT_S: f32 = 0.7;
/// Space that it leaves to rocks and borders, units.
const CLEARANCE: f32 = 30.0;
/// Cost of one hit point of a target, in units of distance.
const PER_HP: f32 = 1.5;
/// Cost of a target's protection, in units of distance.
const SHIELDED: f32 = 400.0;
/// Discount for staying with a target, in units of distance.
const KNOWN: f32 = 120.0;

/// Another player's ship.
#[derive(Clone, Copy)]
pub(super) struct Enemy {
    /// Place relative to the own ship, units.
    pub(super) offset: Vec2,
    /// Units per second.
    pub(super) velocity: Vec2,
    pub(super) player: PlayerId,
    pub(super) shielded: bool,
}

/// What matters of the things in view.
#[derive(Default)]
pub(super) struct Sight {
    /// The cost of the best target, and the target.
    pub(super) enemy: Option<(f32, Enemy)>,
    /// Place of the nearest pickup of each sort, relative to the own ship, units.
    pub(super) pickups: [Option<Vec2>; 3],
}

impl Sight {
    /// Looks around from a ship whose target was this player so far.
    pub(super) fn look(
        map: &Map,
        ship: &Ship,
        target: Option<PlayerId>,
        visible: impl Iterator<Item = Thing>,
    ) -> Self {
        let mut sight = Self::default();
        for thing in visible {
            if let Thing::Ship(other) = thing {
                if other.player == ship.player {
                    continue;
                }
                let enemy = Enemy {
                    offset: offset(ship.place, other.place),
                    velocity: units_per_s(map, other.velocity),
                    player: other.player,
                    shielded: other.shield > 0,
                };
                // Near, weak and known is good; protected is bad.
                let mut cost = enemy.offset.length() + other.hp as f32 * PER_HP;
                cost += if enemy.shielded { SHIELDED } else { 0.0 };
                cost -= if target == Some(other.player) { KNOWN } else { 0.0 };
                if sight.enemy.is_none_or(|(least, _)| cost < least) {
                    sight.enemy = Some((cost, enemy));
                }
            } else if let Thing::Pickup(pickup) = thing {
                let near = &mut sight.pickups[pickup.sort as usize];
                let offset = offset(ship.place, pickup.place);
                if near.is_none_or(|other| offset.length_squared() < other.length_squared()) {
                    *near = Some(offset);
                }
            }
        }
        sight
    }
}

/// Where a shot of this speed meets a target that keeps its velocity, relative to the shooter.
pub(super) fn intercept(offset: Vec2, velocity: Vec2, shot_speed: f32) -> Vec2 {
    // |offset + velocity t| = shot_speed t
    let a = shot_speed * shot_speed - velocity.length_squared();
    let b = offset.dot(velocity);
    let inner = b * b + a * offset.length_squared();
    if a <= 0.0 || inner < 0.0 {
        return offset;
    }
    offset + velocity * ((b + inner.sqrt()) / a)
}

/// Bends a wanted direction around the rocks ahead and away from the border.
pub(super) fn avoid(map: &Map, ship: &Ship, wish: Vec2) -> Vec2 {
    let wish = wish.normalize_or(map.tuning.along(ship.heading));
    let ahead = units_per_s(map, ship.velocity) * FORESIGHT_S + wish * 60.0;
    let end = ship.place + (ahead * GRID as f32).as_ivec2();
    let mut path = wish;
    for rock in map.rocks_near(ship.place.min(end), ship.place.max(end)) {
        let rock_offset = offset(ship.place, rock.place());
        let clear = (rock.radius + SHIP_RADIUS) as f32 / GRID as f32 + CLEARANCE;
        if distance_to_path(rock_offset, ahead) < clear {
            let round = rock_offset.perp().normalize_or(Vec2::Y);
            let side = if round.dot(path) < 0.0 { -1.0 } else { 1.0 };
            let inside = (clear - rock_offset.length()).max(0.0) / CLEARANCE;
            path = round * side - rock_offset.normalize_or(Vec2::X) * inside.min(1.0);
        }
    }
    let margin = IVec2::splat(SHIP_RADIUS + CLEARANCE as i32 * GRID);
    let inside = end.clamp(margin, map.size() - margin);
    if inside != end {
        path = path.normalize_or(Vec2::X) + (inside - end).as_vec2().normalize_or_zero() * 1.5;
    }
    path
}

pub(super) fn rock_between(map: &Map, place: IVec2, ahead: Vec2) -> bool {
    let end = place + (ahead * GRID as f32).as_ivec2();
    let mut rocks = map.rocks_near(place.min(end), place.max(end));
    rocks.any(|rock| {
        let radius = rock.radius as f32 / GRID as f32;
        distance_to_path(offset(place, rock.place()), ahead) < radius
    })
}

/// The smallest distance between a point and the straight path from 0 to `end`.
pub(super) fn distance_to_path(point: Vec2, end: Vec2) -> f32 {
    let share = point.dot(end) / end.length_squared().max(1.0);
    point.distance(end * share.clamp(0.0, 1.0))
}

/// The vector from one place to another, units.
pub(super) fn offset(from: IVec2, to: IVec2) -> Vec2 {
    (to - from).as_vec2() / GRID as f32
}

pub(super) fn units_per_s(map: &Map, velocity: IVec2) -> Vec2 {
    velocity.as_vec2() * (f32::from(map.tick_hz) / (GRID * VELOCITY) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shot_at_the_intercept_meets_a_steady_target() {
        for (offset, velocity) in [
            (Vec2::new(300.0, 0.0), Vec2::new(0.0, 250.0)),
            (Vec2::new(-120.0, 400.0), Vec2::new(-300.0, -90.0)),
            (Vec2::new(50.0, 50.0), Vec2::ZERO),
        ] {
            let met = intercept(offset, velocity, 900.0);
            let time_s = met.length() / 900.0;
            assert!(met.distance(offset + velocity * time_s) < 0.1, "{offset} {velocity}");
        }
    }

    #[test]
    fn the_nearest_point_of_a_way_counts() {
        let end = Vec2::new(100.0, 0.0);
        assert_eq!(distance_to_path(Vec2::new(50.0, 30.0), end), 30.0);
        assert_eq!(distance_to_path(Vec2::new(-40.0, 30.0), end), 50.0);
        assert_eq!(distance_to_path(Vec2::new(130.0, 40.0), end), 50.0);
        assert_eq!(distance_to_path(Vec2::new(3.0, 4.0), Vec2::ZERO), 5.0);
    }
}
