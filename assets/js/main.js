// The page: opens on the title, then joins session, scene, view and panels once per frame.

import { Chat } from './arena/chat.js';
import { Controls } from './arena/controls.js';
import { byId } from './arena/dom.js';
import { Effects } from './arena/effects.js';
import { BOOST, THRUST, worldSize } from './arena/fields.js';
import { missedText } from './arena/format.js';
import { Hud } from './arena/hud.js';
import { Minimap } from './arena/minimap.js';
import { NetPanel } from './arena/netpanel.js';
import { Scene } from './arena/scene.js';
import { Sound } from './arena/sound.js';
import { Status } from './arena/status.js';
import { title } from './arena/title.js';
import { View } from './arena/view.js';
import { loadCore } from './net/core.js';
import { run } from './net/loop.js';
import { NetGraph } from './net/netgraph.js';
import { Session } from './net/session.js';
import { publish } from './state.js';

const SLOW_MS = 100;
const DRIFT_UNITS_PER_MS = 0.03;

class Page {
  calm = matchMedia('(prefers-reduced-motion: reduce)');
  canvas = byId('game');
  view = new View(this.canvas, asked.get('draw'));
  scene = new Scene();
  sound = new Sound();
  effects = new Effects(this.calm, this.sound);
  hud = new Hud();
  minimap = new Minimap(byId('minimap'));
  graph = new NetGraph();
  net = new NetPanel(this.graph);
  controls = new Controls(this.canvas, () => this.view.camera.toScreen(this.scene.own ?? this.view.camera));
  status = new Status((elsewhere) => this.session.retry(elsewhere));
  chat = new Chat((text) => this.session.chat(text), (open) => this.#chatOpened(open));
  session;
  state = { name: 'title' };
  stats = null;
  #leader = null;
  #drawnAt = 0;
  #slowAt = 0;

  constructor(newCore) {
    const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;
    this.session = new Session(url, newCore, {
      welcome: (welcome) => this.#welcomed(welcome),
      notice: (notice) => this.#noticed(notice),
      frame: (now) => this.graph.arrived(now),
      state: (state) => this.#changed(state),
    });
    for (const name of ['pointerdown', 'keydown']) addEventListener(name, () => this.sound.unlock());
    addEventListener('keydown', (event) => this.#key(event));
    addEventListener('online', () => this.state.name === 'waiting' && this.session.retry());
    byId('open-chat').addEventListener('click', () => this.session.playing && this.chat.show());
    byId('open-keys').addEventListener('click', () => byId('keys').showModal());
    byId('open-net').addEventListener('click', () => {
      this.#toggleNet();
      this.#focus();
    });
    // A button that keeps the focus would keep the keys from the game.
    byId('keys').addEventListener('close', () => this.#focus());
  }

  get player() {
    return this.session.welcome?.player ?? null;
  }

  play(name, room) {
    this.session.join(name, room);
    this.#focus();
  }

  frame(now, visible) {
    this.session.pump(now, () => this.controls.encode());
    if (!visible) return;
    const ms = Math.min(100, now - this.#drawnAt);
    this.#drawnAt = now;
    this.graph.drew(now);
    if (this.session.playing) this.#observe(now);
    else if (this.state.name === 'title' && !this.calm.matches) this.view.camera.x += ms * DRIFT_UNITS_PER_MS * 10;
    this.effects.advance(ms);
    this.view.camera.advance(ms);
    this.sound.listener = this.view.camera;
    this.view.draw(this.scene, this.effects, this.#play(), now);
    this.hud.frame(this.scene.own, this.effects.flash);
    if (now - this.#slowAt < SLOW_MS) return;
    this.#slowAt = now;
    this.#slow(now);
  }

  #observe(now) {
    const { core } = this.session;
    const { scene } = this;
    scene.update(core.draw(now), core.stride, now);
    this.view.camera.follow(scene.own);
    this.effects.watch(scene, this.player, now, this.view.backdrop.rocks);
    const buttons = scene.own?.buttons ?? 0;
    this.sound.engine(buttons & BOOST ? 2 : buttons & THRUST ? 1 : 0);
  }

  /** What of the player the picture depends on. */
  #play() {
    const { core } = this.session;
    return {
      player: this.player,
      leader: this.#leader,
      aim: this.controls.read().aim,
      sticks: [this.controls.left, this.controls.right],
      name: (player) => core?.name(player) ?? null,
      stride: core?.stride,
    };
  }

  #slow(now) {
    this.status.tick(now);
    const { core, welcome, playing } = this.session;
    if (!playing) return;
    this.stats = core.stats();
    this.graph.sample(this.stats, now);
    this.net.update(core.tick, welcome.tick_hz, now);
    this.minimap.draw(this.scene, this.view.camera);
    this.hud.update(core.private.slice(), {
      tick: core.tick,
      tickHz: welcome.tick_hz,
      player: welcome.player,
      name: welcome.name,
      killerName: (player) => core.name(player),
    });
  }

  #welcomed(welcome) {
    this.scene.clear();
    this.graph.reset();
    this.hud.reset();
    this.#leader = null;
    this.view.backdrop.setMap(welcome.map);
    this.view.camera.world = worldSize(welcome.map);
    this.minimap.setMap(welcome.map);
    byId('room').textContent = welcome.room;
  }

  #noticed({ event, chat, missed }) {
    if (chat) this.chat.line(chat.name, chat.text, chat.player === this.player);
    if (missed) this.chat.note(missedText(missed.events));
    if (event?.Hit && !document.hidden) this.effects.hit(event.Hit, this.player, this.view.camera);
    if (event?.Taken && !document.hidden) this.effects.taken(event.Taken);
    if (event?.Leaders) {
      this.#leader = event.Leaders[0]?.player ?? null;
      this.hud.lead(event.Leaders);
    }
    if (event?.Kill) {
      // Nothing moves on while the page is hidden: all would go off at once when it is shown.
      if (!document.hidden) this.effects.kill(event.Kill, this.player, this.view.camera);
      this.hud.kill(event.Kill, this.player);
    }
  }

  #changed(state) {
    this.state = state;
    this.status.show(state);
    this.hud.hidden = state.name !== 'playing' && !this.session.welcome;
    if (state.name === 'playing') return;
    this.controls.release();
    this.hud.hideDeath();
  }

