import { describe, expect, test } from 'vitest';
import type { Row } from '../../batch/schema.ts';
import { MAX_WATERMARK } from '../../elements/marks.ts';
import { originOf } from '../../elements/origin.ts';
import { operatorIndexOf } from '../../state/key-group.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import type { Emitted } from '../../testing/operator-test-harness.ts';
import { OperatorTestHarness, RecordFailure } from '../../testing/operator-test-harness.ts';
import type { WindowKeyGroupSnapshot } from '../../windows/window-snapshot.ts';
import type { KeySelector, StreamShape } from '../definition.ts';
import { tumblingWindow } from './definition.ts';
import example from './example.json' with { type: 'json' };

const BY_K: KeySelector = { kind: 'fields', fields: ['k'] };

function input(key: KeySelector = BY_K): StreamShape {
  return {
    schema: {
      fields: [
        { name: 'k', type: 'string' },
        { name: 'v', type: 'int' },
      ],
    },
    key,
    eventTime: true,
  };
}

type Harness = OperatorTestHarness<typeof tumblingWindow.fields>;

const SUM = { aggregates: [{ fn: 'sum', column: 'v', as: 'sum' }] };

/** What came out, short: `key1 3 [0, 3000) @2999` for a result, a number for a watermark, `late …` for the side output. */
function short(emitted: readonly Emitted[]): unknown[] {
  return emitted.map((e) => {
    if (e.kind === 'watermark') return e.watermark;
    const { k, sum, v, window_start: start, window_end: end } = e.value;
    return e.port === 'late' ? `late ${k} ${v} @${e.timestamp}` : `${k} ${sum} [${start}, ${end}) @${e.timestamp}`;
  });
}

