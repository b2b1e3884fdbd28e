//! A duel with the rail in Arena: one player rests and fires at what its screen shows, the other
//! flies up and down.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use drumbeat_arena::schema::{GRID, RAIL, SHIP, THRUST};
use drumbeat_arena::{Arena, Event, Input};
use drumbeat_shared::client::DRAW_STRIDE;
use drumbeat_shared::game::rewind_max;
use drumbeat_shared::typed::Angle;
use glam::Vec2;

use drumbeat_kit::screens::{Pilot, Screen};

/// Ticks a second of the duel's room.
pub const TICK_HZ: u16 = 30;
/// A map without rocks or pickups, whose ships soon reach their full speed.
pub const RANGE: &str = "[world]\nwidth = 2200.0\nheight = 1400.0\n\n[rocks]\nper_view = 0.0\n\
                     fixed = []\n\n[ships]\nspeed = 600.0\nboost_speed = 600.0\ndrag = 4.0\n\n[pickups]\nrepair_per_view = 0.0\nenergy_per_view = 0.0\n\
                     overdrive_per_view = 0.0\n";
/// The middle of that world, world units.
const MIDDLE: Vec2 = Vec2::new(1_100.0, 700.0);

/// What a marksman aims at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// What it sees.
    Seen,
    /// Ahead of what it sees, by the time that the server's rewind does not cover.
    Led,
    /// Where its picture showed the other one so many microseconds ago.
    Past(u64),
}

/// When shots were fired, microseconds.
pub type Fired = Arc<Mutex<Vec<u64>>>;

/// Where a ship's fields are among its numbers, after key, kind and whether it is the own ship.
const VX: usize = 7;
const X: usize = 9;
const SHIELD: usize = 13;
/// Index of `rail_ready` among the private fields.
const RAIL_READY: usize = 9;

/// A ship as it is drawn: place in grid units, velocity in grid units per tick.
struct Drawn {
    place: Vec2,
    velocity: Vec2,
    shield: f32,
}

fn drawn(screen: &Screen<Arena>, own: bool) -> Option<Drawn> {
    let wanted = |numbers: &&[f32]| numbers[1] == f32::from(SHIP) && (numbers[2] == 1.0) == own;
    let numbers = screen.picture.chunks_exact(DRAW_STRIDE).find(wanted)?;
    Some(Drawn {
        place: Vec2::new(numbers[X], numbers[X + 1]),
        velocity: Vec2::new(numbers[VX], numbers[VX + 1]) / 16.0,
        shield: numbers[SHIELD],
    })
}

/// Flies up and down between the borders, east of the middle.
#[must_use]
pub fn shuttle() -> Pilot<Arena> {
    const SOUTH: u8 = 64;
    const NORTH: u8 = 192;
    let mut along = SOUTH;
    Box::new(move |screen, _| {
        let place = drawn(screen, true).map_or(MIDDLE, |own| own.place / GRID as f32);
        along = if place.y > 1_100.0 {
            NORTH
        } else if place.y < 300.0 {
            SOUTH
        } else {
            along
        };
        let aside = ((MIDDLE.x + 300.0 - place.x) / 5.0).clamp(-20.0, 20.0);
        // Turning east lowers the angle when flying south, and raises it when flying north.
        let aside = if along == SOUTH { -aside } else { aside };
        let steer = along.wrapping_add_signed(aside as i8);
        Input { steer, aim: 0, buttons: THRUST }
    })
}

/// Rests in the middle, and fires whenever the other ship crosses at speed.
#[must_use]
pub fn marksman(aim: Aim, fired: Fired) -> Pilot<Arena> {
    let mut places = VecDeque::new();
    let mut input = Input::default();
    Box::new(move |screen, now_us| {
        // Held long enough for an input to be made.
        let pressed = fired.lock().unwrap().last().is_some_and(|at_us| now_us < at_us + 50_000);
        input.buttons = if pressed { RAIL } else { 0 };
        let Some(own) = drawn(screen, true) else { return input };
        let home = MIDDLE * GRID as f32 - own.place;
        if home.length() > 150.0 * GRID as f32 {
            return Input { steer: Angle::toward(home).0, buttons: THRUST, ..input };
        }
        let Some(other) = drawn(screen, false) else { return input };
        let live = screen.core.live(now_us);
        let rest = live.own - live.view_time - f64::from(rewind_max(TICK_HZ)) / 16.0;
        places.push_back((now_us, other.place));
        let place = match aim {
            Aim::Seen => other.place,
            Aim::Led => other.place + other.velocity * rest.max(0.0) as f32,
            Aim::Past(ago_us) => {
                while places.len() > 1 && places[1].0 + ago_us <= now_us {
                    places.pop_front();
                }
                places[0].1
            }
        };
        let line = place - own.place;
        input.aim = Angle::toward(line).0;
        let across = other.velocity.dot(line.perp().normalize_or_zero()).abs();
        // Fast enough, and near enough for an aim with 256 directions.
        let crossing = across > 400.0 * GRID as f32 / f32::from(TICK_HZ)
            && line.length() < 500.0 * GRID as f32;
        let rested = fired.lock().unwrap().last().is_none_or(|at_us| now_us > at_us + 2_000_000);
        let ready = f64::from(screen.core.private()[RAIL_READY]) <= live.own * 16.0;
        if crossing && rested && ready && own.shield == 0.0 && other.shield == 0.0 {
            input.buttons = RAIL;
            fired.lock().unwrap().push(now_us);
        }
        input
    })
}

/// How many rail hits a player has received events of.
#[must_use]
pub fn hits(shooter: &Screen<Arena>) -> usize {
    let hit = |event: &&Event| matches!(event, Event::Hit { rail: true, .. });
    shooter.events.iter().filter(hit).count()
}
