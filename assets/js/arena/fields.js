// The positions of Arena's fields in the core's drawn numbers and in the private ones. The order is
// that of `shared/src/arena/schema.rs`.

const HEAD = 3;
const place = (names, from) => Object.freeze(Object.fromEntries(names.map((name, i) => [name, from + i])));

export const KEY = 0;
export const KIND = 1;
export const OWN = 2;

export const SHIP = 0;
export const SHOT = 1;
export const PICKUP = 2;
export const BEAM = 3;

/** Field names of each kind, by kind. */
export const FIELDS = [
  ['steer', 'buttons', 'aim', 'hp', 'vx', 'vy', 'x', 'y', 'heading', 'energy', 'shield', 'player', 'streak'],
  ['vx', 'vy', 'x', 'y', 'life', 'player'],
  ['x', 'y', 'sort'],
  ['x', 'y', 'aim', 'length', 'life', 'player'],
].map((names) => place(names, HEAD));

export const PRIVATE = place(
  ['score', 'kills', 'deaths', 'streak', 'place', 'players', 'respawnTick', 'killer', 'gunReady',
    'railReady', 'overdriveUntil'],
  0,
);

/** Grid steps per world unit. */
export const GRID = 16;
/** Velocity steps per world unit per tick. */
export const VELOCITY = 256;
/** Steps of a full turn. */
export const TURN = 256;

export const HP_MAX = 100;
export const ENERGY_MAX = 1000;
/** Radius of a ship and of a pickup, world units. */
export const RADIUS = 14;
/** The part of the world that a player sees, world units. */
export const VIEW = { width: 1600, height: 900 };

export const THRUST = 1;
export const BOOST = 2;
export const FIRE = 4;
export const RAIL = 8;

/** The size of a map in world units. */
export const worldSize = ({ width, height }) => ({ width: width / GRID, height: height / GRID });
