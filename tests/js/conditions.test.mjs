// What the lag lab has set holds for the connection there is, and for those to come.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Conditions } from '../../assets/js/net/conditions.js';
import { CoreError } from '../../assets/js/net/core.js';
import { ALL_ON, PERFECT } from '../../assets/js/net/link.js';

/** A core that knows two links, and notes what it is given. */
class Core {
  given = [];

  setLink(text) {
    if (text !== '' && text !== '100ms') throw new CoreError(`\`${text}\` is no link`);
    this.given.push(text);
    return { ...PERFECT, latency: text ? 100 : 0 };
  }

  setSwitches(switches) {
    this.given.push(switches);
  }
}

test('without a word all is on, over the link as it is', () => {
  const [conditions, core] = [new Conditions(), new Core()];
  assert.deepEqual([conditions.link, conditions.text, conditions.switches], [PERFECT, '', ALL_ON]);
  conditions.apply(core);
  assert.deepEqual(core.given, ['', ALL_ON]);
});

test('a link is kept as the core understands it, and one that it refuses changes nothing', () => {
  const [conditions, core] = [new Conditions(), new Core()];
  conditions.setLink('100ms', core);
  assert.deepEqual([conditions.link.latency, conditions.text], [100, '100ms']);
  assert.throws(() => conditions.setLink('soon', core), CoreError);
  assert.deepEqual([conditions.link.latency, conditions.text], [100, '100ms']);
  conditions.setLink('', core);
  assert.deepEqual([conditions.link.latency, conditions.text], [0, '']);
});

test('switches are set with or without a connection, and later changes of theirs are not', () => {
  const [conditions, core] = [new Conditions(), new Core()];
  const switches = { ...ALL_ON, prediction: false };
  conditions.setSwitches(switches, core);
  switches.interpolation = false;
  assert.deepEqual(core.given, [{ ...ALL_ON, prediction: false }]);
  assert.deepEqual(conditions.switches, { ...ALL_ON, prediction: false });
  conditions.setSwitches(switches, null);
  assert.equal(core.given.length, 1);
  assert.equal(conditions.switches.interpolation, false);
});

test('the next connection has both', () => {
  const [conditions, core] = [new Conditions(), new Core()];
  conditions.setLink('100ms', new Core());
  conditions.setSwitches({ ...ALL_ON, lagCompensation: false }, null);
  conditions.apply(core);
  assert.deepEqual(core.given, ['100ms', { ...ALL_ON, lagCompensation: false }]);
});
