//! The weapons of a ship: when they are ready, and what they spawn. The step and the prediction of
//! the own player run this code.

use glam::{IVec2, Vec2};

use super::map::Map;
use super::rules::Tuning;
use super::schema::{Beam, FIRE, GRID, RAIL, SHIP_RADIUS, Ship, Shot, Stats, Thing, on_grid};
use drumbeat_shared::typed::Saved;

/// One tick on the weapons' clock.
const TICK: i32 = 16;

/// The state of a player's weapons.
///
/// Their times are on a clock of 1/16 ticks that wraps around after 2^31, which takes 12 days at
/// 128 ticks a second. A time counts as ahead only if it is ahead by no more than a pause. A weapon
/// is therefore ready however long it was not fired, except for the length of a pause each time the
/// clock comes round.
#[derive(Saved, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weapons {
    /// The time from which the gun is ready.
    gun_ready: i32,
    /// The time from which the rail is ready.
    rail_ready: i32,
}

impl Weapons {
    /// Reads them from a player's private state.
    pub(super) fn read(stats: &Stats) -> Self {
        let Stats { gun_ready, rail_ready, .. } = *stats;
        Self { gun_ready, rail_ready }
    }

    /// Writes them to a player's private state.
    pub(super) fn write(&self, stats: &mut Stats) {
        let Self { gun_ready, rail_ready } = *self;
        (stats.gun_ready, stats.rail_ready) = (gun_ready, rail_ready);
    }

    /// Makes gun and rail ready in this tick.
    pub(super) fn make_ready(&mut self, tick: u32) {
        (self.gun_ready, self.rail_ready) = (clock(tick), clock(tick));
    }

    /// Fires every weapon that is ready and whose button the ship holds, unless there is a truce. The ship is where its move
    /// of this tick took it; one that is destroyed in this tick still fires.
    pub(super) fn fire(&mut self, map: &Map, ship: &Ship, tick: u32, spawn: &mut dyn FnMut(Thing)) {
        if !ship.holds(FIRE | RAIL) || ship.shield > 0 || map.rounds.is_truce(tick) {
            return;
        }
        let tuning = &map.tuning;
        let pace = if ship.overdrive > 0 { 2 } else { 1 };
        let Tuning { shot_pause, rail_pause, .. } = *tuning;
        if ship.holds(FIRE) && take_turn(&mut self.gun_ready, tick, shot_pause / pace, shot_pause) {
            spawn(shot(map, ship).into());
        }
        if ship.holds(RAIL) && take_turn(&mut self.rail_ready, tick, rail_pause, rail_pause) {
            spawn(beam(map, ship).into());
        }
    }
}

fn clock(tick: u32) -> i32 {
    (tick.wrapping_mul(TICK as u32) & i32::MAX as u32) as i32
}

/// The time from `then` to `now`, on a clock of 31 bits.
fn since(now: i32, then: i32) -> i32 {
    now.wrapping_sub(then) & i32::MAX
}

/// Whether a weapon is ready in this tick; if so it is ready again a pause later. It is never
/// unready for more than `pause_max`. Shots are fired in whole ticks: the delay of the last one
/// counts for the next, so that the rate is right.
fn take_turn(ready: &mut i32, tick: u32, pause: i32, pause_max: i32) -> bool {
    let now = clock(tick);
    if (1..=pause_max).contains(&since(*ready, now)) {
        return false;
    }
    let from = if since(now, *ready) < TICK { *ready } else { now };
    *ready = from.wrapping_add(pause) & i32::MAX;
    true
}

fn muzzle(map: &Map, ship: &Ship) -> IVec2 {
    let along = map.tuning.along(ship.aim) * (SHIP_RADIUS + GRID) as f32;
    (ship.place + along.round().as_ivec2()).clamp(IVec2::ZERO, map.size())
}

fn shot(map: &Map, ship: &Ship) -> Shot {
    let tuning = &map.tuning;
    Shot {
        velocity: on_grid(tuning.along(ship.aim) * tuning.shot_speed),
        place: muzzle(map, ship),
        life: tuning.shot_life,
        player: ship.player,
    }
}

/// The beam as it is without a ship in its path.
fn beam(map: &Map, ship: &Ship) -> Beam {
    let place = muzzle(map, ship);
    let path = map.tuning.along(ship.aim) * map.tuning.rail_range;
    let share = free_share(map, place, path);
    Beam {
        place,
        aim: ship.aim,
        length: (map.tuning.rail_range * share) as i32,
        life: map.tuning.beam_life,
        player: ship.player,
    }
}