  #chatOpened(open) {
    this.controls.release();
    if (!open) this.#focus();
  }

  #focus() {
    this.canvas.focus({ preventScroll: true });
  }

  #toggleNet() {
    this.net.open = !this.net.open;
  }

  #key(event) {
    if (event.code === 'F3') {
      event.preventDefault();
      this.#toggleNet();
    } else if (event.code === 'Escape') {
      if (this.chat.open) this.chat.close();
      else this.net.open = false;
    } else if (event.target.closest('input, button, dialog')) {
      // The key is meant for what has the focus.
    } else if (event.code === 'Enter' && this.session.playing) {
      event.preventDefault();
      this.chat.show();
    } else if (event.key === '?') {
      byId('keys').showModal();
    }
  }
}

const asked = new URLSearchParams(location.search);
const loading = loadCore(fetch(new URL('../core.wasm', import.meta.url)));

function open(newCore) {
  const page = new Page(newCore);
  publish(page);
  run((now, visible) => page.frame(now, visible));
  const room = asked.get('room') ?? '';
  if (asked.has('autoplay')) {
    byId('title').hidden = true;
    page.play(asked.get('name') ?? '', room);
  } else {
    title(asked.get('name'), (name) => page.play(name, room));
  }
}

loading.then(open).catch((error) => {
  console.error('drumbeat:', error);
  byId('broken').hidden = false;
  byId('broken-text').textContent = error.message;
});

// For guard.js.
document.body.dataset.loaded = 'true';
