//! Typed views of the replicated states: ship, shot, pickup and beam.
//!
//! Reading and writing name every field, so that none is missed.

use glam::{IVec2, Vec2};

use super::messages::Input;
use super::schema::{ALL_BUTTONS, BEAM, PICKUP, SHIP, SHOT, VELOCITY_MAX, fields};
use crate::ids::PlayerId;
use crate::schema::State;

/// A ship. The fields are those of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ship {
    /// Wanted heading, 0 to 255.
    pub steer: i32,
    /// Bits `THRUST`, `BOOST`, `FIRE` and `RAIL`.
    pub buttons: i32,
    /// Direction of shots, 0 to 255.
    pub aim: i32,
    /// Hit points.
    pub hp: i32,
    /// 1/16 grid per tick.
    pub velocity: IVec2,
    /// Grid units.
    pub place: IVec2,
    /// Direction of the nose, 0 to 255.
    pub heading: i32,
    /// What boost burns.
    pub energy: i32,
    /// Ticks of protection left.
    pub shield: i32,
    /// The player who flies it.
    pub player: PlayerId,
    /// Kills since the last death.
    pub streak: i32,
}

impl Ship {
    /// The ship in a state; `None` if it is something else.
    #[must_use]
    pub fn read(state: &State) -> Option<Self> {
        if state.kind != SHIP {
            return None;
        }
        let [steer, buttons, aim, hp, vx, vy, x, y, heading, energy, shield, player, streak, ..] =
            state.fields;
        Some(Self {
            steer,
            buttons,
            aim,
            hp,
            velocity: IVec2::new(vx, vy),
            place: IVec2::new(x, y),
            heading,
            energy,
            shield,
            player: PlayerId(player as u16),
            streak,
        })
    }

    /// The state of this ship.
    #[must_use]
    pub fn write(&self) -> State {
        let Self {
            steer,
            buttons,
            aim,
            hp,
            velocity,
            place,
            heading,
            energy,
            shield,
            player,
            streak,
        } = *self;
        State {
            kind: SHIP,
            fields: fields([
                steer,
                buttons,
                aim,
                hp,
                velocity.x,
                velocity.y,
                place.x,
                place.y,
                heading,
                energy,
                shield,
                i32::from(player.0),
                streak,
            ]),
        }
    }

    /// Whether one or more of these buttons are held.
    #[must_use]
    pub fn holds(&self, buttons: u8) -> bool {
        self.buttons & i32::from(buttons) != 0
    }
}

/// Puts a player's controls into the decision fields of its ship.
pub(super) fn control(state: &mut State, input: &Input) {
    if state.kind == SHIP {
        state.fields[0] = i32::from(input.steer);
        state.fields[1] = i32::from(input.buttons & ALL_BUTTONS);
        state.fields[2] = i32::from(input.aim);
    }
}

/// A shot in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shot {
    /// 1/16 grid per tick.
    pub velocity: IVec2,
    /// Grid units.
    pub place: IVec2,
    /// Ticks left.
    pub life: i32,
    /// The player who fired it.
    pub player: PlayerId,
}

impl Shot {
    /// The shot in a state; `None` if it is something else.
    #[must_use]
    pub fn read(state: &State) -> Option<Self> {
        if state.kind != SHOT {
            return None;
        }
        let [vx, vy, x, y, life, player, ..] = state.fields;
        Some(Self {
            velocity: IVec2::new(vx, vy),
            place: IVec2::new(x, y),
            life,
            player: PlayerId(player as u16),
        })
    }

    /// The state of this shot.
    #[must_use]
    pub fn write(&self) -> State {
        let Self { velocity, place, life, player } = *self;
        State {
            kind: SHOT,
            fields: fields([velocity.x, velocity.y, place.x, place.y, life, i32::from(player.0)]),
        }
    }
}

/// What a pickup gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Sort {
    /// Half the hit points.
    Repair = 0,
    /// Full energy.
    Energy = 1,
    /// Twice the rate of fire for a while.
    Overdrive = 2,
}

/// A pickup that is ready to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pickup {
    /// Grid units.
    pub place: IVec2,
    /// What it gives.
    pub sort: Sort,
}

impl Pickup {
    /// The pickup in a state; `None` if it is something else.
    #[must_use]
    pub fn read(state: &State) -> Option<Self> {
        if state.kind != PICKUP {
            return None;
        }
        let [x, y, sort, ..] = state.fields;
        let sort = match sort {
            0 => Sort::Repair,
            1 => Sort::Energy,
            _ => Sort::Overdrive,
        };
        Some(Self { place: IVec2::new(x, y), sort })
    }

    /// The state of this pickup.
    #[must_use]
    pub fn write(&self) -> State {
        let Self { place, sort } = *self;
        State { kind: PICKUP, fields: fields([place.x, place.y, sort as i32]) }
    }
}

/// The visible shot of a rail: it hit when it appeared, and fades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beam {
    /// Start of the beam, grid units.
    pub place: IVec2,
    /// Direction of the beam, 0 to 255.
    pub aim: i32,
    /// Grid units.
    pub length: i32,
    /// Ticks left.
    pub life: i32,
    /// The player who fired it.
    pub player: PlayerId,
}

impl Beam {
    /// The beam in a state; `None` if it is something else.
    #[must_use]
    pub fn read(state: &State) -> Option<Self> {
        if state.kind != BEAM {
            return None;
        }
        let [x, y, aim, length, life, player, ..] = state.fields;
        let player = PlayerId(player as u16);
        Some(Self { place: IVec2::new(x, y), aim, length, life, player })
    }

    /// The state of this beam.
    #[must_use]
    pub fn write(&self) -> State {
        let Self { place, aim, length, life, player } = *self;
        State {
            kind: BEAM,
            fields: fields([place.x, place.y, aim, length, life, i32::from(player.0)]),
        }
    }
}

/// A velocity on its grid, within the range of its field.
pub(super) fn on_grid(velocity: Vec2) -> IVec2 {
    velocity.round().as_ivec2().clamp(IVec2::splat(-VELOCITY_MAX), IVec2::splat(VELOCITY_MAX))
}

/// The direction, 0 to 255, that points along a vector; 0 for the null vector.
#[must_use]
pub fn direction(along: Vec2) -> u8 {
    if along == Vec2::ZERO {
        return 0;
    }
    let turns = along.to_angle() / std::f32::consts::TAU;
    (turns * 256.0).round() as i32 as u8
}
