// The types of the client core's values, for editors and for the type check. No code.

/**
 * The server's welcome to a connection.
 * @typedef {object} Welcome
 * @property {number | null} player the own player's id; null for a spectator
 * @property {string} name after the server's cleaning
 * @property {string} room
 * @property {number} tick_hz ticks per second
 * @property {number} chat_per_10s how many lines a player may say in ten seconds, whispers and reports among them
 * @property {string} schema hash of the schema, hexadecimal
 * @property {{token: number[], keep_s: number} | null} resume proves to the server, for `keep_s` seconds
 *   after the connection is lost, who the player was; null where it keeps no places
 * @property {number | null} resumed if the player goes on where it was: the last command that the
 *   server has received from it
 * @property {any} map the game's map
 */

/**
 * The descriptor of a game's schema, as the core writes it. Lengths are in grid units.
 * @typedef {object} Descriptor
 * @property {string} game its name
 * @property {number} steps_per_unit grid units in one unit of the game's world
 * @property {{half_x: number, half_y: number, margin: number, cell: number}} view the view that the
 *   server sends to a player: half its size, how far beyond it an entity that was in it stays
 *   visible, and the side of a cell of the server's grid
 * @property {string[]} head the numbers before the fields of a drawn entity, in order
 * @property {{name: string, fields: Field[]}[]} kinds in the order of their numbers
 * @property {Field[]} private the player's private state
 * @property {Control[]} controls of a player, in the order in which the core takes them; none if the
 *   game does not describe them
 */

/**
 * A field of an entity or of the private state.
 * @typedef {object} Field
 * @property {string} name
 * @property {number} at its place: behind the start of a drawn entity, or in the private state
 * @property {number} min smallest value
 * @property {number} max largest value
 * @property {'decision' | 'outcome'} role what a player or the rules decide, or what follows
 * @property {'step' | 'linear' | 'turn'} blend how it is drawn between two ticks
 * @property {number} steps_per_unit steps of its value in one unit of the game's world
 */

/**
 * A control of a player.
 * @typedef {object} Control
 * @property {string} name
 * @property {number} min smallest value
 * @property {number} max largest value
 * @property {number} default its value while it is not held
 * @property {boolean} turns whether its values are a circle, in which the smallest follows the largest
 * @property {number} steps_per_unit steps of its value in one unit of the game's world
 * @property {string[]} values the names of its values from 0 on; none for a plain number
 */

/**
 * What a player holds: values of controls by name. A number is in units of the game's world and is
 * rounded to the control's steps; a direction (`Angle`: 256 steps make a turn) may lie outside its
 * range, and wraps around. An enum's value is its name. What is not named has its default.
 * @typedef {Record<string, number | boolean | string | null | undefined>} Held
 */

/**
 * The core's numbers at one picture: ticks with their fractions, milliseconds, counts.
 * @typedef {object} Live
 * @property {number} newest tick of the newest frame
 * @property {number} view tick of the view time, at which the others are drawn
 * @property {number} own tick at which the own avatar is drawn
 * @property {number} delay how far behind the frames that arrive the others should be drawn, milliseconds
 * @property {number} buffer milliseconds of frames in the buffer
 * @property {number} lead milliseconds by which inputs are made ahead of the frames that arrive
 * @property {number} margin milliseconds by which inputs arrive early, as the server reports
 * @property {number} pending inputs not acknowledged yet
 * @property {number} corrections of the own avatar, so far
 * @property {number} correction size of the last one, world grid units
 * @property {number} starved pictures without a frame new enough to draw the others from, so far
 */

/**
 * The counters of the core, named as in `shared::client::Stats`.
 * @typedef {Record<string, any> & {feel?: Record<string, number>}} Stats
 */

/**
 * A notice for a person.
 * @typedef {object} Notice
 * @property {any} [event] an event of the game: `{Tagged: {by: 3, whom: 4}}` for the variant `Tagged`
 *   of an enum, its name alone if it has no data
 * @property {ChatLine} [chat] a line of the room
 * @property {{line: number}} [withdrawn] a line that must not be shown any more
 * @property {{from: number, from_name: string, to: number, to_name: string, text: string}} [whisper]
 *   a line to one player: this one, or another by this one
 * @property {{number: number}} [taken] the rules have taken the commands up to this one
 * @property {{number: number | null, reason: string}} [refused] a command was refused, or, without a
 *   number, a chat line or a ticket
 * @property {{in_s: number}} [ticket_ends] the ticket ends in so many seconds, and the connection with
 *   it unless the session brings another
 * @property {{events: number}} [missed] the number of missed events
 */

/**
 * A line of the room's chat.
 * @typedef {object} ChatLine
 * @property {number} line its number, for a report
 * @property {number | null} player who says it; null for the game itself
 * @property {string} name of the player at that time
 * @property {string} text
 * @property {number} tick when it was said
 * @property {boolean} earlier whether it was said before this player came
 */

/**
 * The state of the connection: `open` until the first frame, then `playing`. `until` (milliseconds
 * of `performance.now`) is the time of the next attempt while `waiting`; `then` is what to offer
 * meanwhile; `ticket` is for the session, which asks for a fresh one.
 * @typedef {object} State
 * @property {'title' | 'connecting' | 'open' | 'playing' | 'waiting' | 'ended'} name
 * @property {'wait' | 'elsewhere' | 'ask' | 'here' | 'reload' | 'ticket'} [then]
 * @property {number} [until]
 * @property {string} [text] what happened, as a sentence
 * @property {string} [why] the same in a word: one of `WHY` in `closing.js`, or `silent`, `page`, `old`
 * @property {boolean} [asked] whether the server has said when to try again: by itself a page does
 *   not come earlier
 */

/**
 * The callbacks of a session; all are optional.
 * @typedef {object} SessionListener
 * @property {(welcome: Welcome) => void} [welcome] a connection has joined a room: the previous
 *   state of the world is void
 * @property {(notice: Notice) => void} [notice] an event, a line of chat, or how many were missed
 * @property {(id: number, record: any) => void} [record] a record of the document has come or
 *   changed, or is gone (null)
 * @property {() => void} [document] all of the document has arrived on this connection
 * @property {(now: number) => void} [frame] a frame of the server was applied
 * @property {(state: State) => void} [state] the state of the connection has changed
 */

export {};
