//! The state of Arena that is sent: kinds, fields and their ranges, and the sizes in which they are
//! measured.
//!
//! Positions are on a grid of 1/16 world unit, y grows downwards. Velocities are in 1/16 grid per
//! tick. Angles are 256 steps: 0 is +x (east), 64 is +y (south), clockwise on the screen.

use glam::{IVec2, Vec2};

use drumbeat_shared::game::View;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::schema::Schema;
use drumbeat_shared::typed::{Entity, EntitySet, Member, Private, Value, entities};

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
/// Longest overdrive, ticks.
pub const OVERDRIVE_MAX: i32 = 8_191;
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

/// Bits of a distance within a view, which reaches 12,800 grid units to the left and right of the
/// own ship, and 7,200 up and down.
const VIEW_BITS: u32 = 14;

/// A ship. It alone is somebody's avatar.
#[derive(Entity, Clone, Copy, Debug, PartialEq, Eq)]
#[common(
    [steer], [vx, vy], [vx], [vy], [steer, aim], [aim], [steer, vx, vy], [steer, vx], [steer, vy],
    [steer, buttons, aim], [hp]
)]
#[delayed([steer, vx, vy, x, y], [vx, vy, x, y], [steer])]
pub struct Ship {
    /// Wanted heading, 0 to 255.
    #[decision]
    #[range(0, 255)]
    pub steer: i32,
    /// Bits [`THRUST`], [`BOOST`], [`FIRE`] and [`RAIL`].
    #[decision]
    #[range(0, ALL_BUTTONS)]
    #[typical(THRUST as i32)]
    pub buttons: i32,
    /// Direction of shots, 0 to 255.
    #[decision]
    #[range(0, 255)]
    #[typical(0)]
    pub aim: i32,
    /// Hit points.
    #[range(0, HP_MAX)]
    #[typical(HP_MAX)]
    pub hp: i32,
    /// 1/16 grid per tick.
    #[range(-VELOCITY_MAX, VELOCITY_MAX)]
    #[unit(GRID * VELOCITY)]
    #[names(vx, vy)]
    #[code(residual_bits = 2, residual_step = PUSH_STEP, delayed_bits = 12, entry = small(12))]
    pub velocity: IVec2,
    /// Grid units.
    #[position(max = PLACE_MAX)]
    #[radius(SHIP_RADIUS)]
    #[unit(GRID)]
    #[code(residual_bits = 2, delayed_bits = 10, entry = near(VIEW_BITS))]
    pub place: IVec2,
    /// Direction of the nose, 0 to 255.
    #[range(0, 255)]
    #[draw(turn)]
    pub heading: i32,
    /// What boost burns.
    #[range(0, ENERGY_MAX)]
    #[typical(ENERGY_MAX)]
    pub energy: i32,
    /// Ticks of protection left; with more than a ship appears with, its trigger is locked.
    #[range(0, SHIELD_MAX)]
    #[typical(0)]
    pub shield: i32,
    /// The player who flies it.
    #[owner]
    pub player: PlayerId,
    /// Kills since the last death.
    #[range(0, STREAK_MAX)]
    #[typical(0)]
    pub streak: i32,
    /// Ticks for which the gun is twice as fast.
    #[range(0, OVERDRIVE_MAX)]
    #[typical(0)]
    #[code(residual_bits = 8)]
    pub overdrive: i32,
}

impl Ship {
    /// Whether one or more of these buttons are held.
    #[must_use]
    pub fn holds(&self, buttons: u8) -> bool {
        self.buttons & i32::from(buttons) != 0
    }
}

/// A shot in flight. What it does is predicted to the unit.
#[derive(Entity, Clone, Copy, Debug, PartialEq, Eq)]
#[common()]
#[delayed()]
pub struct Shot {
    /// 1/16 grid per tick.
    #[range(-VELOCITY_MAX, VELOCITY_MAX)]
    #[unit(GRID * VELOCITY)]
    #[names(vx, vy)]
    #[code(residual_bits = 2)]
    pub velocity: IVec2,
    /// Grid units.
    #[position(max = PLACE_MAX)]
    #[unit(GRID)]
    #[code(residual_bits = 2, delayed_bits = same, entry = near(VIEW_BITS))]
    pub place: IVec2,
    /// Ticks left.
    #[range(0, LIFE_MAX)]
    #[code(entry = small(4))]
    pub life: i32,
    /// The player who fired it.
    pub player: PlayerId,
}

