//! How ships and shots move: the rules and every prediction run this code.

use glam::{IVec2, Vec2};

use super::map::{Map, Rock};
use super::schema::{
    BOOST, Beam, ENERGY_MAX, FIRE, PLACE_MAX, RAIL, SHIP_RADIUS, Ship, Shot, THRUST, VELOCITY,
    VELOCITY_MAX, on_grid,
};
use drumbeat_shared::rng::Rng;

/// Share of its speed that a ship has left after it bounces off a rock or the border.
const BOUNCE: f32 = 0.5;

/// Moves a ship on to the end of this tick.
pub(super) fn move_ship(map: &Map, ship: &mut Ship, tick: u32) {
    let tuning = &map.tuning;
    let mut chance = Chance::new(ship);

    let off = i32::from((ship.steer - ship.heading) as u8 as i8);
    let turn = chance.round(tuning.turn);
    ship.heading = (ship.heading + off.clamp(-turn, turn)) & 255;

    // A held boost button stops energy from returning: when its energy is used up, a ship falls
    // back to thrust until the button is released, instead of boosting every other tick.
    let mut drive = 0.0;
    let energy = if ship.holds(BOOST) {
        drive = if ship.energy > 0 { tuning.boost } else { tuning.thrust };
        ship.energy - chance.round(tuning.burn)
    } else {
        ship.energy + chance.round(tuning.refill)
    };
    ship.energy = energy.clamp(0, ENERGY_MAX);
    if ship.holds(THRUST) {
        drive = drive.max(tuning.thrust);
    }

    ship.overdrive = (ship.overdrive - 1).max(0);
    if ship.shield > 0 {
        ship.shield = shield_left(map, ship, tick);
    }

    let before = ship.velocity.as_vec2();
    let after = before * tuning.keep + tuning.along(ship.heading) * drive;
    ship.velocity =
        chance.round_vector(after).clamp(IVec2::splat(-VELOCITY_MAX), IVec2::splat(VELOCITY_MAX));
    let path = chance.round_vector((before + after) * (0.5 / VELOCITY as f32));
    if path == IVec2::ZERO && drive == 0.0 {
        // Friction: a ship that is too slow to move comes to rest. Without it, a ship whose state
        // no longer changes would draw the same chance, and stay like that, forever.
        ship.velocity -= ship.velocity.signum();
    }
    ship.place += path;
    bounce(map, ship);
}

/// The protection that a protected ship has left after this tick. Firing ends it, unless the trigger
/// is locked: it was held when the ship appeared, and has not been let go since.
fn shield_left(map: &Map, ship: &Ship, tick: u32) -> i32 {
    let (left, unlocked) = (ship.shield - 1, map.tuning.protection);
    if !ship.holds(FIRE | RAIL) {
        return left.min(unlocked);
    }
    if left > unlocked || map.rounds.is_truce(tick) { left } else { 0 }
}

/// Moves a shot on by one tick. The step itself decides when it ends.
pub(super) fn move_shot(map: &Map, shot: &mut Shot) {
    let path = shot.velocity.as_vec2() / VELOCITY as f32;
    let place = shot.place + path.round().as_ivec2();
    shot.place = place.clamp(IVec2::ZERO, map.size());
    shot.life = (shot.life - 1).max(0);
}

/// Fades a beam by one tick.
pub(super) fn fade_beam(beam: &mut Beam) {
    beam.life = (beam.life - 1).max(0);
}

/// Turns back a ship that has moved into a rock or over the border.
fn bounce(map: &Map, ship: &mut Ship) {
    for rock in map.rocks_at(ship.place) {
        bounce_off(rock, ship);
    }
    let edge = IVec2::splat(SHIP_RADIUS);
    let inside = ship.place.clamp(edge, (map.size() - edge).max(edge));
    let back = (inside - ship.place).signum();
    for axis in 0..2 {
        if back[axis] * ship.velocity[axis] < 0 {
            ship.velocity[axis] = (ship.velocity[axis] as f32 * -BOUNCE) as i32;
        }
    }
    ship.place = inside.min(IVec2::splat(PLACE_MAX));
}

fn bounce_off(rock: &Rock, ship: &mut Ship) {
    let reach = (rock.radius + SHIP_RADIUS) as f32;
    let from = (ship.place - rock.place()).as_vec2();
    if from.length_squared() >= reach * reach {
        return;
    }
    let normal = from.normalize_or(Vec2::X);
    ship.place = rock.place() + (normal * (reach + 1.0)).round().as_ivec2();
    let velocity = ship.velocity.as_vec2();
    let inward = velocity.dot(normal).min(0.0);
    ship.velocity = on_grid(velocity - normal * (inward * (1.0 + BOUNCE)));
}

