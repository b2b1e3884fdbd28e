// The page: connects session, scene, view and panels.

import { NetGraph } from '../net/index.js';
import { Account, spoken } from './account.js';
import { sightOf } from './aim.js';
import { Announce } from './announce.js';
import { connectSound, toggleSound } from './audio.js';
import { Bindings } from './bindings.js';
import { Controls } from './controls.js';
import { Death } from './death.js';
import { Device } from './device.js';
import { byId, setText } from './dom.js';
import { Effects } from './effects.js';
import { Events } from './events.js';
import { Hud } from './hud.js';
import { Keyboard } from './keyboard.js';
import { KeysDialog } from './keysdialog.js';
import { LagLab } from './labpanel.js';
import { Marks } from './marks.js';
import { toggleScreen } from './menu.js';
import { Minimap } from './minimap.js';
import { Overlays } from './overlays.js';
import { connectPads } from './padplay.js';
import { Panels } from './panels.js';
import { Pictures } from './pictures.js';
import { Preview, mayMove } from './preview.js';
import { renews } from './renew.js';
import { Scene } from './scene.js';
import { Settings } from './settings.js';
import { Sound } from './sound.js';
import { Spectate } from './spectate.js';
import { standings } from './standings.js';
import * as store from './store.js';
import { texts } from './texts/index.js';
import { TouchScreen, railButton } from './touch.js';
import { View } from './view.js';
import { Weapons } from './weapons.js';
import { connectChat, connectMenu, connectStatus, connectTitle } from './wiring.js';
import { worldOf } from './world.js';

/** @typedef {import('../net/index.js').Session} Session */
/** @typedef {import('../net/types.js').State} State */
/** @typedef {import('../net/types.js').Welcome} Welcome */

export class Page {
  settings = new Settings();
  bindings = new Bindings(store);
  canvas = byId('game', HTMLCanvasElement);
  sound = new Sound();
  effects = new Effects(this.settings, this.sound);
  hud = new Hud();
  death = new Death();
  marks = new Marks();
  announce = new Announce();
  minimap = new Minimap(byId('minimap', HTMLCanvasElement));
  panels = new Panels();
  graph = new NetGraph();
  device = new Device(this.bindings);
  controls = new Controls(this.canvas, this.bindings, this.device, () => sightOf(this));
  showCharge = railButton(this.controls);
  touch = new TouchScreen(this.canvas);
  keys = new KeysDialog(this.bindings);
  account = new Account();
  /** Applies the sound settings. */
  #setSound = connectSound(this.sound, this.settings);

