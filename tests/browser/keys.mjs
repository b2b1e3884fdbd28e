// What is held and when it is released; keys that are not the game's; the labels of keys.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESKTOP, FIREFOX, PHONE, goesEast, notInFirefox } from './player.mjs';
import { stage } from './stage.mjs';

let ada;
let devtools;

const NO_DEVTOOLS = 'the test sends fingers or unusual keys by the DevTools protocol';

const held = (player = ada) => player.page.evaluate(() => window.drumbeat.held);
const keys = (player = ada) => player.page.getByRole('dialog', { name: 'Keys' });
const chat = () => ada.page.getByRole('textbox', { name: 'Chat' });

/** Dispatches an event in the page; returns whether the page prevented its default action. */
function prevents(selector, kind, init) {
  return ada.page.evaluate(([where, type, what]) => {
    const target = where === 'window' ? window : where === 'document' ? document : document.querySelector(where);
    const made = what.key ? new KeyboardEvent(type, { cancelable: true, bubbles: true, ...what }) : new Event(type, { cancelable: true, ...what });
    return !target.dispatchEvent(made);
  }, [selector, kind, init ?? {}]);
}

/** Sends a key as a keyboard of another layout, or an input method, reports it. */
async function key(code, typed, keyCode = typed.toUpperCase().charCodeAt(0), through = devtools) {
  for (const type of ['rawKeyDown', 'keyUp']) await through.send('Input.dispatchKeyEvent', { type, code, key: typed, windowsVirtualKeyCode: keyCode });
}