describe.each(['row', 'batch'] as const)('tumbling window, %s path', (mode) => {
  function harness(config: Record<string, unknown> = {}, shape = input()): Harness {
    return new OperatorTestHarness({ definition: tumblingWindow, config: { ...SUM, ...config }, inputs: [shape], mode });
  }

  test('out-of-order records, checked after each watermark, with a snapshot in the middle', async () => {
    const before = await harness({ size: 3000 }).open();
    before.processElement({ k: 'key2', v: 1 }, 3999).processElement({ k: 'key2', v: 1 }, 3000);
    before.processElement({ k: 'key1', v: 1 }, 20).processElement({ k: 'key1', v: 1 }, 0).processElement({ k: 'key1', v: 1 }, 999);
    before.processElement({ k: 'key2', v: 1 }, 1998).processElement({ k: 'key2', v: 1 }, 1999).processElement({ k: 'key2', v: 1 }, 1000);
    before.processWatermark(999);
    expect(short(before.drain())).toEqual([999]);
    before.processWatermark(1999);
    expect(short(before.drain())).toEqual([1999]);
    const snapshot = before.snapshot();
    before.close();

    const after = await harness({ size: 3000 }).open(snapshot);
    after.processWatermark(2999);
    expect(short(after.drain())).toEqual(['key1 3 [0, 3000) @2999', 'key2 3 [0, 3000) @2999', 2999]);
    after.processWatermark(3999).processWatermark(4999);
    expect(short(after.drain())).toEqual([3999, 4999]);
    after.processWatermark(5999);
    expect(short(after.drain())).toEqual(['key2 2 [3000, 6000) @5999', 5999]);
    after.processWatermark(6999).processWatermark(7999);
    expect(short(after.drain())).toEqual([6999, 7999]);
    expect(after.snapshot().keyGroups.size).toBe(0);
  });

  test('windows fire in order of their end, keys in order of their first record in the window', async () => {
    const window = await harness({ size: 10 }).open();
    window.processElement({ k: 'c', v: 1 }, 25).processElement({ k: 'a', v: 2 }, 15).processElement({ k: 'b', v: 3 }, 5);
    window.processElement({ k: 'a', v: 4 }, 6).processElement({ k: 'b', v: 5 }, 16).processElement({ k: 'b', v: 6 }, 7);
    window.processWatermark(MAX_WATERMARK);
    expect(short(window.drain())).toEqual([
      'b 9 [0, 10) @9',
      'a 4 [0, 10) @9',
      'a 2 [10, 20) @19',
      'b 5 [10, 20) @19',
      'c 1 [20, 30) @29',
      MAX_WATERMARK,
    ]);
  });

  test('the window [0, 10000) kept 5000 ms longer takes a record at watermark 14998 and none at 14999', async () => {
    const window = await harness({ size: 10_000, allowedLateness: 5000, lateData: 'side-output' }).open();
    window.processElement({ k: 'a', v: 1 }, 4000).processWatermark(9999);
    expect(short(window.drain())).toEqual(['a 1 [0, 10000) @9999', 9999]);
    window.processElement({ k: 'a', v: 2 }, 9000).processElement({ k: 'b', v: 3 }, 1);
    expect(short(window.drain())).toEqual(['a 3 [0, 10000) @9999', 'b 3 [0, 10000) @9999']);
    window.processWatermark(14_998).processElement({ k: 'a', v: 4 }, 0);
    expect(short(window.drain())).toEqual([14_998, 'a 7 [0, 10000) @9999']);
    expect(window.problems).toEqual([]);
    window.processWatermark(14_999).processElement({ k: 'a', v: 8 }, 9999).processElement({ k: 'a', v: 16 }, 10_000);
    expect(short(window.drain())).toEqual([14_999, 'late a 8 @9999']);
    window.processWatermark(MAX_WATERMARK);
    expect(short(window.drain())).toEqual(['a 16 [10000, 20000) @19999', MAX_WATERMARK]);
  });

  test('without allowed lateness a record is late as soon as the watermark reached the last timestamp of its window', async () => {
    const window = await harness({ size: 2000, lateData: 'side-output' }).open();
    window.processElement({ k: 'key2', v: 1 }, 1000).processWatermark(1985).processElement({ k: 'key2', v: 1 }, 1980);
    window.processWatermark(1999);
    expect(short(window.drain())).toEqual([1985, 'key2 2 [0, 2000) @1999', 1999]);
    window.processElement({ k: 'key2', v: 1 }, 1998).processElement({ k: 'key2', v: 1 }, 2001).processWatermark(2999);
    expect(short(window.drain())).toEqual(['late key2 1 @1998', 2999]);
    window.processWatermark(3999);
    expect(short(window.drain())).toEqual(['key2 1 [2000, 4000) @3999', 3999]);
  });

  test('a late record is reported with the numbers, whatever happens to it', async () => {
    const noon = Date.UTC(2024, 4, 1, 12);
    const dropping = await harness({ size: 10_000 }).open();
    dropping.processElement({ k: 'a', v: 1 }, noon + 1).processWatermark(noon + 10_123);
    dropping.processElement({ k: 'a', v: 2 }, noon + 3250, originOf(77, 3));
    expect(short(dropping.drain())).toEqual([`a 1 [${noon}, ${noon + 10_000}) @${noon + 9999}`, noon + 10_123]);
    const report = {
      kind: 'late',
      position: 77,
      reason:
        'Timestamp 2024-05-01T12:00:03.250Z belongs to window [12:00:00, 12:00:10), which ended: ' +
        'the watermark was 12:00:10.123 and allowed lateness is 0 ms.',
      content: { k: 'a', v: 2 },
    };
    expect(dropping.problems).toEqual([report]);

    const failing = await harness({ size: 10_000, lateData: 'fail' }).open();
    failing.processWatermark(noon + 10_123);
    const late = (): unknown => failing.processElement({ k: 'a', v: 2 }, noon + 3250, originOf(77, 3)).flush();
    expect(late).toThrow(RecordFailure);
    expect(failing.problems).toEqual([report]);
  });

  test('timestamps before 1970 and offsets', async () => {
    const window = await harness({ size: 1000, offset: -100 }).open();
    window.processElement({ k: 'a', v: 1 }, -1).processElement({ k: 'a', v: 2 }, -100).processElement({ k: 'a', v: 4 }, -101);
    window.processElement({ k: 'a', v: 8 }, 899).processElement({ k: 'a', v: 16 }, 900).processElement({ k: 'a', v: 32 }, -1100);
    window.processWatermark(MAX_WATERMARK);
    expect(short(window.drain())).toEqual(['a 36 [-1100, -100) @-101', 'a 11 [-100, 900) @899', 'a 16 [900, 1900) @1899', MAX_WATERMARK]);
  });

  test('results carry the origin of the watermark, or of the late record, that fired them', async () => {
    const window = await harness({ size: 10, allowedLateness: 100 }).open();
    window.processElement({ k: 'a', v: 1 }, 1, originOf(1, 0)).processWatermark(9, originOf(5, 2));
    window.processElement({ k: 'a', v: 1 }, 2, originOf(6, 1));
    expect(window.drain().map((e) => e.origin)).toEqual([originOf(5, 2), originOf(5, 2), originOf(6, 1)]);
  });

  test('a pane that fired before a snapshot fires again only when another record comes', async () => {
    const config = { size: 10, allowedLateness: 100 };
    const before = await harness(config).open();
    before.processElement({ k: 'a', v: 1 }, 1).processElement({ k: 'b', v: 2 }, 1).processElement({ k: 'c', v: 4 }, 1).processWatermark(50);
    before.processElement({ k: 'd', v: 8 }, 55);
    const after = await harness(config).open(before.snapshot());
    after.processElement({ k: 'c', v: 16 }, 2).processElement({ k: 'e', v: 32 }, 3).processElement({ k: 'a', v: 64 }, 4);
    expect(short(after.drain())).toEqual([]);
    after.processWatermark(60);
    expect(short(after.drain())).toEqual(['c 20 [0, 10) @9', 'e 32 [0, 10) @9', 'a 65 [0, 10) @9', 'd 8 [50, 60) @59', 60]);
    after.processElement({ k: 'b', v: 128 }, 5);
    expect(short(after.drain())).toEqual(['b 130 [0, 10) @9']);
  });

  test('restored at another parallelism, every key goes on in the subtask that owns it', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
    const single = await harness({ size: 10 }).open();
    for (const k of keys) single.processElement({ k, v: 1 }, 5);
    const snapshot = single.snapshot();
    const results: string[] = [];
    const owned: number[] = [];
    for (const subtaskIndex of [0, 1, 2]) {
      const keyGroups = new Map([...snapshot.keyGroups].filter(([group]) => operatorIndexOf(group, 128, 3) === subtaskIndex));
      const mine = ([...keyGroups.values()].flat() as WindowKeyGroupSnapshot[]).flatMap(({ state }) => state.map(([key]) => String(key)));
      owned.push(mine.length);
      const options = { definition: tumblingWindow, config: { ...SUM, size: 10 }, inputs: [input()], mode, parallelism: 3, subtaskIndex };
      const part = await new OperatorTestHarness(options).open({ version: snapshot.version, keyGroups } satisfies KeyedStateSnapshot);
      for (const k of mine) part.processElement({ k, v: 10 }, 6);
      part.processWatermark(9);
      const values = part.drainValues().map(({ k, sum }) => `${k} ${sum}`);
      // Within a subtask the order of the single one is kept.
      expect(values).toEqual(keys.filter((k) => mine.includes(k)).map((k) => `${k} 11`));
      results.push(...values);
    }
    expect(results.toSorted()).toEqual(keys.map((k) => `${k} 11`).toSorted());
    expect(owned.every((count) => count > 0)).toBe(true);
  });

  test('a key of several fields, and one that a function computes', async () => {
    const several = await harness({ size: 10 }, input({ kind: 'fields', fields: ['k', 'v'] })).open();
    several.processElement({ k: 'a', v: 1 }, 1).processElement({ k: 'a', v: 2 }, 2).processElement({ k: 'a', v: 1 }, 3).processWatermark(9);
    expect(several.drainValues()).toEqual([
      { k: 'a', v: 1, window_start: 0, window_end: 10, sum: 2 },
      { k: 'a', v: 2, window_start: 0, window_end: 10, sum: 2 },
    ]);
    const byFunction: KeySelector = { kind: 'function', source: '(r) => r.v % 2 === 0', type: 'boolean' };
    const computed = await harness({ size: 10 }, input(byFunction)).open();
    computed
      .processElement({ k: 'a', v: 1 }, 1)
      .processElement({ k: 'b', v: 2 }, 2)
      .processElement({ k: 'c', v: 3 }, 3)
      .processWatermark(9);
    expect(computed.drainValues()).toEqual([
      { key: false, window_start: 0, window_end: 10, sum: 4 },
      { key: true, window_start: 0, window_end: 10, sum: 2 },
    ]);
  });

  test('all aggregates, with nulls and with nothing but nulls', async () => {
    const shape: StreamShape = {
      schema: {
        fields: [
          { name: 'k', type: 'string' },
          { name: 'v', type: 'int', nullable: true },
          { name: 's', type: 'string', nullable: true },
          { name: 'at', type: 'timestamp' },
        ],
      },
      key: BY_K,
      eventTime: true,
    };
    const numeric = [
      { fn: 'count', column: '', as: 'n' },
      { fn: 'sum', column: 'v', as: 'sum' },
      { fn: 'avg', column: 'v', as: 'avg' },
      { fn: 'min', column: 'v', as: 'min' },
      { fn: 'max', column: 'v', as: 'max' },
      { fn: 'max', column: 'at', as: 'last' },
    ];
    const records: Row[] = [
      { k: 'a', v: 3, s: 'm', at: 5 },
      { k: 'a', v: null, s: 'b', at: 9 },
      { k: 'a', v: -4, s: null, at: 7 },
      { k: 'b', v: null, s: null, at: 1 },
    ];
    const numbers = await harness({ aggregates: numeric }, shape).open();
    for (const record of records) numbers.processElement(record, 1);
    expect(numbers.processWatermark(MAX_WATERMARK).drainValues()).toEqual([
      { k: 'a', window_start: 0, window_end: 10_000, n: 3, sum: -1, avg: -0.5, min: -4, max: 3, last: 9 },
      { k: 'b', window_start: 0, window_end: 10_000, n: 1, sum: null, avg: null, min: null, max: null, last: 1 },
    ]);
    const texts = [
      { fn: 'min', column: 's', as: 'first' },
      { fn: 'max', column: 's', as: 'last' },
    ];
    const strings = await harness({ aggregates: texts }, shape).open();
    for (const record of records) strings.processElement(record, 1);
    expect(strings.processWatermark(MAX_WATERMARK).drainValues()).toEqual([
      { k: 'a', window_start: 0, window_end: 10_000, first: 'b', last: 'm' },
      { k: 'b', window_start: 0, window_end: 10_000, first: null, last: null },
    ]);
  });

  test('a record without timestamp or without key fails the job and is named', async () => {
    const noTime = await harness().open();
    expect(() => noTime.processElement({ k: 'a', v: 1 }, Number.NaN, originOf(7, 0)).flush()).toThrow('has no event timestamp');
    const nullable: StreamShape = {
      ...input(),
      schema: {
        fields: [
          { name: 'k', type: 'string', nullable: true },
          { name: 'v', type: 'int' },
        ],
      },
    };
    const noKey = await harness({ size: 10 }, nullable).open();
    noKey.processElement({ k: 'a', v: 1 }, 1).processWatermark(9);
    let failure: unknown = null;
    try {
      noKey.processElement({ k: null, v: 1 }, 1, originOf(9, 0)).flush();
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(RecordFailure);
    expect(failure).toMatchObject({ position: 9, content: { k: null, v: 1 } });
    // What came before it went out before.
    expect(short(noKey.drain())).toEqual(['a 1 [0, 10) @9', 9]);
  });

  test('the example of the documentation', async () => {
    const window = await harness(example.config, example.input as StreamShape).open();
    for (const { record, timestamp, watermark } of example.elements) {
      if (record !== undefined) window.processElement(record, timestamp);
      else window.processWatermark(watermark);
    }
    const emitted = window.drain().map((e) => {
      if (e.kind === 'watermark') return { watermark: e.watermark };
      const record = { record: e.value, timestamp: e.timestamp };
      return e.port === 'out' ? record : { ...record, port: e.port };
    });
    expect(emitted).toEqual(example.expected);
  });

  test('results of many keys keep their order over batches', async () => {
    const window = await harness({ size: 10 }).open();
    const keys = Array.from({ length: 10_000 }, (_, i) => `k${(i * 7919) % 10_000}`);
    for (const k of keys) window.processElement({ k, v: 1 }, 1);
    window.processWatermark(9);
    const emitted = window.drain();
    expect(emitted.at(-1)).toEqual({ kind: 'watermark', watermark: 9, origin: originOf(10_000, 0) });
    expect(emitted.slice(0, -1).map((e) => (e.kind === 'record' ? e.value['k'] : null))).toEqual(keys);
  });
});