  /**
   * @param {Session} session
   * @param {{name: string | null, room: string, draw: string | null, alone: boolean}} asked from the address
   */
  constructor(session, asked) {
    this.session = session;
    /** Shown within another page: nothing opens over the picture. */
    this.alone = asked.alone;
    const { schema } = session;
    this.panels.changed = (panels) => this.view.camera.avoid(panels);
    this.scene = new Scene(schema);
    this.view = new View(this.canvas, schema, asked.draw);
    this.weapons = new Weapons(schema);
    session.on = {
      welcome: (welcome) => this.#welcomed(welcome),
      notice: (notice) => this.#noticed(notice),
      frame: (now) => {
        this.graph.history.arrived(now);
        this.overlays.heard();
      },
      state: (state) => this.#changed(state),
    };
    const focus = () => this.focus();
    const show = () => this.#open(this.keys);
    this.status = connectStatus(this);
    this.chat = connectChat(this, (open) => this.#chatOpened(open));
    const { hud, death, announce, chat, effects, marks, minimap } = this;
    this.events = new Events({ account: this.account, hud, death, announce, chat, effects, marks, minimap, camera: this.view.camera, grid: schema.grid });
    this.lab = new LagLab(session, this.graph, focus);
    this.spectate = new Spectate(this.canvas, this.bindings, { watch: (target) => this.#aim(target), play: () => this.play(session.name, this.room) });
    this.preview = new Preview(session, () => this.title.open && mayMove(this.settings));
    this.preview.changed = () => this.#set();
    this.title = connectTitle(this, asked, show);
    this.overlays = new Overlays(this);
    this.menu = connectMenu(this, { keys: show, players: () => this.#open(this.overlays.players), lab: () => this.#toggleLab() });
    this.pictures = new Pictures(this, connectPads(this, (action) => this.#act(action), () => this.chat.open && this.#escape()));
    this.keyboard = new Keyboard(this.bindings, this.canvas, {
      take: (event) => this.keys.take(event) || this.overlays.players.take(event, this.bindings),
      flies: () => session.playing && !this.spectating,
      press: (action, event) => this.#pressed(action, event),
      letGo: (code, { timeStamp }) => this.controls.letGo(code, timeStamp),
      letGoAll: () => this.controls.letGoKeys(),
      escape: () => this.#escape(),
      help: show,
    });
    byId('open-chat').addEventListener('click', () => this.#openChat());
    byId('open-menu').addEventListener('click', () => this.#open(this.menu));
    byId('open-lab').addEventListener('click', () => this.#toggleLab());
    // A button that gets the focus back would keep keys from the game.
    for (const id of ['menu', 'keys', 'players']) byId(id).addEventListener('close', () => this.title.open || this.chat.open || focus());
    this.bindings.changed = this.device.changed = () => this.#showKeys();
    this.settings.changed = () => this.#set();
    // Only some browsers report the keyboard layout.
    /** @type {any} */ (navigator).keyboard?.getLayoutMap?.().then((/** @type {any} */ layout) => this.bindings.layout.learn(layout), () => {});
    this.#showKeys();
    this.#set();
  }

  get player() {
    return this.session.welcome?.player ?? null;
  }

  /** The room that the page is in or wants to join. */
  get room() {
    return this.session.welcome?.room ?? this.session.room;
  }

  /** How long the server has sent nothing, milliseconds. */
  get silence() {
    return this.overlays.silence;
  }

  /** Whether the page is a spectator, without a ship. */
  get spectating() {
    return this.session.welcome?.player === null;
  }

  /** The player's private numbers by name; null without a connection. */
  get private() {
    const { core, schema } = this.session;
    return core && schema.private.read(core.private);
  }

  /** Who stands where, best first, the own player as of now. */
  get standings() {
    const { score, place } = this.private ?? {};
    const { player, name } = this.session.welcome ?? {};
    return standings(this.events.leaders, player === null || player === undefined ? null : { player, name: name ?? '', score: score ?? 0, place: place ?? 0 });
  }

  /**
   * @param {string} name
   * @param {string} room
   */
  play(name, room) {
    // Not within another page: in a tab of its own.
    if (this.alone) return byId('join-in').click();
    this.preview.end();
    this.session.join({ name, room });
    this.focus();
  }

  /**
   * @param {string} name
   * @param {string} room
   */
  watch(name, room) {
    this.preview.end();
    this.session.join({ name, room, spectate: true });
    this.focus();
  }

  /** Returns to the title. */
  leave() {
    this.session.leave();
    this.#forget();
    this.title.show();
  }

  /** Focuses the game: a button with the focus would keep keys from it. */
  focus() {
    this.canvas.focus({ preventScroll: true });
  }

  /**
   * Lets a spectator watch something.
   * @param {'leader' | number | {x: number, y: number}} target a player, or a place in world units
   */
  #aim(target) {
    const { grid } = this.session.schema;
    this.session.watch(typeof target === 'object' ? { x: target.x * grid, y: target.y * grid } : target);
  }

  /** @param {import('../net/types.js').Notice} notice */
  #noticed(notice) {
    this.events.take(notice, this.player);
    this.overlays.take(notice);
    const victim = notice.event?.Kill?.victim;
    if (victim !== undefined) this.spectate.killed(victim, (this.session.welcome?.map.rules?.respawn_s ?? 0) * 1000);
  }

  /** Forgets the world. */
  #forget() {
    this.scene.clear();
    this.view.clear();
    this.pictures.forget();
  }

  /** @param {Welcome} welcome */
  #welcomed(welcome) {
    this.#forget();
    this.graph.reset();
    this.hud.reset();
    this.death.hide();
    this.marks.clear();
    this.weapons.set(welcome);
    this.events.reset();
    this.overlays.welcomed(welcome);
    const world = worldOf(welcome.map, this.session.schema.grid);
    this.view.backdrop.setWorld(world, welcome.room);
    this.view.camera.world = world;
    this.minimap.setWorld(world);
    this.spectate.on = this.hud.spectating = welcome.player === null;
    this.controls.steers = welcome.player !== null;
    this.keys.assists = welcome.map.aim_assistance;
    // A player who returns to the same room keeps the chat.
    const room = byId('room');
    if (room.textContent !== welcome.room) this.chat.clear();
    setText(room, welcome.room);
  }

  /** @param {State} state */
  #changed(state) {
    if (renews(state)) return;
    const apart = this.preview.takes(state);
    if (!apart) this.status.show(state, this.session.spectate);
    // The sky behind the title is empty without a connection.
    else if (state.name === 'waiting') this.#forget();
    this.hud.hidden = apart || state.name === 'title' || (state.name !== 'playing' && !this.session.welcome);
    if (state.name === 'playing') return;
    this.sound.engine(0);
    this.controls.release();
    this.death.hide();
  }

  /**
   * @param {import('./bindings.js').Action} action
   * @param {KeyboardEvent} event
   */
  #pressed(action, { code, repeat, timeStamp }) {
    this.controls.press(code, timeStamp);
    if (!repeat) this.#act(action);
  }

  /** @param {import('./bindings.js').Action | 'menu'} action of a key or of a gamepad's button; most are held */
  #act(action) {
    if (action === 'chat') this.#openChat();
    if (action === 'screen') toggleScreen();
    if (action === 'lab') this.#toggleLab();
    if (action === 'previous') this.spectate.cycle(-1);
    if (action === 'next') this.spectate.cycle(1);
    if (action === 'menu') this.#open(this.menu);
    if (action === 'players') this.#open(this.overlays.players);
    if (action === 'mute') toggleSound(this.settings, this.device);
  }

  /** @param {{showModal(): void}} dialog takes the keys from the game */
  #open(dialog) {
    if (this.alone) return;
    this.controls.release();
    dialog.showModal();
  }

  #openChat() {
    if (this.session.playing && !this.spectating) this.chat.show();
  }

  /** @param {boolean} open */
  #chatOpened(open) {
    this.controls.release();
    if (!open) this.focus();
  }

  #toggleLab() {
    if (this.alone) return;
    this.lab.open = !this.lab.open;
    if (!this.title.open) this.focus();
  }

  #escape() {
    if (this.chat.open) this.chat.close();
    else if (this.title.open) this.lab.open = false;
    else this.#open(this.menu);
  }

  #showKeys() {
    this.keys.show();
    this.title.showKeys(this.device);
    for (const action of /** @type {const} */ (['menu', 'chat', 'lab'])) setText(byId(`${action}-key`), this.device.names(action)[0] ?? '');
    this.canvas.ariaLabel = spoken(this.bindings);
  }

  #set() {
    document.body.classList.toggle('calm', this.settings.matches);
    this.#setSound();
    // Fights behind the title are seen, not heard.
    this.sound.muted ||= this.preview.on;
  }
}
