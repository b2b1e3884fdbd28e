// Board's page: what is drawn becomes few whole numbers, goes out in order and once, and comes back
// as the same line.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

const app = new URL('../../shared/games/board/page/app/', import.meta.url);
const { Outbox } = await import(`${app}outbox.js`);
const { Draft } = await import(`${app}pen.js`);
const { Objects } = await import(`${app}objects.js`);
const { Camera } = await import(`${app}camera.js`);

/** An outbox whose server answers when the test says so. */
function outbox() {
  const sent = [];
  const box = new Outbox(7, (request) => new Promise((resolve, reject) => sent.push({ request, resolve, reject })));
  return { box, sent, requests: () => sent.map(({ request }) => request) };
}

const extend = (...points) => ({ Extend: { points } });

describe('the outbox', () => {
  test('sends one request every 50 ms, in order, and joins the points that wait', () => {
    const { box, requests } = outbox();
    assert.equal(box.push({ Draw: { colour: 1, points: [[1, 1]] } }).number, 1);
    box.pump(1000);
    box.push(extend([2, 2]));
    box.push(extend([3, 3], [4, 4]));
    box.push('Undo');
    box.push(extend([5, 5]));
    box.pump(1049);
    assert.equal(requests().length, 1);
    for (const now of [1050, 1100, 1150, 1200]) box.pump(now);
    assert.deepEqual(requests(), [
      { page: 7, number: 1, act: { Draw: { colour: 1, points: [[1, 1]] } } },
      { page: 7, number: 2, act: extend([2, 2], [3, 3], [4, 4]) },
      { page: 7, number: 4, act: 'Undo' },
      { page: 7, number: 5, act: extend([5, 5]) },
    ]);
  });

  test('while nothing is answered, lines wait in few requests that each fit into a command', () => {
    const { box, requests } = outbox();
    for (let n = 0; n < 20; n += 1) [box.push('Undo'), box.pump(n * 100)];
    assert.equal(requests().length, 8);
    box.push({ Draw: { points: [] } });
    for (let n = 0; n < 1_000; n += 1) box.push(extend([n % 9, 1]));
    // Twelve that wait, eight that were sent, and a thousand points.
    assert.equal(box.size, 12 + 8 + 3);
  });

  test('says who asked what became of it, also of points that were joined', async () => {
    const { box, sent } = outbox();
    const pushed = [box.push({ Draw: { points: [] } }), box.push(extend([1, 1])), box.push('Undo')];
    for (const now of [0, 50]) box.pump(now);
    sent[0].resolve();
    sent[1].reject(new Error('nothing of yours is left to undo'));
    await Promise.all([pushed[0].done, pushed[1].done]);
    await assert.rejects(pushed[2].done, /nothing of yours/);
    assert.equal(box.size, 0);
  });
});

/** What the rules make of a draft's requests. */
function record(draft) {
  const { Draw } = draft.started();
  for (let points = draft.take(); points.length; points = draft.take()) Draw.points.push(...points);
  const { points, ...head } = Draw;
  return { Line: { mark: { hand: 3, number: 1 }, ...head, points } };
}

describe('the pen', () => {
  for (const zoom of [0.05, 0.7, 1, 3, 12]) {
    test(`a line drawn at ${zoom * 100} % comes back as it was drawn, within half a pixel`, () => {
      const at = (turn) => ({ x: 5_000 + (300 * Math.cos(turn)) / zoom, y: 5_000 + (200 * Math.sin(2 * turn)) / zoom });
      const draft = new Draft(at(0), zoom, 2, 1);
      for (let n = 1; n <= 1_000; n += 1) draft.to(at(n / 100));
      const { Line } = record(draft);
      assert.ok(Line.points.length < 400, `${Line.points.length} points of 1,000`);
      assert.ok(Line.points.flat().every((step) => step >= -128 && step <= 127));
      const objects = new Objects();
      objects.take(1, { Line }, () => {});
      const [line] = objects.lines.values();
      assert.deepEqual(line.points, draft.points);
      for (let n = 0; n <= 1_000; n += 1) {
        assert.ok(objects.at(at(n / 100), 1.2 / zoom), `${n}`);
      }
    });
  }

  test('a long way is several steps', () => {
    const draft = new Draft({ x: 10, y: 10 }, 1, 0, 0);
    draft.to({ x: 1_010, y: 10 });
    const { Line } = record(draft);
    assert.ok(Line.points.length > 10);
    assert.deepEqual(draft.points.slice(-2), [1_010, 10]);
  });
});

describe('objects', () => {
  const part = (place, points, number = 1) => ({ Line: { mark: { hand: 1, number }, colour: 0, width: 1, step_log2: 4, place, points } });

  test('a line of several records is one, and goes with the last of them', () => {
    const objects = new Objects();
    const changes = [];
    const take = (id, record) => objects.take(id, record, (before, after) => changes.push([before?.points, after?.points]));
    take(5, part([160, 160], [[1, 0], [1, 0]]));
    take(9, part([192, 160], [[0, 1]]));
    assert.deepEqual(objects.lines.get('1.1').points, [10, 10, 11, 10, 12, 10, 12, 11]);
    take(5, null);
    assert.deepEqual(objects.lines.get('1.1').points, [12, 10, 12, 11]);
    take(9, null);
    assert.deepEqual([objects.isEmpty, changes.at(-1)], [true, [[12, 10, 12, 11], undefined]]);
  });

  test('the topmost is hit, and a note lies above lines', () => {
    const objects = new Objects();
    objects.take(1, part([0, 0], [[100, 0]], 1), () => {});
    objects.take(2, part([0, 0], [[100, 0]], 2), () => {});
    assert.equal(objects.at({ x: 50, y: 3 }, 3), '1.2');
    assert.equal(objects.at({ x: 50, y: 30 }, 3), undefined);
    objects.take(3, { Note: { mark: { hand: 1, number: 3 }, colour: 0, place: [0, 0], text: '' } }, () => {});
    assert.equal(objects.at({ x: 50, y: 30 }, 3), '1.3');
    assert.deepEqual(objects.within({ left: -9, top: -9, right: 120, bottom: 9 }), ['1.1', '1.2']);
  });

  test('the vote is shown while it is there', () => {
    const objects = new Objects();
    objects.take(4, { Vote: { by: 1, yes: 1, needed: 2, until: 9 } }, () => {});
    assert.equal(objects.vote.needed, 2);
    objects.take(4, null, () => {});
    assert.equal(objects.vote, null);
  });
});

test('the view zooms about the place that is pointed at, and shows everything if asked', () => {
  const camera = new Camera();
  Object.assign(camera, { width: 1_000, height: 600 });
  const at = { x: 900, y: 100 };
  const before = camera.place(at);
  camera.zoomBy(2, at);
  const after = camera.place(at);
  assert.ok(Math.hypot(after.x - before.x, after.y - before.y) < 1);
  camera.fit({ left: 100, top: 100, right: 4_100, bottom: 1_100 });
  const { left, right, top, bottom } = camera.box;
  assert.ok(left < 100 && right > 4_100 && top < 100 && bottom > 1_100);
});