describe('keys and buttons', () => {
  before(async () => {
    ada = await stage.open('/?autoplay&name=Kay&room=keys', DESKTOP, stage.quiet);
    await ada.state('playing');
    if (!FIREFOX) devtools = await ada.page.context().newCDPSession(ada.page);
    await ada.page.mouse.move(720, 200);
  });

  after(() => ada?.close());

  test('move the own ship, on the server too', async () => {
    await ada.page.keyboard.down('KeyD');
    await goesEast(stage.quiet, 'Kay', 100);
    await ada.page.keyboard.up('KeyD');
  });

  /** Holds W and the left button, and checks that what `happens` releases them. */
  async function letGoBy(happens) {
    await ada.page.keyboard.down('KeyW');
    await ada.page.mouse.down();
    assert.deepEqual((await held()).sort(), ['fire', 'up']);
    await happens();
    assert.deepEqual(await held(), []);
    await ada.page.keyboard.up('KeyW');
    await ada.page.mouse.up();
  }

  for (const [where, kind, init] of [
    ['window', 'blur'], ['document', 'visibilitychange'], ['window', 'pagehide'], ['document', 'freeze'],
    ['document', 'fullscreenchange'], ['.board', 'dragstart', { bubbles: true }], ['.board', 'contextmenu', { bubbles: true }],
  ]) {
    test(`are let go at ${kind}`, async () => {
      await letGoBy(() => prevents(where, kind, init));
      await ada.state('playing');
    });
  }

  test('are let go on the server too', async () => {
    await ada.page.keyboard.down('KeyW');
    await ada.until(() => window.drumbeat.own?.buttons === 1);
    await prevents('document', 'visibilitychange');
    await ada.until(() => window.drumbeat.own?.buttons === 0);
    await ada.page.keyboard.up('KeyW');
  });

  test('are let go when the menu, the keys or the chat open', async () => {
    await letGoBy(() => ada.press('Escape'));
    await ada.press('Escape');
    await letGoBy(() => ada.page.getByRole('button', { name: 'Menu' }).dispatchEvent('click'));
    await ada.press('Escape');
    await letGoBy(() => ada.page.keyboard.type('?'));
    await ada.press('Escape');
    await letGoBy(() => ada.press('Enter'));
    await ada.press('Escape');
  });

  test('a button is let go when the browser takes the pointer away', async () => {
    await ada.page.mouse.down();
    assert.deepEqual(await held(), ['fire']);
    await ada.page.evaluate(() => {
      const pointer = { pointerId: 1, pointerType: 'mouse', bubbles: true };
      document.getElementById('game').dispatchEvent(new PointerEvent('lostpointercapture', pointer));
    });
    await ada.until(() => window.drumbeat.held.length === 0);
    await ada.page.mouse.up();
  });

  test('both sticks are let go when the page is left', { skip: notInFirefox(NO_DEVTOOLS) }, async () => {
    const tim = await stage.open('/?autoplay&room=keys', PHONE, stage.quiet);
    await tim.state('playing');
    const touch = await tim.page.context().newCDPSession(tim.page);
    const thumbs = (type, ...touchPoints) => touch.send('Input.dispatchTouchEvent', { type, touchPoints });
    const [left, right] = [{ x: 140, y: 700, id: 1 }, { x: 300, y: 650, id: 2 }];
    await thumbs('touchStart', { ...left, x: 90 });
    await thumbs('touchStart', { ...left, x: 90 }, { ...right, y: 700 });
    await thumbs('touchMove', left, right);
    await tim.until(() => (window.drumbeat.own?.buttons & 5) === 5);
    await tim.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await tim.until(() => window.drumbeat.own?.buttons === 0);
    // Fingers that stay down do not steer.
    await thumbs('touchMove', { ...left, x: 60 }, { ...right, x: 340 });
    await tim.ticks(5);
    assert.equal(await tim.page.evaluate(() => window.drumbeat.own.buttons), 0);
    await thumbs('touchEnd');
    await tim.close();
  });

  test('the picture of a spectator is let go as well', async () => {
    const eye = await stage.open('/?spectate&room=keys', DESKTOP, stage.quiet);
    await eye.state('spectating');
    await eye.until(() => window.drumbeat.others.length > 0);
    await eye.page.mouse.move(700, 400);
    await eye.page.mouse.down();
    await eye.page.mouse.move(760, 400, { steps: 4 });
    const dragged = await eye.page.evaluate(() => window.drumbeat.watched);
    assert.equal(dragged.how, 'place');
    await eye.page.evaluate(() => dispatchEvent(new Event('blur')));
    await eye.page.mouse.move(600, 300, { steps: 4 });
    assert.deepEqual(await eye.page.evaluate(() => window.drumbeat.watched), dragged);
    await eye.close();
  });

  test('with Control, Alt or Command a key is the browser\'s', async () => {
    for (const modifier of ['Control', 'Alt', 'Meta']) {
      await ada.page.keyboard.down(modifier);
      await ada.page.keyboard.down('KeyD');
      assert.deepEqual(await held(), [], modifier);
      await ada.page.keyboard.up('KeyD');
      await ada.page.keyboard.up(modifier);
      assert.equal(await prevents('#game', 'keydown', { key: 'f', code: 'KeyF', [`${modifier.slice(0, 4).toLowerCase().replace('cont', 'ctrl')}Key`]: true }), false);
    }
    await ada.page.keyboard.down('KeyW');
    await ada.page.keyboard.down('Meta');
    assert.deepEqual(await held(), [], 'macOS does not tell when W is let go now');
    await ada.page.keyboard.up('Meta');
    await ada.page.keyboard.up('KeyW');
  });

  test('of two Shift keys that are let go at once Windows tells of one', async () => {
    for (const code of ['KeyW', 'ShiftLeft', 'ShiftRight']) await ada.page.keyboard.down(code);
    assert.deepEqual((await held()).sort(), FIREFOX ? ['up'] : ['boost', 'up']);
    await ada.page.keyboard.up('ShiftRight');
    await ada.until(() => String(window.drumbeat.held) === 'up');
    for (const code of ['KeyW', 'ShiftLeft']) await ada.page.keyboard.up(code);
  });

  test('a key that is held opens something once', async () => {
    for (let i = 0; i < 4; i += 1) await ada.page.keyboard.down('Escape');
    assert.ok(await ada.page.getByRole('dialog', { name: 'Menu' }).isVisible());
    await ada.page.keyboard.up('Escape');
    await ada.press('Escape');
    for (let i = 0; i < 4; i += 1) await ada.page.keyboard.down('Enter');
    assert.ok(await chat().isVisible());
    await ada.page.keyboard.up('Enter');
    await ada.press('Escape');
    await ada.page.keyboard.type('?');
    await keys().getByRole('button', { name: 'Fly up: W' }).focus();
    for (let i = 0; i < 4; i += 1) await ada.page.keyboard.down('Enter');
    await ada.page.keyboard.up('Enter');
    assert.ok(await keys().getByRole('button', { name: 'Fly up: press a key' }).isVisible());
    await ada.press('Escape');
    await ada.press('Escape');
    await keys().waitFor({ state: 'hidden' });
  });

  test('a key that did something before is written as often as it repeats', async () => {
    await ada.page.keyboard.press('KeyW');
    await ada.page.getByRole('button', { name: 'Chat' }).click();
    for (let i = 0; i < 3; i += 1) await ada.page.keyboard.down('KeyW');
    await ada.page.keyboard.up('KeyW');
    assert.equal(await chat().inputValue(), 'www');
    await chat().fill('');
    await ada.press('Escape');
  });

  test('what is typed does not search the page, and fields take it', async () => {
    for (const target of ['#game', 'body', '#open-chat']) {
      for (const typed of ['\'', '/', 'x']) assert.ok(await prevents(target, 'keydown', { key: typed, code: 'Quote' }), `${typed} at ${target}`);
    }
    assert.equal(await prevents('#open-chat', 'keydown', { key: ' ', code: 'Space' }), false, 'the space bar presses a button');
    // In the arena every key without a modifier is the game's, but for those that lead out of it.
    for (const code of ['F1', 'F7', 'F10', 'Backspace', 'PageDown', 'Home', 'Insert', 'NumpadDivide']) {
      assert.ok(await prevents('#game', 'keydown', { key: code, code }), code);
    }
    for (const code of ['F5', 'F6', 'F11', 'F12']) assert.equal(await prevents('#game', 'keydown', { key: code, code }), false, code);
    assert.equal(await prevents('#game', 'keydown', { key: 'Tab', code: 'Tab', shiftKey: true }), false);
    assert.equal(await prevents('#open-menu', 'keydown', { key: 'Tab', code: 'Tab' }), false);
    assert.ok(await prevents('#game', 'keydown', { key: 'Tab', code: 'Tab' }));
    const players = ada.page.getByRole('dialog', { name: 'Players' });
    await players.waitFor({ state: 'visible' });
    await ada.press('Tab');
    assert.ok(await players.isVisible(), 'Tab moves the focus there');
    await ada.press('KeyP');
    await players.waitFor({ state: 'hidden' });
    await ada.press('Enter');
    await ada.page.keyboard.type('\'/w?');
    assert.equal(await chat().inputValue(), '\'/w?');
    assert.deepEqual(await held(), []);
    await chat().fill('');
    await ada.press('Escape');
  });

  test('no key acts that an input method takes', { skip: notInFirefox(NO_DEVTOOLS) }, async () => {
    const compose = (text) => devtools.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await ada.press('Enter');
    await compose('にほん');
    for (const code of ['Enter', 'Escape', 'F3', 'KeyF']) await key(code, 'Process', 229);
    assert.equal(await chat().inputValue(), 'にほん');
    assert.equal(await ada.page.getByRole('complementary', { name: 'Lag lab' }).isVisible(), false);
    // Firefox reports composition by `isComposing`, without the key code 229.
    for (const typed of ['Escape', 'F3']) await prevents('#chat-text', 'keydown', { key: typed, code: typed, isComposing: true });
    assert.ok(await chat().isVisible());
    await devtools.send('Input.insertText', { text: '日本' });
    await ada.press('Enter');
    await ada.page.getByRole('log').getByText('日本').waitFor({ state: 'visible' });
    for (const code of ['KeyW', 'Escape', 'Enter']) await key(code, 'Process', 229);
    assert.equal(await ada.page.locator('dialog[open]').count(), 0);
    assert.equal(await chat().isVisible(), false);
    await ada.page.keyboard.type('?');
    await keys().getByRole('button', { name: 'Fly up: W' }).click();
    await key('KeyP', 'Process', 229);
    assert.ok(await keys().getByRole('button', { name: 'Fly up: press a key' }).isVisible());
    await ada.press('Escape');
    await ada.press('Escape');
    await keys().waitFor({ state: 'hidden' });
    await ada.assertSound();
  });

  test('are named by what they type, where the browser tells nothing else', { skip: notInFirefox(NO_DEVTOOLS) }, async () => {
    const first = () => Object.defineProperty(navigator, 'keyboard', { value: undefined });
    const zoe = await stage.open('/?room=keys', DESKTOP, stage.quiet, first);
    await zoe.state('title');
    const through = await zoe.page.context().newCDPSession(zoe.page);
    const hint = () => zoe.page.locator('#title-keys li').first().innerText();
    assert.match(await hint(), /W\s*A\s*S\s*D\s*fly/);
    // The keys of a French keyboard; the dead key (circumflex) gives no label.
    for (const [code, typed] of [['KeyW', 'z'], ['KeyO', 'o'], ['KeyA', 'q'], ['BracketLeft', 'Dead']]) await key(code, typed, undefined, through);
    assert.match(await hint(), /Z\s*Q\s*S\s*D\s*fly/);
    await zoe.screenshot('title-azerty');
    await zoe.page.reload();
    await zoe.state('title');
    assert.match(await hint(), /Z\s*Q\s*S\s*D\s*fly/);
    await zoe.page.getByRole('button', { name: 'Change keys' }).click();
    for (const name of ['Fly up: Z', 'Fly left: Q', 'Previous player: A']) await keys(zoe).getByRole('button', { name, exact: true }).waitFor();
    await zoe.screenshot('keys-azerty');
    await keys(zoe).getByRole('button', { name: 'Close' }).click();
    await zoe.page.getByRole('button', { name: 'Watch' }).click();
    await zoe.page.getByText('A and R to switch').waitFor();
    await zoe.assertNoErrors();
    await zoe.close();
  });
});
