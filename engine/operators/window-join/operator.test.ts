import { describe, expect, test } from 'vitest';
import { MAX_WATERMARK } from '../../elements/marks.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { Emitted } from '../../testing/operator-test-harness.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import type { KeySelector, StreamShape } from '../definition.ts';
import { defaultConfig } from '../fields.ts';
import { windowJoin } from './definition.ts';

const BY_K: KeySelector = { kind: 'fields', fields: ['k'] };
const shape = (name: string, eventTime = true): StreamShape => ({
  schema: {
    fields: [
      { name: 'k', type: 'string' },
      { name, type: 'int' },
    ],
  },
  key: BY_K,
  eventTime,
});
const PAIR = '(l, r) => ({ pair: `${l.k} ${l.v}-${r.w}` })';

const open = (config: Readonly<Record<string, unknown>>, inputs = [shape('v'), shape('w')], restoreFrom?: KeyedStateSnapshot) =>
  new OperatorTestHarness({ definition: windowJoin, config: { combine: PAIR, size: 10, ...config }, inputs }).open(restoreFrom);
type Harness = Awaited<ReturnType<typeof open>>;
const left = (h: Harness, k: string, ...times: number[]) => {
  for (const v of times) h.processElement({ k, v }, v, undefined, 0);
};
const right = (h: Harness, k: string, ...times: number[]) => {
  for (const w of times) h.processElement({ k, w }, w, undefined, 1);
};
const short = (emitted: readonly Emitted[]) =>
  emitted.map((e) => (e.kind === 'watermark' ? e.watermark : `${String(Object.values(e.value)[0])} @${e.timestamp}`));