/// Rounds to whole numbers at random, so that the mean over many ticks is right: up or down, with
/// the fraction as the probability.
///
/// At high tick rates the change in one tick is small, and rounding to the nearest would lose the
/// last of a ship's drag, or a part of its turn. The chance follows from the ship's own state, so
/// both ends round alike.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    fn new(ship: &Ship) -> Self {
        let place = (ship.place.x as u64) << 32 | u64::from(ship.place.y as u32);
        let velocity = (ship.velocity.x as u64) << 48 | u64::from(ship.velocity.y as u16) << 24;
        let rest = (ship.heading as u64) << 16 | ship.energy as u64;
        Self(Rng::new(place ^ velocity ^ rest.rotate_left(40)).bits())
    }

    /// Rounds with 8 of the 64 bits of chance, which are then used up.
    fn round(&mut self, value: f32) -> i32 {
        let chance = (self.0 & 255) as f32 / 256.0;
        self.0 >>= 8;
        floor(value + chance)
    }

    pub(super) fn round_vector(&mut self, value: Vec2) -> IVec2 {
        IVec2::new(self.round(value.x), self.round(value.y))
    }
}

/// The same as `value.floor() as i32`, which calls a library function where the compiler can't
/// assume an instruction for it.
fn floor(value: f32) -> i32 {
    let towards_zero = value as i32;
    towards_zero.saturating_sub(i32::from(towards_zero as f32 > value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::Sketch;
    use crate::rules::Tuning;
    use crate::schema::GRID;
    use crate::settings::Settings;
    use drumbeat_shared::game::Setup;

    #[test]
    fn floor_is_floor() {
        let near = |value: f32| [value.next_down(), value, value.next_up()];
        let limits = [f32::MIN, i32::MIN as f32, -1.0, 0.0, 1.0, i32::MAX as f32, f32::MAX];
        let halves = (-100_000..100_000).map(|half| half as f32 / 2.0);
        let odd = [-0.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
        for value in limits.into_iter().chain(halves).flat_map(near).chain(odd) {
            assert_eq!(floor(value), value.floor() as i32, "{value:e}");
        }
    }

    const RATES_HZ: [u16; 5] = [10, 20, 30, 60, 128];

    fn empty_map(tick_hz: u16) -> Map {
        let sketch = Sketch {
            rocks_per_view: 0.0,
            fixed_rocks: vec![[0.0, 0.0, 100.0]],
            ..Sketch::default()
        };
        let setup = Setup { seed: 1, capacity: 2_000, tick_hz, settings: Settings::default() };
        Map::new(&sketch, &setup).unwrap()
    }

    fn ship_at(place: IVec2, steer: i32, buttons: u8) -> Ship {
        Ship {
            steer,
            buttons: i32::from(buttons),
            aim: 0,
            hp: 100,
            velocity: IVec2::ZERO,
            place,
            heading: steer,
            energy: ENERGY_MAX,
            shield: 0,
            player: drumbeat_shared::ids::PlayerId(0),
            streak: 0,
            overdrive: 0,
        }
    }

    fn run(map: &Map, ship: &mut Ship, seconds: f32) {
        for _ in 0..(seconds * f32::from(map.tick_hz)).round() as u32 {
            move_ship(map, ship, 1);
        }
    }

    fn units_per_s(map: &Map, ship: &Ship) -> f32 {
        ship.velocity.as_vec2().length() * f32::from(map.tick_hz) / (GRID * VELOCITY) as f32
    }

    #[test]
    fn the_way_of_a_ship_is_the_same_at_every_tick_rate() {
        for tick_hz in RATES_HZ {
            let map = empty_map(tick_hz);
            let start = IVec2::new(2_000, 30_000);
            let mut ship = ship_at(start, 7, THRUST);
            run(&map, &mut ship, 1.5);
            let path = (ship.place - start).as_vec2().length() / GRID as f32;
            // The same in closed form: v (t - (1 - e^(-d t)) / d).
            let expected = 340.0 * (1.5 - (1.0 - (-1.3f32 * 1.5).exp()) / 1.3);
            assert!((path - expected).abs() < 6.0, "{tick_hz} Hz: {path}, not {expected}");

            run(&map, &mut ship, 4.0);
            let speed = units_per_s(&map, &ship);
            assert!((speed - 340.0).abs() < 4.0, "{tick_hz} Hz: top speed {speed}");

            ship.buttons = 0;
            run(&map, &mut ship, 8.0);
            let speed = units_per_s(&map, &ship);
            assert!(speed < 4.0, "{tick_hz} Hz: still at {speed}");
        }
    }

    #[test]
    fn half_a_turn_takes_the_same_time_at_every_tick_rate() {
        for tick_hz in RATES_HZ {
            let map = empty_map(tick_hz);
            let mut ship = ship_at(IVec2::splat(9_000), 0, THRUST);
            ship.steer = 120;
            let mut ticks = 0;
            while ship.heading != 120 {
                move_ship(&map, &mut ship, 1);
                ticks += 1;
            }
            let seconds = ticks as f32 / f32::from(tick_hz);
            let expected = 120.0 / 256.0 * 360.0 / 420.0;
            assert!(
                (seconds - expected).abs() < 0.05 + 1.0 / f32::from(tick_hz),
                "{tick_hz} Hz: {seconds} s, not {expected}"
            );
        }
    }

    #[test]
    fn boost_is_faster_and_burns_energy_that_comes_back_once_the_button_is_let_go() {
        for tick_hz in RATES_HZ {
            let map = empty_map(tick_hz);
            let mut ship = ship_at(IVec2::new(2_000, 30_000), 0, BOOST);
            run(&map, &mut ship, 2.0);
            assert!(units_per_s(&map, &ship) > 450.0);
            assert!((100..300).contains(&ship.energy), "{} left", ship.energy);
            run(&map, &mut ship, 1.0);
            assert_eq!(ship.energy, 0);
            run(&map, &mut ship, 4.0);
            assert_eq!(ship.energy, 0, "comes back only without the button");
            assert!(units_per_s(&map, &ship) < 350.0, "falls back to thrust");
            ship.buttons = 0;
            run(&map, &mut ship, 3.0);
            assert!((420..600).contains(&ship.energy), "{} after 3 s", ship.energy);
            run(&map, &mut ship, 5.5);
            assert_eq!(ship.energy, ENERGY_MAX);
        }
    }

    #[test]
    fn a_ship_bounces_off_a_rock_and_off_the_border() {
        for tick_hz in RATES_HZ {
            let map = empty_map(tick_hz);
            let rock = map.rocks[0];
            let mut ship = ship_at(rock.place() - IVec2::new(400 * GRID, 3 * GRID), 0, BOOST);
            let mut turned = false;
            for _ in 0..u32::from(tick_hz) * 2 {
                move_ship(&map, &mut ship, 1);
                let gap = (ship.place - rock.place()).as_vec2().length();
                assert!(gap >= (rock.radius + SHIP_RADIUS) as f32, "{tick_hz} Hz: inside");
                turned |= ship.velocity.x < 0;
            }
            assert!(turned, "{tick_hz} Hz: did not bounce off the rock");

            let mut ship = ship_at(IVec2::new(5_000, 2_000), 192, BOOST);
            let mut turned = false;
            for _ in 0..u32::from(tick_hz) * 2 {
                move_ship(&map, &mut ship, 1);
                assert!(ship.place.y >= SHIP_RADIUS);
                turned |= ship.velocity.y > 0;
            }
            assert!(turned, "{tick_hz} Hz: did not bounce off the border");
        }
    }

    #[test]
    fn fire_ends_protection_at_once_unless_the_trigger_is_locked() {
        for tick_hz in RATES_HZ {
            let map = empty_map(tick_hz);
            let Tuning { protection, lock, .. } = map.tuning;
            let mut ship = ship_at(IVec2::splat(9_000), 0, 0);
            ship.shield = protection;
            move_ship(&map, &mut ship, 1);
            assert_eq!(ship.shield, protection - 1, "{tick_hz} Hz");
            ship.buttons = FIRE.into();
            move_ship(&map, &mut ship, 1);
            assert_eq!(ship.shield, 0, "{tick_hz} Hz: the first press");

            ship.shield = protection + lock;
            for left in (1..lock).rev() {
                move_ship(&map, &mut ship, 1);
                assert_eq!(ship.shield, protection + left, "{tick_hz} Hz: locked");
            }
            let mut released = ship;
            move_ship(&map, &mut ship, 1);
            assert_eq!(ship.shield, 0, "{tick_hz} Hz: held to the end of the lock");

            released.buttons = 0;
            move_ship(&map, &mut released, 1);
            assert_eq!(released.shield, protection, "{tick_hz} Hz: let go");
            released.buttons = RAIL.into();
            move_ship(&map, &mut released, 1);
            assert_eq!(released.shield, 0, "{tick_hz} Hz: pressed again");
        }
    }

    #[test]
    fn a_trigger_ends_no_protection_in_a_truce() {
        let map = empty_map(20);
        let podium = map.rounds.play_ticks;
        let mut ship = ship_at(IVec2::splat(9_000), 0, FIRE);
        ship.shield = 30;
        move_ship(&map, &mut ship, podium);
        assert_eq!(ship.shield, 29);
        move_ship(&map, &mut ship, podium - 1);
        assert_eq!(ship.shield, 0);
    }

    #[test]
    fn a_shot_flies_straight_and_far_at_every_tick_rate() {
        for tick_hz in RATES_HZ {
            let map = empty_map(tick_hz);
            let start = IVec2::new(30_000, 3_000);
            let along = map.tuning.along(37);
            let mut shot = Shot {
                velocity: on_grid(along * map.tuning.shot_speed),
                place: start,
                life: map.tuning.shot_life,
                player: drumbeat_shared::ids::PlayerId(0),
            };
            while shot.life > 0 {
                move_shot(&map, &mut shot);
            }
            let path = (shot.place - start).as_vec2() / GRID as f32;
            assert!((path.length() - 810.0).abs() < 10.0, "{tick_hz} Hz: {path}");
            assert!(path.normalize().distance(along) < 0.01, "{tick_hz} Hz: {path}");
        }
    }
}