/// The share of a straight path that rocks and the border leave free, 0 to 1.
fn free_share(map: &Map, from: IVec2, path: Vec2) -> f32 {
    let (low, high) = (-from.as_vec2(), (map.size() - from).as_vec2());
    let mut share = 1.0_f32;
    for axis in 0..2 {
        let border = if path[axis] < 0.0 { low[axis] } else { high[axis] };
        if path[axis] != 0.0 {
            share = share.min(border / path[axis]);
        }
    }
    let end = from + (path * share).round().as_ivec2();
    for rock in map.rocks_near(from.min(end), from.max(end)) {
        let offset = (from - rock.place()).as_vec2();
        if let Some(time) = time_of_contact(offset, offset + path, rock.radius as f32) {
            share = share.min(time);
        }
    }
    share
}

/// When a point that moves straight from `from` to `to` within one tick first touches the circle
/// around 0: a share of the tick, 0 if it starts inside.
pub(super) fn time_of_contact(from: Vec2, to: Vec2, radius: f32) -> Option<f32> {
    let gap = from.length_squared() - radius * radius;
    if gap <= 0.0 {
        return Some(0.0);
    }
    let path = to - from;
    let (approach, length) = (from.dot(path), path.length_squared());
    let inner = approach * approach - length * gap;
    if approach >= 0.0 || inner < 0.0 {
        return None;
    }
    let time = (-approach - inner.sqrt()) / length;
    (time <= 1.0).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shots_keep_their_rate_and_a_rest_is_not_saved_up() {
        let mut ready = clock(10);
        let pause = 102; // 6.375 ticks
        let mut fired: Vec<u32> = Vec::new();
        for tick in 10..10 + 102 * 4 {
            if take_turn(&mut ready, tick, pause, pause) {
                fired.push(tick);
            }
        }
        assert_eq!(fired.len(), 64);
        assert_eq!(fired[..5], [10, 17, 23, 30, 36]);
        assert!(take_turn(&mut ready, 1_000, pause, pause));
        assert!(!(1_001..1_007).any(|tick| take_turn(&mut ready, tick, pause, pause)));
        assert!(take_turn(&mut ready, 1_007, pause, pause));
    }

    #[test]
    fn the_clock_may_wrap_around() {
        let last = (1 << 27) - 1;
        let mut ready = clock(last);
        assert!(take_turn(&mut ready, last, 3 * TICK, 3 * TICK));
        assert!(!take_turn(&mut ready, last + 2, 3 * TICK, 3 * TICK));
        assert!(take_turn(&mut ready, last + 3, 3 * TICK, 3 * TICK));
        assert_eq!(ready, 5 * TICK);
    }

    #[test]
    fn contact_is_found_however_fast_the_point_is() {
        let radius = 10.0;
        let check = |from: (f32, f32), to: (f32, f32), expected: Option<f32>| {
            let time = time_of_contact(from.into(), to.into(), radius);
            match (time, expected) {
                (Some(time), Some(expected)) => {
                    assert!((time - expected).abs() < 1e-3, "{from:?} {to:?}: {time}");
                }
                (time, expected) => assert_eq!(time, expected, "{from:?} {to:?}"),
            }
        };
        check((-50.0, 0.0), (50.0, 0.0), Some(0.4));
        check((-5_000.0, 0.0), (5_000.0, 0.0), Some(0.499));
        check((-50.0, 9.9), (50.0, 9.9), Some(0.4859));
        check((-50.0, 10.1), (50.0, 10.1), None);
        check((-50.0, 0.0), (-10.5, 0.0), None);
        check((-50.0, 0.0), (-9.5, 0.0), Some(0.9877));
        check((3.0, 3.0), (50.0, 0.0), Some(0.0));
        check((20.0, 0.0), (50.0, 0.0), None);
        check((20.0, 0.0), (20.0, 0.0), None);
    }

    #[test]
    fn a_weapon_is_ready_however_long_it_was_not_fired() {
        let pause = 3 * TICK;
        for fired in [10, 1 << 26, (1 << 27) - 1] {
            for rest in [3, 1 << 25, (1 << 26) - 1, 1 << 26, (1 << 26) + 1, (1 << 27) - 1] {
                let mut ready = clock(fired);
                assert!(take_turn(&mut ready, fired, pause, pause));
                assert!(take_turn(&mut ready, fired + rest, pause, pause), "{fired} + {rest}");
            }
        }
    }
}