describe('window join', () => {
  test('two left and three right records of a window are six pairs, at the end of the window', async () => {
    const h = await open({});
    left(h, 'a', 1);
    right(h, 'a', 2, 3);
    left(h, 'a', 9, 10);
    right(h, 'a', 0);
    left(h, 'b', 5);
    h.processWatermark(9);
    expect(short(h.drain())).toEqual(['a 1-2 @9', 'a 1-3 @9', 'a 1-0 @9', 'a 9-2 @9', 'a 9-3 @9', 'a 9-0 @9', 9]);
    right(h, 'a', 19);
    h.processWatermark(MAX_WATERMARK);
    expect(short(h.drain())).toEqual(['a 10-19 @19', MAX_WATERMARK]);
  });

  test('sliding windows pair two records once per window that holds both', async () => {
    const h = await open({ windows: 'sliding', size: 10, slide: 5 });
    left(h, 'a', 6);
    right(h, 'a', 9, 11);
    h.processWatermark(MAX_WATERMARK);
    expect(short(h.drain())).toEqual(['a 6-9 @9', 'a 6-9 @14', 'a 6-11 @14', MAX_WATERMARK]);
  });

  test('a session holds the records of both streams and ends after the gap', async () => {
    const h = await open({ windows: 'session', gap: 10 });
    left(h, 'a', 0, 15);
    right(h, 'a', 8, 30);
    h.processWatermark(MAX_WATERMARK);
    // 0, 8 and 15 are one session; 30 comes later than 15 + 10.
    expect(short(h.drain())).toEqual(['a 0-8 @24', 'a 15-8 @24', MAX_WATERMARK]);
  });

  test('a trigger fires a window whenever it says, with all pairs there are, and not at the end', async () => {
    const h = await open({ trigger: 'count', triggerCount: 2 });
    left(h, 'a', 1);
    right(h, 'a', 2);
    expect(short(h.drain())).toEqual(['a 1-2 @9']);
    right(h, 'a', 3);
    left(h, 'a', 4);
    expect(short(h.drain())).toEqual(['a 1-2 @9', 'a 1-3 @9', 'a 4-2 @9', 'a 4-3 @9']);
    right(h, 'a', 5);
    h.processWatermark(9);
    expect(short(h.drain())).toEqual([9]);
    expect(h.snapshot().keyGroups.size).toBe(0);
  });

  test('a purging trigger pairs what came since the last firing', async () => {
    const h = await open({ windows: 'session', gap: 10, trigger: 'continuous-event-time', triggerInterval: 4, purge: true });
    left(h, 'a', 1);
    right(h, 'a', 2);
    h.processWatermark(4);
    right(h, 'a', 5);
    left(h, 'a', 6);
    h.processWatermark(MAX_WATERMARK);
    expect(short(h.drain())).toEqual(['a 1-2 @11', 4, 'a 6-5 @15', MAX_WATERMARK]);
  });

  test('an evictor takes out records of either side, as if both were one stream', async () => {
    const h = await open({ evictor: 'count', evictorCount: 3 });
    left(h, 'a', 1, 2);
    right(h, 'a', 3);
    left(h, 'a', 4);
    const restored = await open({ evictor: 'count', evictorCount: 3 }, undefined, h.snapshot());
    restored.processWatermark(9);
    expect(short(restored.drain())).toEqual(['a 2-3 @9', 'a 4-3 @9', 9]);
    const latest = await open({ evictor: 'time', evictorSpan: 3 });
    left(latest, 'a', 1, 4);
    right(latest, 'a', 2, 5);
    latest.processWatermark(9);
    expect(short(latest.drain())).toEqual(['a 4-5 @9', 9]);
  });

  test('late records leave by the output of their side, as they came', async () => {
    const h = await open({ lateData: 'side-output' });
    h.processWatermark(9);
    left(h, 'a', 5);
    right(h, 'a', 6, 10);
    expect(h.drain().flatMap((e) => (e.kind === 'record' ? [[e.port, e.value, e.timestamp]] : []))).toEqual([
      ['late-left', { k: 'a', v: 5 }, 5],
      ['late-right', { k: 'a', w: 6 }, 6],
    ]);
    expect(h.problems.map(({ kind, position, content }) => [kind, position, content])).toEqual([
      ['late', 1, { k: 'a', v: 5 }],
      ['late', 2, { k: 'a', w: 6 }],
    ]);
  });

  test('during the allowed lateness a record makes the pairs of its window come out again', async () => {
    const h = await open({ allowedLateness: 5 });
    left(h, 'a', 1);
    right(h, 'a', 2);
    h.processWatermark(9);
    right(h, 'a', 3);
    h.processWatermark(14);
    right(h, 'a', 4);
    expect(short(h.drain())).toEqual(['a 1-2 @9', 9, 'a 1-2 @9', 'a 1-3 @9', 14]);
  });

  test('windows of processing time end with the clock', async () => {
    const h = await open({ time: 'processing', size: 10 }, [shape('v', false), shape('w', false)]);
    h.processElement({ k: 'a', v: 1 }, Number.NaN, 1 * 4096, 0);
    h.processElement({ k: 'a', w: 2 }, Number.NaN, 8 * 4096, 1);
    h.processElement({ k: 'a', w: 3 }, Number.NaN, 12 * 4096, 1);
    expect(h.drainValues()).toEqual([{ pair: 'a 1-2' }]);
  });

  test('nothing is left of windows that are over', async () => {
    const h = await open({});
    for (let i = 0; i < 100; i++) {
      left(h, `k${i}`, i);
      right(h, `k${i}`, i);
    }
    h.processWatermark(MAX_WATERMARK).drain();
    const operator = h.operator as unknown as { readonly keyCount: number; readonly timerCount: number };
    expect([operator.keyCount, operator.timerCount]).toEqual([0, 0]);
  });

  test('a function that throws fails the job and says for which key', async () => {
    const h = await open({ combine: '(l, r) => { if (r.w > 5) throw new Error("no"); return { pair: "" }; }' });
    left(h, 'a', 1);
    right(h, 'a', 6);
    expect(() => h.processWatermark(9)).toThrow('The function threw Error: no (line 1, column 32). It was called for the key "a".');
  });
});

describe('shapes of a window join', () => {
  const messages = (config: Readonly<Record<string, unknown>>, inputs: readonly StreamShape[]) =>
    windowJoin
      .shapes({ ...defaultConfig(windowJoin.fields), ...config } as never, inputs)
      .problems.map(({ field, port, message }) => [field ?? port, message]);

  test('need event time only for windows of event time', () => {
    const inputs = [shape('v'), shape('w', false)];
    expect(messages({}, inputs)).toEqual([
      ['in2', 'The right records have no event time. Add timestamps and watermarks upstream, or choose processing time.'],
    ]);
    expect(messages({ time: 'processing' }, inputs)).toEqual([]);
    expect(messages({ time: 'processing', trigger: 'continuous-event-time' }, inputs)).toEqual([
      ['trigger', 'The records have no event time. Add timestamps and watermarks upstream, or choose another trigger.'],
    ]);
  });

  test('refuse an offset that does not fit, and keys of different types', () => {
    expect(messages({ size: 10, offset: 10 }, [shape('v'), shape('w')])).toEqual([
      ['offset', 'The offset must be smaller than the size (10 ms); it is 10 ms.'],
    ]);
    const byNumber: StreamShape = { ...shape('w'), key: { kind: 'fields', fields: ['w'] } };
    expect(messages({}, [shape('v'), byNumber])[0]?.[1]).toContain('must have the same type');
  });
});
