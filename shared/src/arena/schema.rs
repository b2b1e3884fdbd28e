//! The state of Arena that is sent: kinds, fields and their ranges, and the sizes in which they are
//! measured.
//!
//! Positions are on a grid of 1/16 world unit, y grows downwards. Velocities are in 1/16 grid per
//! tick. Angles are 256 steps: 0 is +x (east), 64 is +y (south), clockwise on the screen.

use glam::IVec2;

use crate::game::View;
use crate::limits::FIELDS_MAX;
use crate::schema::{Entry, Field, Kind, Schema, field_set};

/// Kind of a ship.
pub const SHIP: u8 = 0;
/// Kind of a shot.
pub const SHOT: u8 = 1;
/// Kind of a pickup.
pub const PICKUP: u8 = 2;
/// Kind of the beam of a rail.
pub const BEAM: u8 = 3;

/// Bit of `buttons`: accelerate along the heading.
pub const THRUST: u8 = 1;
/// Bit of `buttons`: accelerate harder as long as there is energy. Includes thrust.
pub const BOOST: u8 = 2;
/// Bit of `buttons`: fire the gun along `aim`.
pub const FIRE: u8 = 4;
/// Bit of `buttons`: fire the rail along `aim`.
pub const RAIL: u8 = 8;
/// All buttons.
pub const ALL_BUTTONS: u8 = THRUST | BOOST | FIRE | RAIL;

/// Grid steps in one world unit.
pub const GRID: i32 = 16;
/// Velocity steps in one grid step per tick.
pub const VELOCITY: i32 = 16;
/// Largest coordinate, grid units: worlds are up to 32,767 units wide and high.
pub const PLACE_MAX: i32 = (1 << 19) - 1;
/// Largest velocity in either direction, 1/16 grid per tick.
pub const VELOCITY_MAX: i32 = 32_767;
/// Hit points of an unharmed ship.
pub const HP_MAX: i32 = 100;
/// Energy of a ship with a full store.
pub const ENERGY_MAX: i32 = 1_000;
/// Longest protection, ticks.
pub const SHIELD_MAX: i32 = 1_023;
/// Longest life of a shot and of a beam, ticks.
pub const LIFE_MAX: i32 = 255;
/// Longest beam, grid units.
pub const LENGTH_MAX: i32 = 32_767;
/// Pushes between ships are multiples of this on each axis, 1/16 grid per tick.
pub const PUSH_STEP: i32 = 128;
/// Longest streak that is counted, kills.
pub const STREAK_MAX: i32 = 255;

/// Radius of a ship, grid units.
pub const SHIP_RADIUS: i32 = 14 * GRID;
/// Radius of a pickup, grid units.
pub const PICKUP_RADIUS: i32 = 14 * GRID;

/// Half the width and height of what a player sees, world units.
pub(super) const VIEW_HALF: IVec2 = IVec2::new(800, 450);

/// How far a player sees beyond the world's border, world units: the view stays in the world
/// instead of following a ship to its edge.
pub(super) const VIEW_BEYOND: i32 = 60;

pub(super) const VIEW: View =
    View { half: IVec2::new(VIEW_HALF.x * GRID, VIEW_HALF.y * GRID), margin: 100 * GRID };

// The fields of a ship that change most.
const STEER: u32 = 0;
const BUTTONS: u32 = 1;
const AIM: u32 = 2;
const HP: u32 = 3;
const VX: u32 = 4;
const VY: u32 = 5;
const X: u32 = 6;
const Y: u32 = 7;

// A view reaches 12,800 grid units to the left and right of the own ship, and 7,200 up and down.
const NEAR_X: Entry = Entry::NearX(14);
const NEAR_Y: Entry = Entry::NearY(14);
/// Players are numbered from 0, and there are seldom many.
const PLAYER: Entry = Entry::Small(9);

const fn place(name: &'static str) -> Field {
    Field::outcome(name, 0, PLACE_MAX).steps_per_unit(GRID as u32)
}

const fn velocity(name: &'static str) -> Field {
    Field::outcome(name, -VELOCITY_MAX, VELOCITY_MAX).steps_per_unit((GRID * VELOCITY) as u32)
}