/// What a pickup gives.
#[derive(Value, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Half the hit points.
    Repair,
    /// Full energy.
    Energy,
    /// Twice the rate of fire for a while.
    Overdrive,
}

/// A pickup that is ready to be taken. It never moves.
#[derive(Entity, Clone, Copy, Debug, PartialEq, Eq)]
#[common()]
#[delayed()]
pub struct Pickup {
    /// Grid units.
    #[position(max = PLACE_MAX)]
    #[unit(GRID)]
    #[draw(step)]
    #[code(residual_bits = 2, delayed_bits = same, entry = near(VIEW_BITS))]
    pub place: IVec2,
    /// What it gives.
    pub sort: Sort,
}

/// The visible shot of a rail: it hit when it appeared, and fades.
#[derive(Entity, Clone, Copy, Debug, PartialEq, Eq)]
#[common()]
#[delayed()]
pub struct Beam {
    /// Start of the beam, grid units.
    #[position(max = PLACE_MAX)]
    #[unit(GRID)]
    #[draw(step)]
    #[code(residual_bits = 2, delayed_bits = same, entry = near(VIEW_BITS))]
    pub place: IVec2,
    /// Direction of the beam, 0 to 255.
    #[range(0, 255)]
    pub aim: i32,
    /// Grid units.
    #[range(0, LENGTH_MAX)]
    #[unit(GRID)]
    pub length: i32,
    /// Ticks left.
    #[range(0, LIFE_MAX)]
    #[code(entry = small(4))]
    pub life: i32,
    /// The player who fired it.
    pub player: PlayerId,
}

entities! {
    /// Everything in a world.
    #[derive(Debug, PartialEq, Eq)]
    pub enum Thing {
        Ship,
        Shot,
        Pickup,
        Beam,
    }
}

/// Kind of a ship.
pub const SHIP: u8 = Ship::INDEX;
/// Kind of a shot.
pub const SHOT: u8 = Shot::INDEX;
/// Kind of a pickup.
pub const PICKUP: u8 = Pickup::INDEX;
/// Kind of the beam of a rail.
pub const BEAM: u8 = Beam::INDEX;

/// A player's private state.
#[derive(Private, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stats {
    /// Points.
    #[range(0, i32::MAX)]
    pub score: i32,
    /// Ships destroyed.
    pub kills: u16,
    /// Own ships lost.
    pub deaths: u16,
    /// Kills since the last death.
    #[range(0, STREAK_MAX)]
    pub streak: i32,
    /// Rank from 1, as of the last ranking.
    pub place: u16,
    /// How many players there are.
    pub players: u16,
    /// The tick at which the ship returns; 0 while alive.
    #[range(0, i32::MAX)]
    pub respawn_tick: i32,
    /// The player who killed this one last.
    pub killer: Option<PlayerId>,
    /// The time from which the gun is ready, 1/16 ticks: each shot adds a pause.
    #[range(0, i32::MAX)]
    #[code(residual_bits = 6)]
    pub gun_ready: i32,
    /// The time from which the rail is ready, 1/16 ticks: each shot adds a pause.
    #[range(0, i32::MAX)]
    #[code(residual_bits = 9)]
    pub rail_ready: i32,
}

/// A velocity on its grid, within the range of its field.
pub(super) fn on_grid(velocity: Vec2) -> IVec2 {
    velocity.round().as_ivec2().clamp(IVec2::splat(-VELOCITY_MAX), IVec2::splat(VELOCITY_MAX))
}

pub(super) const SCHEMA: Schema = Schema { kinds: Thing::KINDS, private: Stats::FIELDS };

const _: () = SCHEMA.validate();
