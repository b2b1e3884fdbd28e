// The shapes of what the client core tells, for editors and for the type check. No code.

/**
 * The server's welcome to a connection.
 * @typedef {object} Welcome
 * @property {number | null} player the own player's id; null for a spectator
 * @property {string} name as the server cleaned it
 * @property {string} room
 * @property {number} tick_hz ticks a second
 * @property {string} schema hash of the schema, hexadecimal
 * @property {any} map the game's map
 * @property {View} [view] what the server tells a player of
 */

/**
 * The part of the world that a player is told of, in world grid units.
 * @typedef {object} View
 * @property {number} half_x half of its width
 * @property {number} half_y half of its height
 * @property {number} margin how far beyond it something stays known that was in it
 * @property {number} cell the side of a cell of the server's grid
 */

/**
 * The core's numbers at one screen frame: ticks with their fractions, milliseconds, counts.
 * @typedef {object} Live
 * @property {number} newest tick of the newest frame
 * @property {number} view tick at which the others are drawn
 * @property {number} own tick at which the own avatar is drawn
 * @property {number} delay milliseconds that the others are drawn behind the newest frame, as aimed at
 * @property {number} buffer milliseconds of frames in hand
 * @property {number} lead milliseconds that inputs are made ahead of the server
 * @property {number} margin milliseconds that inputs come before they are needed, as the server says
 * @property {number} pending inputs not acknowledged yet
 * @property {number} corrections of the own avatar, so far
 * @property {number} correction size of the last one, world grid units
 * @property {number} starved screen frames without anything to draw the others from, so far
 */

/**
 * The counters of the core, named as in `shared::client::Stats`.
 * @typedef {Record<string, any> & {feel?: Record<string, number>}} Stats
 */

/**
 * Something that a person should be told.
 * @typedef {object} Notice
 * @property {any} [event] an event of the game
 * @property {{player: number, name: string, text: string}} [chat] a line of the room
 * @property {{events: number}} [missed] how many events did not come
 */

/**
 * How the connection is: `open` until the first frame, then `playing`; `until` (milliseconds of
 * `performance.now`) is when a waiting one is tried again; `then` is what to offer meanwhile.
 * @typedef {object} State
 * @property {'title' | 'connecting' | 'open' | 'playing' | 'waiting' | 'ended'} name
 * @property {'wait' | 'elsewhere' | 'ask' | 'reload'} [then]
 * @property {number} [until]
 * @property {string} [text] what happened, as a sentence
 */

export {};
