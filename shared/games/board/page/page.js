// Board's page: connects the room, the board, the tools and the panels.

import { copyText, openSession, roomLink, run } from './js/net/index.js';
import { Board } from './app/board.js';
import { Camera } from './app/camera.js';
import { Chat } from './app/chat.js';
import { listen } from './app/keys.js';
import { Muted } from './app/muted.js';
import { Outbox } from './app/outbox.js';
import { SIDE, WIDTHS } from './app/palette.js';
import { paintOver, paintSheet } from './app/paint.js';
import { build, find, say, showChoice, showState, showVote, toggle } from './app/panels.js';
import { People } from './app/people.js';
import { save, toPicture, toSvg } from './app/save.js';
import { keep, recall } from './app/store.js';
import { Tools } from './app/tools.js';
import { Writing } from './app/writing.js';

const ARROW = 40;
const STATES = { title: '', connecting: 'Connecting…', open: 'Connecting…', ended: 'Not connected.' };

const params = new URLSearchParams(location.search);
const [sheet, over] = [find('sheet').getContext('2d', { alpha: false }), find('over').getContext('2d')];
const camera = new Camera();
const [number] = crypto.getRandomValues(new Uint32Array(1));
const session = await openSession({ core: fetch('core.wasm') }).catch((error) => {
  find('state').textContent = error.message;
  throw error;
});
const outbox = new Outbox(number, (request) => session.send(request));
const board = new Board(outbox, say);
const writing = new Writing(find('writing'), camera, board, over);
const tools = new Tools(find('over'), camera, board, {
  note: (place) => {
    const key = board.objects.at(place, 0) ?? '';
    if (board.objects.notes.has(key)) writing.edit(key);
    else writing.begin(place, tools.colour);
  },
  edit: (key) => writing.edit(key),
  moved,
  chosen: () => (board.isDirty = true),
  may: () => {
    if (outbox.isFull) say('Not connected for long: what you draw now could not be sent.');
    return !outbox.isFull;
  },
});
const muted = new Muted();
/** Hides what somebody says, or shows it again. @param {string} name */
function mute(name) {
  say(muted.toggle(name) ? `You no longer see what ${name} says: the list of people brings it back.` : `You see again what ${name} says.`);
  chat.remute();
}
/** Whether something can be said now. */
const canSay = (text) => {
  if (text.trim() && !session.playing) say('Not connected: say it again later.');
  return session.playing;
};
const chat = new Chat(find('chat'), find('chat-toggle'), {
  say: (text) => canSay(text) && session.chat(text),
  whisper: (player, text) => canSay(text) && session.whisper(player, text),
  report: (line) => {
    if (!session.playing) return say('Not reported: you are offline.');
    session.report(line);
    say('Reported: whoever runs this server can read the line.');
  },
  note: say,
  people: () => people.filter(({ own }) => !own),
  me: () => session.welcome,
  muted,
  mute,
});
const list = new People({ muted, mute, whisper: (name) => [closeAll(), chat.begin(name)] });
/** Those whose cursor is in the room, the own one first. */
let people = [];
let [arrived, votedOn, isComplete] = [false, -1, false];

function moved() {
  board.isDirty = true;
  writing.place();
}

/** What buttons and keys do, by name. */
const DOES = {
  ...Object.fromEntries(['pen', 'note', 'select', 'hand'].map((tool) => [tool, () => choose({ tool })])),
  undo: () => [tools.lift(), board.ask('Undo')],
  redo: () => [tools.lift(), board.ask('Redo')],
  delete: () => board.remove(),
  all: () => [choose({ tool: 'select' }), (board.selected = new Set([...board.objects.lines.keys(), ...board.objects.notes.keys()]))],
  nothing: () => [board.selected.clear(), closeAll()],
  in: () => [camera.zoomBy(1.25), moved()],
  out: () => [camera.zoomBy(0.8), moved()],
  whole: () => [camera.zoomBy(1 / camera.zoom), moved()],
  fit: () => [camera.fit(board.objects.box), moved()],
  thinner: () => choose({ width: Math.max(0, tools.width - 1) }),
  thicker: () => choose({ width: Math.min(WIDTHS.length - 1, tools.width + 1) }),
  chat: () => chat.open(),
  help: () => find('help').showModal(),
  clear: () => find('sure').showModal(),
  write: () => {
    const [key] = board.selected;
    if (board.selected.size === 1 && board.objects.notes.has(key)) writing.edit(key);
    else writing.begin(camera, tools.colour);
  },
  link: async () => {
    const link = roomLink(location.href, session.welcome?.room ?? session.room);
    say((await copyText(link)) ? 'The link is copied.' : link);
  },
  png: () => toPicture(board.objects).toBlob((blob) => (blob ? save(blob, 'board.png') : say('This browser cannot make a picture so large: save it as SVG.'))),
  svg: () => save(new Blob([toSvg(board.objects, over)], { type: 'image/svg+xml' }), 'board.svg'),
};

function choose(choice) {
  tools.lift();
  Object.assign(tools, choice);
  if (tools.tool !== 'select') board.selected.clear();
  if ('colour' in choice && board.selected.size) board.recolour(choice.colour);
  showChoice(tools);
}

function closeAll() {
  toggle('people', 'people-list', false);
  toggle('more', 'menu', false);
}

