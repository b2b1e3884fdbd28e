//! The numbers of the game: what a map file may set, and the values for one tick that follow from
//! it.

use glam::Vec2;
use serde::{Deserialize, Serialize};

use super::schema::{GRID, LENGTH_MAX, OVERDRIVE_MAX, VELOCITY};

/// What a map file sets, in world units, seconds and degrees. The default is the bundled map.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// Pickups per view of 1600 x 900 units, by [`super::Sort`].
    pub pickups_per_view: [f32; 3],
    /// Time until a taken pickup returns, seconds.
    pub pickup_return_s: f32,
    /// Top speed by thrust, units per second.
    pub speed: f32,
    /// Top speed by boost, units per second.
    pub boost_speed: f32,
    /// How fast a ship approaches the speed it is driven to: the share of the difference per
    /// second.
    pub drag: f32,
    /// How fast a ship turns, degrees per second.
    pub turn_deg_per_s: f32,
    /// Seconds of boost in a full store of energy.
    pub boost_s: f32,
    /// Seconds in which an empty store of energy fills up.
    pub refill_s: f32,
    /// Speed of a shot, units per second.
    pub shot_speed: f32,
    /// Life of a shot, seconds.
    pub shot_life_s: f32,
    /// Hit points that a shot takes.
    pub shot_damage: u8,
    /// Time between two shots of a ship, seconds.
    pub shot_pause_s: f32,
    /// How far the rail reaches, units.
    pub rail_range: f32,
    /// Hit points that the rail takes.
    pub rail_damage: u8,
    /// Time between two shots of the rail, seconds.
    pub rail_pause_s: f32,
    /// How long overdrive lasts, seconds.
    pub overdrive_s: f32,
    /// Time between death and return, seconds.
    pub respawn_s: f32,
    /// Protection of a ship that has appeared, seconds, unless it fires.
    pub protection_s: f32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            pickups_per_view: [1.5, 1.0, 0.5],
            pickup_return_s: 12.0,
            speed: 340.0,
            boost_speed: 560.0,
            drag: 1.3,
            turn_deg_per_s: 420.0,
            boost_s: 2.5,
            refill_s: 6.0,
            shot_speed: 900.0,
            shot_life_s: 0.9,
            shot_damage: 10,
            shot_pause_s: 0.2,
            rail_range: 1_200.0,
            rail_damage: 45,
            rail_pause_s: 1.5,
            overdrive_s: 8.0,
            respawn_s: 2.0,
            protection_s: 2.0,
        }
    }
}

impl Rules {
    /// Whether every number is sane enough for the arithmetic of a tick. Map files have narrower
    /// ranges; this guards against a map from the network.
    pub(super) fn is_sound(&self) -> bool {
        let Self {
            pickups_per_view,
            pickup_return_s,
            speed,
            boost_speed,
            drag,
            turn_deg_per_s,
            boost_s,
            refill_s,
            shot_speed,
            shot_life_s,
            shot_damage: _,
            shot_pause_s,
            rail_range,
            rail_damage: _,
            rail_pause_s,
            overdrive_s,
            respawn_s,
            protection_s,
        } = *self;
        let numbers = [
            pickup_return_s,
            speed,
            boost_speed,
            drag,
            turn_deg_per_s,
            boost_s,
            refill_s,
            shot_speed,
            shot_life_s,
            shot_pause_s,
            rail_range,
            rail_pause_s,
            overdrive_s,
            respawn_s,
            protection_s,
        ];
        let few = |per_view: &f32| (0.0..=10.0).contains(per_view);
        let sane = |number: &f32| (0.05..=2_000.0).contains(number);
        pickups_per_view.iter().all(few) && numbers.iter().all(sane)
    }
}

/// The rules for one tick. Speeds are 1/16 grid per tick, times are ticks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tuning {
    /// The unit vector of every direction.
    pub(super) directions: Box<[Vec2; 256]>,
    /// Share of its velocity that a ship has left after a tick without drive.
    pub(super) keep: f32,
    /// Velocity that thrust adds.
    pub(super) thrust: f32,
    /// Velocity that boost adds.
    pub(super) boost: f32,
    /// Angle steps that a ship turns.
    pub(super) turn: f32,
    /// Energy that boost burns.
    pub(super) burn: f32,
    /// Energy that returns.
    pub(super) refill: f32,
    pub(super) shot_speed: f32,
    pub(super) shot_life: i32,
    /// Time between two shots, 1/16 ticks.
    pub(super) shot_pause: i32,
    /// Grid units.
    pub(super) rail_range: f32,
    /// Time between two shots of the rail, 1/16 ticks.
    pub(super) rail_pause: i32,
    pub(super) beam_life: i32,
    /// Protection of a ship that appears. With more than this its trigger is locked.
    pub(super) protection: i32,
    /// How much more a ship has whose trigger is held when it appears.
    pub(super) lock: i32,
    pub(super) respawn: u32,
    pub(super) overdrive: i32,
    pub(super) pickup_return: u32,
}

/// How long a beam is visible, seconds.
const BEAM_S: f32 = 0.3;
/// How long a trigger that was held when its ship appeared is locked, unless it is let go, seconds:
/// whoever died firing does not end the protection of the next ship at once.
const LOCK_S: f32 = 0.5;

impl Tuning {
    pub(super) fn new(rules: &Rules, tick_hz: u16) -> Self {
        let hz = f32::from(tick_hz);
        let ticks = |seconds: f32| (seconds * hz).round().max(1.0);
        let sixteenths = |seconds: f32| (seconds * hz * 16.0).round() as i32;
        let per_tick = |units_per_s: f32| units_per_s / hz * (GRID * VELOCITY) as f32;
        // The [1/1] Padé approximant of exp(-drag / hz): plain arithmetic is the same on every
        // platform, where `f32::exp` need not be.
        let half = rules.drag / hz / 2.0;
        let keep = (1.0 - half) / (1.0 + half);
        let energy = super::schema::ENERGY_MAX as f32;
        let mut directions = Box::new([Vec2::ZERO; 256]);
        for (step, direction) in directions.iter_mut().enumerate() {
            *direction = Vec2::from_angle(step as f32 / 256.0 * std::f32::consts::TAU);
        }
        Self {
            directions,
            keep,
            thrust: per_tick(rules.speed) * (1.0 - keep),
            boost: per_tick(rules.boost_speed) * (1.0 - keep),
            turn: rules.turn_deg_per_s / 360.0 * 256.0 / hz,
            burn: energy / rules.boost_s / hz,
            // At least one per tick: a ship at rest would round a smaller share in the same
            // direction forever.
            refill: (energy / rules.refill_s / hz).max(1.0),
            shot_speed: per_tick(rules.shot_speed),
            shot_life: ticks(rules.shot_life_s) as i32,
            shot_pause: sixteenths(rules.shot_pause_s),
            rail_range: (rules.rail_range * GRID as f32).min(LENGTH_MAX as f32),
            rail_pause: sixteenths(rules.rail_pause_s),
            beam_life: ticks(BEAM_S) as i32,
            protection: ticks(rules.protection_s) as i32,
            lock: ticks(LOCK_S) as i32,
            respawn: ticks(rules.respawn_s) as u32,
            overdrive: (ticks(rules.overdrive_s) as i32).min(OVERDRIVE_MAX),
            pickup_return: ticks(rules.pickup_return_s) as u32,
        }
    }

    /// The unit vector of a direction, 0 to 255.
    pub(super) fn along(&self, direction: i32) -> Vec2 {
        self.directions[usize::from(direction as u8)]
    }
}
