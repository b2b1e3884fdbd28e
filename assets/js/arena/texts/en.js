// English. The sections follow the parts of the page.

import { WORDS } from '../../net/netgraph.js';
import { LANES } from '../../net/lanes.js';

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
/** @type {Record<string, string>} */
const ENDINGS = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
const numbers = new Intl.NumberFormat('en');

/** @param {number} n @param {string} one @param {string} [many] */
const counted = (n, one, many = `${one}s`) => `${numbers.format(n)} ${n === 1 ? one : many}`;
/** @param {number} n */
const ordinal = (n) => `${n}${ENDINGS[ordinals.select(n)]}`;

/** @type {Record<string, string>} */
const STREAKS = { 3: 'Three in a row', 5: 'Five in a row', 10: 'Ten in a row', 15: 'Fifteen in a row', 20: 'Unstoppable' };

export const EN = {
  numbers,
  ordinal,

  /** For players who do not see the arena. */
  spoken: {
    or: ' or ',
    noKey: 'no key',
    arena: (fly, gun, rail) => `The arena. Fly: ${fly}. Aim with the mouse; without one the ship aims ahead. Gun: ${gun}. Rail: ${rail}. Escape opens the menu, where you can change the keys. Shift plus Tab leaves the arena.`,
  },

  keys: {
    /** @type {Record<import('../bindings.js').Action, string>} */
    actions: {
      up: 'Fly up',
      left: 'Fly left',
      down: 'Fly down',
      right: 'Fly right',
      boost: 'Boost',
      fire: 'Fire the gun',
      rail: 'Fire the rail',
      follow: 'Fly towards pointer',
      chat: 'Chat',
      players: 'Players',
      previous: 'Previous player',
      next: 'Next player',
      mute: 'Mute',
      screen: 'Full screen',
      lab: 'Lag lab',
    },
    /** Names of keys and buttons by their codes. @type {Record<string, string>} */
    names: {
      Mouse0: 'Left button',
      Mouse1: 'Middle button',
      Mouse2: 'Right button',
      ShiftLeft: 'Shift',
      ShiftRight: 'Right Shift',
      Escape: 'Esc',
      Space: 'Space',
      Enter: 'Enter',
      NumpadEnter: 'Numpad Enter',
      Tab: 'Tab',
    },
    button: (n) => `Button ${n}`,
    mouse: 'Mouse',
    none: 'none',
    press: 'Press a key…',
    pressFor: (action) => `${action}: press a key`,
    ask: 'Press a key or mouse button. Esc cancels, Delete clears.',
    cleared: 'Cleared.',
    reserved: (key) => `${key} belongs to the page or the browser; press another.`,
    taken: (key, action) => `${key} was taken from “${action}”.`,
    takenLast: (key, action) => `${key} was taken from “${action}”, which has no key now.`,
    reset: 'All keys are back to their defaults.',
    shift: 'In Firefox, Shift with the right mouse button opens the browser’s menu.',
  },

  devices: {
    leftStick: 'Left stick',
    rightStick: 'Right stick',
    lost: 'Controller disconnected',
    refused: 'This controller is not supported: the browser does not know its buttons.',
    soundOn: 'Sound on',
    soundOff: 'Sound off',
    fly: 'fly',
    aim: 'aim + fire',
  },

  /** What is said to those who do not see the picture. */
  account: {
    hull: (percent) => `Hull ${percent}%`,
    hit: (side) => `Hit from ${side}`,
    /** Clockwise from the east. */
    sides: ['the right', 'below', 'the left', 'above'],
  },

  title: {
    fly: 'fly',
    boost: 'boost',
    aim: 'aim',
    gun: 'gun',
    rail: 'rail',
    chat: 'chat',
    menu: 'menu',
    online: (players) => (players > 0 ? `${numbers.format(players)} playing` : 'Be the first'),
    room: (name, players) => `${name}, ${counted(players, 'player')}`,
    full: 'full',
    rounds: (minutes) => `Rounds of ${counted(minutes, 'minute')}: most points win. The crown flies with the leader.`,
  },

  score: {
    place: (place, players) => `${ordinal(place)} of ${players}`,
    tally: (kills, deaths) => `${counted(kills, 'kill')} · ${counted(deaths, 'death')}`,
    streak: (streak) => `streak ${streak}`,
    destroyed: ' was destroyed',
    away: (name) => `${name} (away)`,
  },

  streaks: {
    /** What a streak of this length is called; nothing except at a few lengths. */
    own: (streak) => (STREAKS[streak] ? `${STREAKS[streak]}!` : ''),
    others: (streak, name) => (STREAKS[streak] ? `${name}: ${STREAKS[streak].toLowerCase()}` : ''),
  },

  death: {
    someone: 'another player',
    by: (name) => `by ${name}`,
    byGun: (name) => `by ${name}, with the gun`,
    byRail: (name) => `by ${name}, with the rail`,
    /** The one who fired is no longer in the room. */
    gone: 'by somebody who has left',
    left: (hull) => `who had ${hull}% of the hull left`,
    streak: (streak) => `Your streak ended at ${streak}`,
  },

  effects: {
    kill: 'Kill',
    streak: (streak) => `Kill ×${streak}`,
    /** By the sort of the pickup. */
    taken: ['+ repair', '+ energy', '+ overdrive'],
  },

  /** Words on the picture. */
  marks: {
    killer: (hull) => `Hull ${hull}%`,
    locked: (seconds) => `Let go of fire · ${seconds} s`,
    protected: (seconds) => `Protected ${seconds} s`,
    truce: 'Truce',
  },

  aside: {
    silent: 'No word from the server for',
    seconds: (seconds) => `${seconds.toFixed(1)} s`,
    lost: 'Graphics lost; restoring…',
  },

  hints: {
    fly: 'to fly',
    fire: 'to fire',
    rail: 'for the rail, which pierces everything in its line',
    pickup: 'Fly over a symbol to pick it up',
    touch: { fly: 'Left thumb: fly', fire: 'Right thumb: aim and fire', rail: 'Tap the right thumb twice, or press the round button: rail' },
  },

  rounds: {
    begins: 'New round: all scores start at 0',
    winner: (name) => `${name} wins the round`,
    won: 'You win the round!',
    nobody: 'Nobody scored',
    own: (place, players, score) => `You: ${ordinal(place)} of ${players} · ${counted(score, 'point')}`,
    step: (place, name, score) => `${ordinal(place)}: ${name}, ${counted(score, 'point')}`,
    best: (score) => `Best today: ${numbers.format(score)}`,
    newBest: (score) => `New best today: ${numbers.format(score)}`,
    beaten: 'New best today!',
    overtake: (name, score) => `${counted(score, 'point')} to overtake ${name}`,
    leads: 'You lead',
  },

  players: {
    all: (players) => counted(players, 'player'),
    both: (people, bots, seen) => `${counted(people, 'player')} and ${counted(bots, 'bot')}${seen < bots ? `, ${numbers.format(seen)} seen so far` : ''}`,
    besides: (people, seen) => `${counted(people, 'player')}, and ${counted(seen, 'bot')} seen so far`,
    some: (known, players) => `${numbers.format(known)} of ${counted(players, 'player')} seen so far`,
    bot: 'bot',
    away: 'away',
    muted: 'muted',
    unmute: 'Unmute',
    muteWho: (name) => `Mute ${name}`,
    unmuteWho: (name) => `Unmute ${name}`,
    reportWho: (name) => `Report what ${name} said last`,
    reported: 'Reported',
  },

  /** Behind the name of who came or went; `others` did so as well. */
  company: {
    joined: (others) => (others > 0 ? `and ${counted(others, 'other')} have joined` : 'has joined'),
    left: (others) => (others > 0 ? `and ${counted(others, 'other')} have left` : 'has left'),
  },

  tab: {
    connecting: 'Connecting…',
    spectating: 'Watching',
    dead: 'Destroyed',
    missed: 'You were destroyed',
    podium: 'Round over',
    waiting: 'Reconnecting…',
    ended: 'Disconnected',
  },

  chat: {
    whispers: ' whispers: ',
    whispersTo: (name) => ` whispers to ${name}: `,
    whisper: 'Whisper',
    mute: 'Mute',
    report: 'Report',
    muted: (name) => `${name} is muted; /mute ${name} undoes it.`,
    unmuted: (name) => `${name} is no longer muted.`,
    reported: 'Reported: whoever runs this server can read the line.',
    notReported: 'Not reported: you are offline.',
    offline: 'Not sent: you are offline. Press Enter to try again.',
    whom: 'To whom? Type /w NAME and your message, to somebody who has spoken here.',
    slow: (lines) => `Slow down: at most ${counted(lines, 'message')} in ten seconds.`,
    left: (bytes) => `${bytes} left`,
    missed: (events) => `${counted(events, 'event')} ${events === 1 ? 'was' : 'were'} missed`,
  },

  menu: {
    play: 'Play',
    spectate: 'Spectate',
    fullScreen: 'Full screen',
    leaveFullScreen: 'Leave full screen',
    copied: (link) => `Copied: ${link}`,
    copyByHand: 'Couldn’t copy automatically. Copy this link:',
  },

  watch: {
    leader: 'Watching the leader',
    player: 'Watching',
    place: 'Free camera',
    hint: 'Click a ship to follow it, drag to look around',
    hintKeys: (previous, next) => `Click a ship to follow it, drag to look around, ${previous} and ${next} to switch`,
    hintTouch: 'Tap a ship to follow it, drag to look around',
  },

  broken: {
    network: 'The connection was lost while the game was loading.',
    browser: 'This browser lacks WebAssembly, or it is turned off: the game cannot run in it.',
  },

  status: {
    connecting: 'Connecting…',
    joining: 'Joining…',
    again: 'Trying again in',
    trying: 'Trying again…',
    /** What the buttons say. @type {Record<import('../reasons.js').Exit, string>} */
    exits: { again: 'Try again', now: 'Try now', here: 'Play here', elsewhere: 'Play in another room', play: 'Play instead', watch: 'Watch', reload: 'Reload the page' },
  },

  reasons: {
    /** Why the player is not playing. Where the server says more, its words stand in place of the text. */
    why: {
      silent: { head: 'The server has gone silent', text: 'It has sent nothing for a while. Your place is held.' },
      broken: { head: 'Connection lost', text: 'Your place is held for a moment.' },
      unreachable: { head: 'Can’t reach the server', text: 'It may be restarting, or your network may be down.' },
      stopped: { head: 'The server is restarting', text: 'It will be back in a moment.' },
      room_failed: { head: 'The room has failed', text: 'A new one is being opened.' },
      slow: { head: 'Your connection is too slow', text: 'The server could not send you the game in time.' },
      closed: { head: 'Closed for now', text: 'The server lets nobody new in at the moment.' },
      all_full: { head: 'Every room is full', text: 'You join as soon as somebody leaves.' },
      full: { head: 'This room is full', text: 'You join as soon as somebody leaves.' },
      locked: { head: 'This room is locked', text: 'It lets no new players in.' },
      no_room: { head: 'No more rooms', text: 'The server can’t open one more right now.' },
      no_spectating: { head: 'No spectators here', text: 'Spectating is turned off on this server.' },
      no_spectators: { head: 'No spectator seat left', text: 'Every seat to watch from is taken.' },
      address_rooms: { head: 'Too many rooms', text: 'Your network already plays in as many rooms as allowed: join one of those.' },
      address_seats: { head: 'Too many players', text: 'Your network has as many players here as allowed.' },
      room_closed: { head: 'The room was closed', text: 'Whoever runs this server has closed it.' },
      room_name: { head: 'No such room name', text: 'A room’s name has up to 32 letters, digits, - and _.' },
      evicted: { head: 'The room was closed', text: 'Nobody was playing in it, and its place was needed.' },
      old: { head: 'This page is out of date', text: 'The server is newer. Reload the page to go on.' },
      page: { head: 'Not from this page', text: 'The server lets nobody in from here.' },
      idle: { head: 'You were away too long', text: 'Your place was given up.' },
      flooding: { head: 'Too much at once', text: 'You sent more messages than the server allows.' },
      refused: { head: 'Not let in', text: 'This room does not let you in.' },
      taken_over: { head: 'You are playing elsewhere', text: 'Your game goes on in another window or tab.' },
      needs_ticket: { head: 'Sign in to play', text: 'This server needs a ticket from the site that offers the game.' },
      ticket_ended: { head: 'Your ticket has ended', text: 'Sign in again where the game is offered.' },
      ticket_refused: { head: 'Your ticket is not valid', text: 'Sign in again where the game is offered.' },
      kicked: { head: 'You were sent away', text: 'Whoever runs this server sent you away from this room.' },
      banned: { head: 'You are banned', text: 'Whoever runs this server has banned you.' },
      ended: { head: 'Disconnected', text: 'The connection was closed.' },
    },
  },

  /** What the server says (`said.js`). A `why` is in the words of those who run it. */
  said: {
    moment: new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' }),
    hasty: 'Wait a few seconds between chat lines.',
    gone: 'That player is not here any more.',
    waits: 'Too much waits for that player: try again later.',
    lineGone: 'That line is not there any more.',
    muted: (seconds, why) => `You are muted${seconds > 0 ? ` for another ${seconds} s` : ''}${why ? `: ${why}` : '.'}`,
    banned: (until, why) => `You are banned${until ? ` until ${until}` : ''}${why ? `: ${why}` : '.'}`,
    kicked: (why) => `You were sent away from this room${why ? `: ${why}` : '.'}`,
    nameInUse: 'This name, or one that looks like it, is in use here; choose another.',
    ticketEarly: 'The ticket is not valid yet; wait a moment and try again.',
    ticketExpired: 'The ticket has expired; get a new one.',
    ticketRoom: 'The ticket is for another room.',
    ticketRole: 'The ticket lets you watch, not play; join as a spectator.',
    ticketUsed: 'The ticket has been used; get a new one.',
    ticketInvalid: 'The ticket is not valid.',
    ticketHasty: 'Wait some seconds between tickets.',
    ticketOther: 'The ticket is not for who plays here; join again with it.',
    ticketLater: 'No further one-time ticket can be taken now; try again later.',
    page: (why) => `The server refuses this page: ${why}`,
    closed: (code) => `The connection was closed (code ${code}).`,
  },

  lab: {
    invalid: (part) => `“${part}” is not valid. A link is like 100ms,jitter=30ms,stall=1%x250ms,kbps=500 (each part may be left out, times up to 5000ms, jitter up to the latency, kbps from 8).`,
    jitterTooLong: 'The jitter is more than the latency.',
    asNumber: (label) => `${label}, as a number`,
    link: {
      latency: { label: 'Latency', title: 'Added to the round trip: half of it each way.' },
      jitter: { label: 'Jitter', title: 'How much the latency varies; never more than the latency.' },
      stall: { label: 'Stalls', title: 'Share of messages that hold up all later ones, as a lost packet does.' },
      stallFor: { label: 'Stall length', title: 'How long a stall lasts.' },
      kbps: { label: 'Bandwidth', title: 'What the link carries; 0 sets no limit.' },
    },
    switches: {
      prediction: { label: 'Prediction', title: 'Your ship answers at once instead of a round trip later.' },
      reconciliation: { label: 'Reconciliation', title: 'Inputs that the server has not acknowledged are replayed on its state.' },
      interpolation: { label: 'Interpolation', title: 'Others move between the states that the server sent.' },
      lagCompensation: { label: 'Lag compensation', title: 'The rail is judged by what you saw when you fired.' },
    },
    shows: {
      ghosts: { label: 'Ghosts', title: 'The server’s latest state, drawn beside what you see.' },
      visible: { label: 'Visible set and grid', title: 'What the server sends you, and the cells that it searches for it.' },
      pending: { label: 'Pending inputs', title: 'Where each unacknowledged input takes your ship.' },
    },
    feel: {
      corrections: { name: 'Corrections', title: 'How often the server put your ship elsewhere than predicted while it touched nobody.' },
      correction: { name: 'Correction size p50, p99', title: 'How far, in world units: median and 99th percentile. A ship is 28 units across.' },
      starved: { name: 'Starved', title: 'Pictures for which the newest frame was too old to draw the others from: they were extrapolated or held.' },
      jank: { name: 'Jank', title: 'Pictures in which something that should have moved did not.' },
      jumps: { name: 'Jumps, largest step', title: 'Moves of more than twice the top speed from one picture to the next, and the longest as a multiple of the top speed.' },
      input: { name: 'Input to display', title: 'From a change of your controls to the picture that shows it, median.' },
      recovery: { name: 'Recovery p99', title: 'From the first frame after a stall to a picture drawn from frames again.' },
      lead: { name: 'Lead, margin', title: 'How far ahead of the frames that arrive your inputs are made, and how early they reach the server. The lead follows the margin.' },
      late: { name: 'Late inputs', title: 'Inputs that reached the server after their tick.' },
      delay: { name: 'Delay, buffer', title: 'How far behind the frames that arrive the others should be drawn, and how much of that is left.' },
      pending: { name: 'Inputs pending', title: 'Inputs that the server has not acknowledged; they are replayed on every frame.' },
      ticks: (n) => `${n} ticks`,
    },
    traffic: WORDS,
    /** @type {Record<keyof typeof LANES, string>} */
    lanes: LANES,
  },
};