pub(super) const SCHEMA: Schema = Schema {
    kinds: &[
        Kind {
            name: "ship",
            fields: &[
                Field::decision("steer", 0, 255),
                Field::decision("buttons", 0, ALL_BUTTONS as i32)
                    .entry(Entry::Default(THRUST as i32)),
                Field::decision("aim", 0, 255).entry(Entry::Default(0)),
                Field::outcome("hp", 0, HP_MAX).entry(Entry::Default(HP_MAX)),
                velocity("vx")
                    .delayed_bits(12)
                    .residual_step(PUSH_STEP)
                    .residual_bits(2)
                    .entry(Entry::Small(12)),
                velocity("vy")
                    .delayed_bits(12)
                    .residual_step(PUSH_STEP)
                    .residual_bits(2)
                    .entry(Entry::Small(12)),
                place("x").delayed_bits(10).linear().entry(NEAR_X),
                place("y").delayed_bits(10).linear().entry(NEAR_Y),
                Field::outcome("heading", 0, 255).turn(),
                Field::outcome("energy", 0, ENERGY_MAX).entry(Entry::Default(ENERGY_MAX)),
                Field::outcome("shield", 0, SHIELD_MAX).entry(Entry::Default(0)),
                Field::outcome("player", 0, 65_535).entry(PLAYER),
                Field::outcome("streak", 0, STREAK_MAX).entry(Entry::Default(0)),
            ],
            common_sets: &[
                field_set(&[STEER]),
                field_set(&[VX, VY]),
                field_set(&[VX]),
                field_set(&[VY]),
                field_set(&[STEER, AIM]),
                field_set(&[AIM]),
                field_set(&[STEER, VX, VY]),
                field_set(&[STEER, VX]),
                field_set(&[STEER, VY]),
                field_set(&[STEER, BUTTONS, AIM]),
                field_set(&[HP]),
            ],
            delayed_sets: &[
                field_set(&[STEER, VX, VY, X, Y]),
                field_set(&[VX, VY, X, Y]),
                field_set(&[STEER]),
            ],
        },
        Kind {
            name: "shot",
            fields: &[
                velocity("vx"),
                velocity("vy"),
                place("x").linear().entry(NEAR_X),
                place("y").linear().entry(NEAR_Y),
                Field::outcome("life", 0, LIFE_MAX).entry(Entry::Small(4)),
                Field::outcome("player", 0, 65_535).entry(PLAYER),
            ],
            common_sets: &[],
            delayed_sets: &[],
        },
        Kind {
            name: "pickup",
            fields: &[
                place("x").entry(NEAR_X),
                place("y").entry(NEAR_Y),
                Field::outcome("sort", 0, 2),
            ],
            common_sets: &[],
            delayed_sets: &[],
        },
        Kind {
            name: "beam",
            fields: &[
                place("x").entry(NEAR_X),
                place("y").entry(NEAR_Y),
                Field::outcome("aim", 0, 255),
                Field::outcome("length", 0, LENGTH_MAX).steps_per_unit(GRID as u32),
                Field::outcome("life", 0, LIFE_MAX).entry(Entry::Small(4)),
                Field::outcome("player", 0, 65_535).entry(PLAYER),
            ],
            common_sets: &[],
            delayed_sets: &[],
        },
    ],
    private: &[
        Field::outcome("score", 0, i32::MAX),
        Field::outcome("kills", 0, 65_535),
        Field::outcome("deaths", 0, 65_535),
        Field::outcome("streak", 0, STREAK_MAX),
        Field::outcome("place", 0, 65_535),
        Field::outcome("players", 0, 65_535),
        Field::outcome("respawn_tick", 0, i32::MAX),
        Field::outcome("killer", 0, 65_536),
        // Times from which the weapons are ready: each shot adds a pause.
        Field::outcome("gun_ready", 0, i32::MAX).residual_bits(6),
        Field::outcome("rail_ready", 0, i32::MAX).residual_bits(9),
        Field::outcome("overdrive_until", 0, i32::MAX).residual_bits(8),
    ],
    rules_version: 3,
};

const _: () = SCHEMA.validate();

/// The fields of a state; the unused ones are 0.
pub(super) fn fields<const USED: usize>(used: [i32; USED]) -> [i32; FIELDS_MAX] {
    let mut fields = [0; FIELDS_MAX];
    fields[..USED].copy_from_slice(&used);
    fields
}
