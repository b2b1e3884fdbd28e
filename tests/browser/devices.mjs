// Playing without a mouse: by the keyboard alone, and with gamepads, which the test puts in the place of
// the browser's own.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESKTOP } from './player.mjs';
import { stage } from './stage.mjs';

let ada;

/** Gives the page `window.pad`, which sets what its only gamepad does, or takes it away. */
function fakePads() {
  const pads = [null];
  navigator.getGamepads = () => pads;
  window.rumbled = 0;
  window.pad = (state) => {
    const { down = [], axes = [0, 0, 0, 0], mapping = 'standard' } = state ?? {};
    const buttons = Array.from({ length: 17 }, (_, button) => ({ pressed: down.includes(button), value: Number(down.includes(button)) }));
    const vibrationActuator = { playEffect: () => Promise.resolve((window.rumbled += 1)) };
    pads[0] = state && { index: 0, id: 'Test Controller', connected: true, mapping, axes, buttons, vibrationActuator };
  };
}

/** Sets what the gamepad does, one after the other, each for two pictures. */
function pad(...states) {
  return ada.page.evaluate(async (wanted) => {
    const picture = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (const state of wanted) {
      window.pad(state);
      for (const from = window.drumbeat.frame; window.drumbeat.frame < from + 2;) await picture();
    }
  }, states);
}

/** Presses and releases a button of the gamepad. */
const button = (number) => pad({ down: [number] }, {});

const focused = () => ada.page.evaluate(() => document.activeElement.id);
const menu = () => ada.page.getByRole('dialog', { name: 'Menu' });

describe('without a mouse', () => {
  before(async () => {
    ada = await stage.open('/?autoplay&name=Ina&room=devices', DESKTOP, stage.quiet, fakePads);
    await ada.state('playing');
    await ada.until(() => window.drumbeat.own !== null);
  });

  after(() => ada?.close());

  test('a new ship stays as it is, and the keyboard alone flies, aims ahead and fires', async () => {
    const [heading, steer] = await ada.page.evaluate(() => [window.drumbeat.own.heading, window.drumbeat.own.steer]);
    await ada.ticks(30);
    assert.deepEqual(await ada.page.evaluate(() => [Math.round(window.drumbeat.own.heading), window.drumbeat.device]), [steer, 'keys'], `it was at ${heading}`);
    for (const [key, aim] of [['KeyD', 0], ['KeyS', 64], ['KeyA', 128], ['KeyW', 192]]) {
      await ada.page.keyboard.down(key);
      await ada.until((steps) => window.drumbeat.own?.aim === steps, aim);
      await ada.page.keyboard.up(key);
    }
    for (const code of ['KeyW', 'KeyJ', 'Space']) await ada.page.keyboard.down(code);
    await ada.until(() => window.drumbeat.own?.buttons === 7 && window.drumbeat.others.some(({ kind }) => kind === 'shot'));
    for (const code of ['KeyW', 'KeyJ', 'Space']) await ada.page.keyboard.up(code);
  });

  test('the mouse aims once it is moved', async () => {
    await ada.page.mouse.move(100, 450);
    await ada.page.mouse.move(200, 450);
    await ada.until(() => window.drumbeat.device === 'mouse');
    // It aims at the pointer in the west, although the ship flies east.
    await ada.page.mouse.move(20, 450);
    await ada.page.keyboard.down('KeyD');
    await ada.until(() => window.drumbeat.own?.steer === 0 && Math.cos((window.drumbeat.own.aim / 128) * Math.PI) < -0.5);
    await ada.page.keyboard.up('KeyD');
  });

  test('a gamepad that is connected later flies, aims, boosts, fires, and names its buttons', async () => {
    await pad({});
    assert.equal(await ada.page.evaluate(() => window.drumbeat.device), 'mouse');
    await pad({ axes: [0, 1, 0, 0] });
    await ada.until(() => window.drumbeat.device === 'pad' && window.drumbeat.own?.steer === 64 && window.drumbeat.own.buttons === 1);
    await pad({ axes: [0, 1, -1, 0], down: [6] });
    await ada.until(() => window.drumbeat.own?.aim === 128 && window.drumbeat.own.buttons === 7);
    await pad({ down: [5] });
    await ada.until(() => (window.drumbeat.own?.buttons & 8) === 8);
    await pad({});
    await ada.until(() => window.drumbeat.own?.buttons === 0);
    assert.match(await ada.page.getByRole('button', { name: 'Menu' }).innerText(), /Start/);
    await ada.screenshot('gamepad');
  });

  test('its buttons move through the menu and set what is there', async () => {
    await button(9);
    await menu().waitFor({ state: 'visible' });
    assert.equal(await focused(), 'menu-resume');
    await button(13);
    assert.equal(await focused(), 'menu-sound');
    await button(0);
    assert.equal(await ada.page.getByLabel('Sound', { exact: true }).isChecked(), false);
    await button(13);
    const volume = () => ada.page.getByLabel('Volume').inputValue();
    const before = Number(await volume());
    await button(14);
    assert.equal(Number(await volume()), before - 5);
    // The stick does what the pad's cross does, and the ship feels nothing of it.
    await pad({ axes: [0, 1, 0, 0] }, {});
    assert.equal(await focused(), 'menu-calm');
    assert.equal(await ada.page.evaluate(() => window.drumbeat.own.buttons), 0);
    await button(1);
    await menu().waitFor({ state: 'hidden' });
    assert.equal(await focused(), 'game');
  });

  test('one that is lost lets go of everything, and is said', async () => {
    await pad({ axes: [1, 0, 0, 0], down: [7] });
    await ada.until(() => window.drumbeat.own?.buttons === 5);
    await pad(null);
    await ada.until(() => window.drumbeat.own?.buttons === 0);
    await ada.page.getByText('Controller disconnected').waitFor({ state: 'visible' });
    await ada.assertAccessible();
    await pad({ mapping: '', down: [0] });
    await ada.page.getByText('This controller is not supported').waitFor({ state: 'visible' });
    await pad(null);
  });

  test('M turns the sound on and off, and Numpad Enter opens the chat', async () => {
    await ada.press('KeyM');
    await ada.page.getByText('Sound on').waitFor({ state: 'visible' });
    await ada.press('KeyM');
    await ada.page.getByText('Sound off').waitFor({ state: 'visible' });
    // Playwright knows no such key.
    await ada.page.evaluate(() => document.getElementById('game').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'NumpadEnter', bubbles: true, cancelable: true })));
    await ada.page.getByRole('textbox', { name: 'Chat' }).waitFor({ state: 'visible' });
    await ada.press('Escape');
    await ada.assertSound();
  });
});