function listenToPage() {
  build((colour) => choose({ colour }), (width) => choose({ width }));
  showChoice(tools);
  find('people').onclick = () => [toggle('more', 'menu', false), toggle('people', 'people-list')];
  find('more').onclick = () => [toggle('people', 'people-list', false), toggle('more', 'menu')];
  find('over').addEventListener('pointerdown', closeAll);
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element && target.closest('button');
    const { tool, do: what, vote } = (button && button.dataset) || {};
    if (button && button.closest('#menu')) closeAll();
    if (vote) [board.ask({ Vote: { clear: vote === 'yes' } }), (votedOn = board.objects.vote?.until ?? -1)];
    else DOES[tool ?? what ?? '']?.();
  });
  find('sure').onclose = () => {
    if (find('sure').returnValue !== 'clear') return;
    board.ask({ Vote: { clear: true } });
    votedOn = Infinity;
  };
  const arrow = (dx, dy, far) => {
    const by = { x: dx * ARROW * (far ? 5 : 1), y: dy * ARROW * (far ? 5 : 1) };
    if (board.selected.size) board.drop({ x: by.x / 4, y: by.y / 4 });
    else [camera.pan(-by.x, -by.y), moved()];
  };
  listen((what) => DOES[what](), arrow, (held) => (tools.space = held));
  addEventListener('beforeunload', (event) => outbox.size && event.preventDefault());
}

function listenToRoom() {
  session.on = {
    state: ({ name }) => name === 'playing' && chat.begins(session.core?.tick ?? 0),
    record: (id, record) => board.take(id, record, performance.now()),
    document: () => {
      board.whole();
      if (!arrived && !board.objects.isEmpty) DOES.fit();
      arrived = true;
    },
    notice: (notice) => {
      if (notice.chat) chat.add(notice.chat);
      else if (notice.whisper) chat.whisper(notice.whisper);
      else if (notice.withdrawn) chat.withdraw(notice.withdrawn.line);
      else if (notice.refused) [chat.refused(), say(notice.refused.reason)];
    },
  };
}

/** Asks for a name, unless there is one. */
async function nameOf() {
  const known = params.get('name') ?? recall('localStorage', 'name');
  if (known !== null) return known;
  const dialog = find('welcome');
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  dialog.showModal();
  await new Promise((resolve) => (dialog.onclose = resolve));
  const name = dialog.querySelector('input').value.trim();
  keep('localStorage', 'name', name);
  return name;
}

function frame(now) {
  const { core, schema } = session;
  outbox.pump(now);
  tools.pump(now);
  const at = tools.pointer && camera.place(tools.pointer);
  const within = (value) => Math.min(SIDE, Math.max(0, value));
  session.pump(now, { shown: at !== null, colour: tools.colour, x: within(at?.x ?? camera.x), y: within(at?.y ?? camera.y) });
  if (session.playing && core) {
    const cursors = [...schema.entities(core.draw(now), core.stride)];
    people = cursors.map((cursor) => ({ ...cursor, name: core.name(cursor.player) ?? '' })).sort((a, b) => Number(b.own) - Number(a.own) || a.name.localeCompare(b.name));
  }
  const own = session.playing && core ? schema.private.read(core.private) : { hand: board.hand, undo: 0, redo: 0 };
  board.hand = own.hand || board.hand;
  board.settle(now);
  paint();
  show(own, now);
}

function paint() {
  if (camera.resize()) {
    for (const { canvas } of [sheet, over]) [canvas.width, canvas.height] = [Math.round(camera.width * camera.density), Math.round(camera.height * camera.density)];
    moved();
  }
  if (board.isDirty || !isComplete) {
    board.isDirty = false;
    isComplete = paintSheet(sheet, camera, board, writing.note?.key ?? null);
  }
  const cursors = session.playing ? people.filter(({ own, shown }) => shown && !own) : [];
  paintOver(over, camera, board, { cursors, frame: tools.frame });
}

function show({ undo = 0, redo = 0 }, now) {
  const { name, text, until } = session.state;
  const wait = until ? ` Again in ${Math.max(0, Math.ceil((until - now) / 1000))} s.` : '';
  const state = name === 'playing' ? session.welcome?.room ?? '' : (text ?? STATES[name] ?? '') + wait;
  const unsent = name === 'playing' && outbox.size < 4 ? 0 : outbox.size;
  const empty = arrived && board.objects.isEmpty && board.drafts.size === 0 && !writing.note;
  showState({ text: state, away: name === 'waiting' || name === 'ended', unsent, undo, redo, selected: board.selected.size, zoom: camera.zoom, empty });
  list.show(people);
  const { vote } = board.objects;
  if (!vote) votedOn = votedOn === Infinity ? votedOn : -1;
  else if (votedOn === Infinity) votedOn = vote.until;
  showVote(vote && describe(vote));
}

function describe({ by, yes, needed, until }) {
  const seconds = Math.max(0, Math.ceil((until - (session.core?.tick ?? until)) / (session.welcome?.tick_hz ?? 20)));
  const isOwn = by === session.welcome?.player;
  const who = isOwn ? 'You want' : `${people.find(({ player }) => player === by)?.name || 'Somebody'} wants`;
  return { text: `${who} to clear the board for everybody: ${yes} of ${needed} votes, ${seconds} s left`, voted: votedOn === until };
}

listenToPage();
listenToRoom();
const before = Number(recall('sessionStorage', 'page'));
if (before) board.ask({ Resume: { page: before } });
keep('sessionStorage', 'page', `${number}`);
session.join({ name: await nameOf(), room: params.get('room') ?? '' });
// For the browser's console and the tests.
Object.assign(globalThis, { session, board, camera, outbox, isSettled: () => isComplete && board.rests && outbox.size === 0, toSvg: () => toSvg(board.objects, over) });
run(frame);
