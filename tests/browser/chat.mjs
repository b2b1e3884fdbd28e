// The page of the chat: people talk, whisper, mute and report. The tests build on each other: Ada and
// Bob stay throughout.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESKTOP, PHONE, eventually, openPlayer } from './player.mjs';
import { startServer } from './server.mjs';
import { stage } from './stage.mjs';

/** Somebody in a room of the chat. */
class Talker {
  constructor(tab) {
    this.tab = tab;
    this.page = tab.page;
    this.field = this.page.getByRole('textbox', { name: 'Message' });
  }

  static async open(server, name, options = DESKTOP, room = 'tea') {
    const talker = new Talker(await openPlayer(stage.browser, options, `${server.url}/?room=${room}`));
    await talker.page.getByRole('textbox', { name: 'Your name' }).fill(name);
    await talker.page.getByRole('button', { name: 'Join' }).click();
    await talker.tab.until(() => window.session?.playing && window.session.hasDocument);
    return talker;
  }

  async write(text) {
    await this.field.fill(text);
    await this.field.press('Enter');
  }

  /** Waits for a line with this text; returns its row. */
  async reads(text) {
    const row = this.page.locator('#lines li', { hasText: text }).last();
    await row.waitFor({ state: 'visible' });
    return row;
  }

  /** Chooses an item from the menu of the last line with this text. */
  async choose(text, item) {
    await (await this.reads(text)).locator('.who').click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  /** How many lines with this text are to be seen. */
  count(text) {
    return this.page.locator('#lines li:visible', { hasText: text }).count();
  }

  async close() {
    await this.tab.assertNoErrors();
    await this.tab.close();
  }
}

describe('the chat', () => {
  let server;
  let ada;
  let bob;

  before(async () => {
    // They say more than a person does in ten seconds; what the limit does is under test elsewhere.
    const settings = ['--topic', 'Tea, and what goes with it', '--mod-password', 'sesame', '--chat-per-10s', '1000'];
    server = await startServer('--game', 'chat', ...settings);
    ada = await Talker.open(server, 'Ada');
    bob = await Talker.open(server, 'Bob');
  });

  after(async () => {
    await ada?.close();
    await bob?.close();
    await server?.stop();
  });

  test('two tabs talk, as text only', async () => {
    await ada.write('hello <img src=x onerror="window.evil = 1"> https://example.org/a?b=1.');
    const row = await bob.reads('hello <img');
    assert.equal(await bob.page.evaluate(() => window.evil ?? null), null);
    const link = row.getByRole('link');
    assert.equal(await link.getAttribute('href'), 'https://example.org/a?b=1');
    assert.match(await link.getAttribute('rel'), /noopener.*noreferrer/);
    await bob.write('/me pours a cup');
    await ada.reads('pours a cup');
    assert.equal(await ada.count('/me'), 0);
    await ada.page.getByText('Tea, and what goes with it').waitFor();
  });

  test('who comes late reads what was said', async () => {
    const late = await Talker.open(server, 'Late');
    await late.reads('pours a cup');
    await late.write('what did I miss?');
    await ada.reads('what did I miss?');
    await late.reads('New since you came');
    await ada.reads('Late is here');
    // Who only closes the page may come back for a while.
    await late.page.evaluate(() => window.session.leave());
    await late.close();
    await ada.reads('Late has left');
  });

  test('a whisper is seen by two', async () => {
    const eve = await Talker.open(server, 'Eve');
    await ada.choose('pours a cup', 'Whisper to Bob');
    assert.equal(await ada.field.inputValue(), '/w Bob ');
    await ada.field.pressSequentially('the milk is off');
    await ada.field.press('Enter');
    await bob.reads('whispers to you: the milk is off');
    await ada.reads('whispers to Bob: the milk is off');
    await ada.write('milk, anybody?');
    await eve.reads('milk, anybody?');
    assert.equal(await eve.count('the milk is off'), 0);
    await eve.close();
    await bob.write('/w Nobody hi');
    await bob.reads('Nobody here goes by that name');
    assert.equal(await bob.field.inputValue(), '/w Nobody hi');
    await bob.field.fill('');
  });

  test('a refused line comes back, and the arrow keys bring back written ones', async () => {
    await bob.write('/dance');
    await bob.reads('Not sent: there is no command /dance');
    assert.equal(await bob.field.inputValue(), '/dance');
    await bob.field.fill('draft');
    await bob.field.press('ArrowUp');
    await bob.field.press('ArrowUp');
    assert.equal(await bob.field.inputValue(), '/me pours a cup');
    await bob.field.press('ArrowDown');
    await bob.field.press('ArrowDown');
    assert.equal(await bob.field.inputValue(), 'draft');
    await bob.field.fill('é'.repeat(101));
    await bob.page.getByText('2 too many').waitFor();
    await bob.field.fill('');
  });

  test('a muted speaker is not read, here and after a reload', async () => {
    await bob.choose('milk, anybody?', 'Hide what Ada says');
    assert.equal(await bob.count('milk, anybody?'), 0);
    await bob.page.reload();
    await bob.reads('pours a cup');
    await ada.write('can you read this?');
    await ada.reads('can you read this?');
    await bob.write('I read nothing');
    await bob.reads('I read nothing');
    assert.equal(await bob.count('can you read this?'), 0);
    await bob.page.locator('#members .who', { hasText: 'Ada' }).click();
    await bob.page.getByRole('menuitem', { name: 'Show Ada again' }).click();
    await bob.reads('can you read this?');
  });

  test('a report leaves a line in the log, and a moderator removes what is reported', async () => {
    await bob.write('buy my tea');
    await ada.choose('buy my tea', 'Report this line');
    await eventually('the log has the report', () => /a chat line was reported.*buy my tea/.test(server.output()));
    await ada.write('/mod sesame');
    await ada.reads('you are a moderator now');
    await ada.choose('buy my tea', 'Remove this line');
    await ada.reads('is removed');
    await bob.tab.until(() => ![...document.querySelectorAll('#lines .said')].some((row) => row.textContent.includes('buy my tea')));
  });

  test('a moderator who tries another password stays one in the next room', async () => {
    const moe = await Talker.open(server, 'Moe', DESKTOP, 'milk');
    await moe.write('/mod sesame');
    await moe.reads('you are a moderator now');
    await moe.write('/mod guess');
    await moe.reads('that is not the password');
    await moe.page.evaluate(() => window.session.join({ name: 'Moe', room: 'sugar' }));
    await moe.tab.until(() => [...document.querySelectorAll('#lines li')].filter((row) => row.textContent.includes('you are a moderator now')).length === 2);
    await moe.close();
  });

  test('lines below are counted while one reads above, by keyboard too', async () => {
    const eve = await Talker.open(server, 'Eve', { viewport: { width: 800, height: 300 } });
    await eve.reads('I read nothing');
    await eve.page.locator('#log').evaluate((log) => (log.scrollTop = 0));
    await bob.write('one below');
    await eve.page.getByRole('button', { name: '1 new line below' }).click();
    await eve.reads('one below');
    await eve.page.locator('.who[tabindex="0"]').focus();
    await eve.page.keyboard.press('ArrowUp');
    await eve.page.keyboard.press('Enter');
    await eve.page.getByRole('menuitem').first().waitFor();
    await eve.page.keyboard.press('Escape');
    await eve.page.locator('#lines .who:focus').waitFor();
    await eve.close();
  });

  test('it looks as it should, and is accessible', async () => {
    await ada.write('مرحبا بالجميع');
    await bob.reads('مرحبا بالجميع');
    await bob.write('Ada, is there sugar? The long answer is that I have looked into every tin on the shelf, twice');
    await ada.reads('sugar');
    await ada.page.locator('#lines .who').last().click();
    await ada.tab.screenshot('chat-desktop');
    await ada.page.keyboard.press('Escape');
    await ada.tab.assertAccessible();
    const phone = await Talker.open(server, 'Phone', PHONE);
    await phone.reads('sugar');
    await phone.tab.screenshot('chat-phone');
    await phone.page.getByRole('button', { name: /here$/ }).tap();
    await phone.tab.screenshot('chat-phone-people');
    await phone.tab.assertAccessible();
    await phone.close();
  });
});
