// The page of a job: what it makes of messages, and its charts.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

const page = new URL('../../shared/push/page/', import.meta.url);
const { HELD_MAX, Story, clock } = await import(`${page}story.js`);
const { path, points, roof, show } = await import(`${page}chart.js`);

const progress = { stage: 'measuring', done: 1, of: 9, unit: 's' };

describe('a story', () => {
  test('takes each entry in once, also when a connection begins anew', () => {
    const story = new Story();
    const head = { id: 'swarm-1', title: 'A swarm', state: 'running', about: null, progress: null };
    story.add({ job: head });
    story.add({ n: 1, at_s: 0.5, line: 'joining' });
    story.add({ n: 2, at_s: 1, progress, sample: { connected: 3 } });
    story.add({ job: { ...head, progress } });
    story.add({ n: 2, at_s: 1, progress, sample: { connected: 3 } });
    assert.deepEqual(story.lines, [{ at: 0.5, text: 'joining' }]);
    assert.deepEqual(story.samples, [{ at: 1, stage: 'measuring', values: { connected: 3 } }]);
    assert.equal(story.end, null);
  });

  test('knows its end, what is missing and what was too large', () => {
    const story = new Story();
    story.add({ missed: 4 });
    story.add({ n: 5, at_s: 2, progress, sample: null });
    story.add({ n: 6, at_s: 3, end: 'failed', reason: 'no server answers' });
    assert.equal(story.missed, 4);
    assert.deepEqual(story.samples[0].values, {});
    assert.deepEqual(story.end, { state: 'failed', at: 3, reason: 'no server answers' });
  });

  test('holds the newest of what was found so far, at last the report', () => {
    const story = new Story();
    assert.equal(story.result, null);
    story.add({ n: 1, at_s: 1, so_far: { words: 'one row' } });
    story.add({ n: 2, at_s: 2, so_far: { words: 'two rows' } });
    story.add({ n: 3, at_s: 3, line: 'the third' });
    assert.deepEqual(story.result, { words: 'two rows' });
    story.add({ n: 4, at_s: 4, end: 'done', result: { words: 'all rows' } });
    assert.deepEqual(story.result, { words: 'all rows' });
  });

  test('takes nothing that was found before for a report that is too long', () => {
    const story = new Story();
    story.add({ n: 1, at_s: 1, so_far: { words: 'one row' } });
    story.add({ n: 2, at_s: 2, so_far: null });
    assert.deepEqual(story.result, { words: 'one row' });
    story.add({ n: 3, at_s: 3, end: 'done', result: null });
    assert.equal(story.result, null);
  });

  test('holds as much as a page should', () => {
    const story = new Story();
    for (let n = 1; n <= HELD_MAX + 5; n += 1) {
      story.add({ n, at_s: n, progress, sample: {} });
    }
    assert.equal(story.samples.length, HELD_MAX);
    assert.equal(story.samples[0].at, 6);
  });
});

describe('a chart', () => {
  const samples = (...values) => values.map((x, at) => ({ at, stage: '', values: x === null ? {} : { x } }));

  test('keeps peaks when it thins a line out, and breaks it where nothing was measured', () => {
    assert.deepEqual(
      points(samples(1, 9, 2, null, null, null), 'x', 3).map(({ value }) => value),
      [9, 2, null],
    );
    const line = points(samples(0, 10, null, 5), 'x');
    assert.equal(path(line, { from: 0, to: 3, top: 10 }), 'M40.0 128.0L144.7 10.0M354.0 69.0');
  });

  test('has a point for one sample, too', () => {
    assert.equal(path(points(samples(4), 'x'), { from: 0, to: 0, top: 5 }), 'M40.0 33.6');
  });

  test('ends at a round number', () => {
    assert.deepEqual([0, 0.03, 0.7, 1, 1.1, 4, 6, 50, 51].map(roof), [1, 0.05, 1, 1, 2, 5, 10, 50, 100]);
  });

  test('writes numbers and times as people do', () => {
    assert.deepEqual([null, 0, 1.234, 12.34, 1234.5].map(show), ['–', '0', '1.23', '12.3', '1,235']);
    assert.deepEqual([0, 61.9, 3661].map(clock), ['0:00', '1:01', '1:01:01']);
  });
});
