import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../batch/schema.ts';
import { MAX_WATERMARK } from '../elements/marks.ts';
import type { AnyDefinition, StreamShape } from '../operators/definition.ts';
import { definitionOf } from '../operators/registry.ts';
import type { Fields } from '../operators/fields.ts';
import { parseConfig } from '../operators/parse-config.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import { must } from '../util/assert.ts';
import { WindowOperator } from '../windows/window-operator.ts';
import { disturbance, streamOf } from './conformance/streams.ts';
import { ObservedSubtask } from './conformance/observed-subtask.ts';
import type { Observation } from './conformance/observed-subtask.ts';
import type { Emitted } from './operator-test-harness.ts';
import { OperatorTestHarness, RecordFailure } from './operator-test-harness.ts';
import type { Element } from './rows.ts';

/** Parts of windows in combination: what the example of a single operator does not show. */

const INPUT: StreamShape = {
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'v', type: 'double' },
    ],
  },
  key: { kind: 'fields', fields: ['id'] },
  eventTime: true,
};

/** When processing time begins. */
const NEW_YEAR_2025 = 1_735_689_600_000;

const SUM = { aggregates: [{ fn: 'sum', column: 'v', as: 'sum' }] };
const N_SCHEMA = [
  { name: 'key', type: 'string' },
  { name: 'n', type: 'long' },
];

function definition(type: string): AnyDefinition {
  return must(definitionOf(type), `the operator ${type}`);
}

async function window(
  type: string,
  config: Row,
  mode: 'row' | 'batch' = 'row',
  restoreFrom?: KeyedStateSnapshot,
): Promise<OperatorTestHarness<Fields>> {
  return await new OperatorTestHarness<Fields>({ definition: definition(type), config, inputs: [INPUT], mode }).open(restoreFrom);
}

function problemsOf(type: string, config: Row, input = INPUT): string[] {
  const parsed = parseConfig(definition(type).fields, config, [input]);
  const { problems } = definition(type).shapes(parsed.config, [input]);
  return [...parsed.problems, ...problems].map(({ field, code }) => `${field ?? ''} ${code}`);
}

function short(emitted: readonly Emitted[]): string[] {
  return emitted.map((e) => {
    if (e.kind === 'watermark') return `watermark ${e.watermark}`;
    const { window_start: start, window_end: end, ...values } = e.value;
    const bounds = start === undefined ? '' : ` [${start as number}, ${end as number})`;
    return `${e.port === 'out' ? '' : `${e.port} `}${Object.values(values).join(' ')}${bounds}`;
  });
}

describe('a session', () => {
  it('takes in a late record that joins two of them, as long as one is kept', async () => {
    const sessions = await window('session-window', { gap: 10, allowedLateness: 100, lateData: 'side-output', ...SUM });
    sessions.processElement({ id: 'a', v: 1 }, 0).processElement({ id: 'a', v: 2 }, 20).processWatermark(40);
    expect(short(sessions.drain())).toEqual(['a 1 [0, 10)', 'a 2 [20, 30)', 'watermark 40']);
    sessions.processElement({ id: 'a', v: 4 }, 10);
    expect(short(sessions.drain())).toEqual(['a 7 [0, 30)']);
    sessions.processWatermark(129).processElement({ id: 'a', v: 8 }, 19);
    expect(short(sessions.drain())).toEqual(['watermark 129', 'late a 8']);
    expect(sessions.snapshot().keyGroups.size).toBe(0);
  });

  it('has a gap that depends on the record, and a function that merges', async () => {
    const sessions = await window('session-window', {
      gapKind: 'dynamic',
      gapFunction: '(r) => r.v * 10',
      function: 'aggregate',
      aggregator:
        '({ createAccumulator: () => [], add(r, list) { list.push(r.v); }, getResult: (list) => ({ key: "", n: list.length }), merge: (a, b) => [...a, ...b] })',
      processor: '({ process(key, { window }, [{ n }], out) { out.collect({ key: `${key} until ${window.end}`, n }); } })',
      schema: N_SCHEMA,
    });
    sessions.processElement({ id: 'a', v: 1 }, 0).processElement({ id: 'a', v: 3 }, 20).processElement({ id: 'a', v: 1 }, 10);
    sessions.processWatermark(MAX_WATERMARK);
    expect(sessions.drainValues()).toEqual([{ key: 'a until 50', n: 3 }]);
  });

  it('says that a gap must be positive, with the record', async () => {
    const sessions = await window('session-window', { gapKind: 'dynamic', gapFunction: '(r) => r.v', ...SUM });
    expect(() => sessions.processElement({ id: 'a', v: 0 }, 5)).toThrow(RecordFailure);
    expect(() => sessions.processElement({ id: 'a', v: 0 }, 5)).toThrow(/The gap function returned 0/);
  });
});

describe('an assigner of the user', () => {
  const POINT_SESSIONS = '({ assignWindows: (r, ts) => [{ start: ts, end: r.v === 33 ? ts : ts + 3000 }] })';

  it('may give empty windows, which join what they touch', async () => {
    const windows = await window('custom-window', { assigner: POINT_SESSIONS, merging: true, ...SUM });
    windows.processElement({ id: 'a', v: 1 }, 0).processElement({ id: 'a', v: 33 }, 1000).processElement({ id: 'a', v: 33 }, 2500);
    windows.processWatermark(12_000);
    expect(short(windows.drain())).toEqual(['a 67 [0, 3000)', 'watermark 12000']);
  });

  it('must give windows', async () => {
    const windows = await window('custom-window', { assigner: '({ assignWindows: () => [{ start: 5 }] })', ...SUM });
    expect(() => windows.processElement({ id: 'a', v: 1 }, 0)).toThrow(/^The assigner returned the window {"start":5}/);
  });
});

describe('processing time', () => {
  it('ends windows by the clock, for records without timestamps', async () => {
    const windows = await window('tumbling-window', { time: 'processing', size: 10, ...SUM });
    const start = NEW_YEAR_2025;
    windows.processProcessingTime(start + 100);
    for (const [i, v] of [1, 2, 4].entries()) windows.processElement({ id: 'a', v }, Number.NaN, (101 + i * 5) * 4096);
    windows.processProcessingTime(start + 130);
    expect(short(windows.drain())).toEqual([`a 3 [${start + 100}, ${start + 110})`, `a 4 [${start + 110}, ${start + 120})`]);
    expect(windows.snapshot().keyGroups.size).toBe(0);
  });
});

describe('triggers', () => {
  /** Fires at every full second of event time, and at the end of the window with everything. */
  const EVERY_SECOND = `class OneSecondIntervalTrigger {
    onElement(record, timestamp, window, ctx) {
      const firstSeen = ctx.state('firstSeen');
      if (firstSeen.value() === null) {
        const t = Math.max(0, ctx.currentWatermark);
        ctx.registerEventTimeTimer(t + (1000 - (t % 1000)));
        ctx.registerEventTimeTimer(window.maxTimestamp);
        firstSeen.update(true);
      }
      return 'CONTINUE';
    }
    onEventTime(time, window, ctx) {
      if (time === window.maxTimestamp) return 'FIRE_AND_PURGE';
      const t = ctx.currentWatermark + (1000 - (ctx.currentWatermark % 1000));
      if (t < window.maxTimestamp) ctx.registerEventTimeTimer(t);
      return 'FIRE';
    }
    clear(window, ctx) { ctx.state('firstSeen').clear(); }
  }`;

  it('may be written by the user, with state and timers of their own', async () => {
    const windows = await window('tumbling-window', { size: 5000, trigger: 'custom', customTrigger: EVERY_SECOND, ...SUM });
    windows.processElement({ id: 'a', v: 1 }, 100).processWatermark(999).processElement({ id: 'a', v: 2 }, 1500);
    expect(short(windows.drain())).toEqual(['watermark 999']);
    windows.processWatermark(1000).processWatermark(1999).processElement({ id: 'a', v: 4 }, 2500).processWatermark(2300);
    expect(short(windows.drain())).toEqual(['a 3 [0, 5000)', 'watermark 1000', 'watermark 1999', 'a 7 [0, 5000)', 'watermark 2300']);
    windows.processWatermark(4999);
    expect(short(windows.drain())).toEqual(['a 7 [0, 5000)', 'a 7 [0, 5000)', 'watermark 4999']);
    expect(windows.snapshot().keyGroups.size).toBe(0);
  });

  it('fail the job with the record and the line when they throw', async () => {
    const customTrigger = '({\n  onElement(r) {\n    return r.v.length.oops;\n  }\n})';
    const windows = await window('global-window', { trigger: 'custom', customTrigger, ...SUM });
    expect(() => windows.processElement({ id: 'a', v: 1 }, 7)).toThrow(
      /^The trigger's onElement threw TypeError: .* \(line 3, column \d+\)\.$/,
    );
    const odd = await window('global-window', { trigger: 'custom', customTrigger: '({ onElement: () => "fire" })', ...SUM });
    expect(() => odd.processElement({ id: 'a', v: 1 }, 7)).toThrow('must return "CONTINUE"');
  });

  it('at intervals without end fire once more when event time ends', async () => {
    const windows = await window('global-window', { trigger: 'continuous-event-time', triggerInterval: 10, ...SUM });
    windows.processElement({ id: 'a', v: 1 }, 3).processWatermark(25).processElement({ id: 'a', v: 2 }, 31).processWatermark(MAX_WATERMARK);
    expect(short(windows.drain())).toEqual(['a 1', 'a 1', 'watermark 25', 'a 3', 'a 3', 'watermark Infinity']);
  });
});

describe('evictors and functions', () => {
  it('a process function sees what an evictor of the user leaves', async () => {
    const windows = await window('global-window', {
      trigger: 'count',
      triggerCount: 3,
      function: 'process',
      processor: '({ process(key, ctx, elements, out) { out.collect({ key: elements.map((e) => e.v).join(), n: elements.length }); } })',
      schema: N_SCHEMA,
      evictor: 'custom',
      customEvictor:
        '({ evictBefore: (elements) => elements.filter(({ value }) => value.v > 1), evictAfter: (elements) => elements.slice(-1) })',
    });
    for (const v of [1, 2, 3, 4, 0, 5]) windows.processElement({ id: 'a', v }, v);
    expect(windows.drainValues()).toEqual([
      { key: '2,3', n: 2 },
      { key: '3,4,5', n: 3 },
    ]);
  });

  it('with an evictor all records are kept, and aggregated anew when the window fires', async () => {
    const schema = [{ name: 'list', type: 'string' }];
    const processor = '({ process(key, ctx, [{ v, list }], out) { out.collect({ list: `only ${v ?? list}` }); } })';
    const aggregator = '({ createAccumulator: () => [], add: (r, list) => [...list, r.v], getResult: (list) => ({ list: list.join() }) })';
    const results = async (config: Row): Promise<Row[]> => {
      const parts = { size: 10, evictor: 'count', evictorCount: 2, allowedLateness: 5 };
      const windows = await window('tumbling-window', { ...parts, ...config });
      for (const v of [1, 2, 4]) windows.processElement({ id: 'a', v }, v);
      windows.processWatermark(9).processElement({ id: 'a', v: 8 }, 3);
      return windows.drainValues();
    };
    const bounds = { id: 'a', window_start: 0, window_end: 10 };
    // Of 1, 2, 4 the evictor leaves 2 and 4; then it leaves 4 and 8.
    expect(await results(SUM)).toEqual([
      { ...bounds, sum: 6 },
      { ...bounds, sum: 12 },
    ]);
    const reduce = { function: 'reduce', reducer: '(a, b) => ({ ...a, v: a.v + b.v })' };
    expect(await results(reduce)).toEqual([
      { id: 'a', v: 6 },
      { id: 'a', v: 12 },
    ]);
    expect(await results({ ...reduce, processor, schema })).toEqual([{ list: 'only 6' }, { list: 'only 12' }]);
    const aggregate = { function: 'aggregate', aggregator, schema };
    expect(await results(aggregate)).toEqual([{ list: '2,4' }, { list: '4,8' }]);
    expect(await results({ ...aggregate, processor })).toEqual([{ list: 'only 2,4' }, { list: 'only 4,8' }]);
  });

  it('when an evictor leaves nothing, only functions that make something of it emit', async () => {
    const results = async (config: Row): Promise<Row[]> => {
      const nothing = { size: 10, evictor: 'custom', customEvictor: '({ evictBefore: () => [] })', schema: N_SCHEMA };
      const windows = await window('tumbling-window', { ...nothing, ...config });
      windows.processElement({ id: 'a', v: 1 }, 1).processWatermark(9);
      return windows.drainValues();
    };
    const counts = "({ createAccumulator: () => 0, add: (r, n) => n + 1, getResult: (n) => ({ key: 'count', n }) })";
    expect(await results(SUM)).toEqual([]);
    expect(await results({ function: 'reduce', reducer: '(a, b) => a', schema: [] })).toEqual([]);
    expect(await results({ function: 'aggregate', aggregator: counts })).toEqual([{ key: 'count', n: 0 }]);
    const processor = '({ process(key, ctx, elements, out) { out.collect({ key, n: elements.length }); } })';
    expect(await results({ function: 'process', processor })).toEqual([{ key: 'a', n: 0 }]);
  });

  it('a process function emits to side outputs, with the timestamp and the origin of its results', async () => {
    const windows = await window('tumbling-window', {
      size: 10,
      function: 'process',
      processor: `({
        process(key, ctx, elements, out) {
          for (const record of elements) if (record.v < 0) ctx.output('negative', record);
          ctx.output({ id: 'sizes' }, elements.length);
          out.collect({ key, n: elements.length });
        },
        clear(ctx) { ctx.output('ends', ctx.window.end); },
      })`,
      schema: N_SCHEMA,
      sideOutputs: [
        { name: 'negative', type: 'row' },
        { name: 'sizes', type: 'int' },
        { name: 'ends', type: 'timestamp' },
      ],
    });
    windows.processElement({ id: 'a', v: 1 }, 1).processElement({ id: 'a', v: -2 }, 2).processWatermark(9, 77);
    const emitted = { kind: 'record', timestamp: 9, origin: 77 };
    expect(windows.drain()).toEqual([
      { ...emitted, port: 'negative', value: { id: 'a', v: -2 } },
      { ...emitted, port: 'sizes', value: { value: 2 } },
      { ...emitted, port: 'out', value: { key: 'a', n: 2 } },
      { ...emitted, port: 'ends', value: { value: 10 } },
      { kind: 'watermark', watermark: 9, origin: 77 },
    ]);
  });

  it('a process function behind reduce has side outputs too; a tag nobody declared fails the job with the key', async () => {
    const windows = await window('session-window', {
      gap: 10,
      function: 'reduce',
      reducer: '(a, b) => ({ ...a, v: a.v + b.v })',
      processor: "({ process(key, ctx, [sum], out) { ctx.output(sum.v > 1 ? 'big' : `s${'mall'}`, sum.v); } })",
      schema: N_SCHEMA,
      sideOutputs: [{ name: 'big', type: 'double' }],
    });
    windows.processElement({ id: 'a', v: 1 }, 1).processElement({ id: 'a', v: 2 }, 2).processElement({ id: 'b', v: 1 }, 30);
    windows.processWatermark(20);
    expect(windows.drainValues('big')).toEqual([{ value: 3 }]);
    expect(() => windows.processWatermark(50)).toThrow(
      /^The process function's process threw TypeError: There is no side output "small". Declare it under "Side outputs".*for the key "b"/s,
    );
  });

  it('a process function tells first results from updates by state of the window, which goes with it', async () => {
    const windows = await window('tumbling-window', {
      size: 10,
      allowedLateness: 5,
      function: 'process',
      processor: `({ process(key, ctx, elements, out) {
        const isUpdate = ctx.windowState('isUpdate');
        out.collect({ key: isUpdate.value() === null ? 'first' : 'update', n: elements.length });
        isUpdate.update(true);
      } })`,
      schema: N_SCHEMA,
    });
    windows.processElement({ id: 'a', v: 1 }, 5).processWatermark(9).processElement({ id: 'a', v: 1 }, 6).processWatermark(13);
    windows.processElement({ id: 'a', v: 1 }, 7).processWatermark(14).processElement({ id: 'a', v: 1 }, 8);
    expect(windows.drainValues()).toEqual([
      { key: 'first', n: 1 },
      { key: 'update', n: 2 },
      { key: 'update', n: 3 },
    ]);
    expect(windows.snapshot().keyGroups.size).toBe(0);
  });

  const AS_TEXT = [{ name: 'text', type: 'string' }];
  /** Every kind of state, of the window and of the key. */
  const COUNTING = `class {
    open(ctx) { this.all = ctx.getListState('all'); }
    process(key, ctx, elements, out) {
      const firings = ctx.windowState().getReducingState({ name: 'firings', reduce: (a, b) => a + b });
      const mean = ctx.globalState().getAggregatingState({
        name: 'mean', createAccumulator: () => [0, 0], add: (v, [n, sum]) => [n + 1, sum + v], getResult: ([n, sum]) => sum / n,
      });
      const ends = ctx.globalState().getMapState('ends');
      firings.add(1);
      for (const { v } of elements) mean.add(v);
      ends.put(ctx.window.end, elements.length);
      this.all.add(elements.length);
      out.collect({ text: [firings.get(), mean.get(), ends.entries().join(' '), this.all.get().join()].join(' | ') });
    }
  }`;

  it('a process function has every kind of state, of the window and of the key', async () => {
    const config = { size: 10, allowedLateness: 5, function: 'process', processor: COUNTING, schema: AS_TEXT };
    const windows = await window('tumbling-window', config);
    windows.processElement({ id: 'a', v: 2 }, 1).processElement({ id: 'b', v: 8 }, 1).processWatermark(9);
    windows.processElement({ id: 'a', v: 4 }, 2).processElement({ id: 'a', v: 5 }, 12);
    const restored = await window('tumbling-window', config, 'row', windows.snapshot());
    restored.processWatermark(19);
    expect([...windows.drainValues(), ...restored.drainValues()]).toEqual([
      { text: '1 | 2 | 10,1 | 1' },
      { text: '1 | 8 | 10,1 | 1' },
      // Updates see the record of before again.
      { text: `2 | ${8 / 3} | 10,2 | 1,2` },
      { text: '1 | 3.25 | 10,2 20,1 | 1,2,1' },
    ]);
  });

  it('state of a window goes with it, also when nobody asks for it after a restore', async () => {
    const processor = `({ process(key, ctx, elements, out) { ctx.windowState().getListState('seen').add(elements.length); } })`;
    const config = { size: 10, allowedLateness: 5, function: 'process', processor, schema: AS_TEXT };
    const windows = await window('tumbling-window', config);
    windows.processElement({ id: 'a', v: 2 }, 1).processWatermark(9);
    const restored = await window('tumbling-window', config, 'row', windows.snapshot());
    expect(restored.snapshot().keyGroups.size).toBe(1);
    restored.processWatermark(14);
    expect(restored.snapshot().keyGroups.size).toBe(0);
  });

  it('state of a key may expire, by the clock', async () => {
    const processor = `({ process(key, ctx, elements, out) {
      const last = ctx.globalState().getState({ name: 'last', ttl: 1000 });
      out.collect({ text: String(last.value()) });
      last.update(elements.length);
    } })`;
    const windows = await window('tumbling-window', { size: 10, function: 'process', processor, schema: AS_TEXT });
    windows
      .processElement({ id: 'a', v: 1 }, 1)
      .processWatermark(9)
      .processElement({ id: 'a', v: 1 }, 11)
      .processProcessingTime(NEW_YEAR_2025 + 900);
    windows
      .processWatermark(19)
      .processElement({ id: 'a', v: 1 }, 21)
      .processProcessingTime(NEW_YEAR_2025 + 1900)
      .processWatermark(29);
    expect(windows.drainValues()).toEqual([{ text: 'null' }, { text: '1' }, { text: 'null' }]);
  });

  it('a process function is a rich function: opened before the first record, closed after the last, with counters', async () => {
    const processor = `class {
      open(ctx) { this.calls = ['open']; this.runtime = ctx.getRuntimeContext(); }
      process(key, ctx, elements, out) {
        this.calls.push('process');
        ctx.getRuntimeContext().getMetricGroup().counter('records').inc(elements.length);
        out.collect({ text: this.calls.join() + ' ' + this.runtime.getIndexOfThisSubtask() + '/' + this.runtime.getNumberOfParallelSubtasks() });
      }
      close() { if (this.calls.length !== 3) throw new Error('closed too early'); }
    }`;
    const windows = await window('session-window', { gap: 10, function: 'process', processor, schema: AS_TEXT });
    windows
      .processElement({ id: 'a', v: 1 }, 1)
      .processElement({ id: 'a', v: 2 }, 2)
      .processElement({ id: 'b', v: 1 }, 3)
      .processWatermark(50);
    expect(windows.drainValues()).toEqual([{ text: 'open,process 0/1' }, { text: 'open,process,process 0/1' }]);
    expect(windows.operator.userCounters?.()).toEqual(new Map([['records', 3]]));
    windows.close();
  });

  it('state of a key cannot be used where there is no key, nor state of a window where windows merge', async () => {
    const opening = "({ open(ctx) { ctx.getState('x').value(); }, process() {} })";
    const parts = { function: 'process', schema: AS_TEXT };
    await expect(window('tumbling-window', { size: 10, ...parts, processor: opening })).rejects.toThrow(
      /^The process function's open threw NoCurrentKeyError: There is no current key here/,
    );
    const merging = await window('session-window', { gap: 10, ...parts, processor: '({ process(key, ctx) { ctx.windowState(); } })' });
    merging.processElement({ id: 'a', v: 1 }, 1);
    expect(() => merging.processWatermark(50)).toThrow(
      'There is no state per window when windows merge. Use the state of the key instead.',
    );
  });

  it('reduce emits records of the stream, and the first one as it is', async () => {
    const windows = await window('tumbling-window', {
      size: 10,
      function: 'reduce',
      reducer: '(a, b) => ({ ...a, v: Math.min(a.v, b.v) })',
    });
    windows
      .processElement({ id: 'a', v: 3 }, 1)
      .processElement({ id: 'a', v: 2 }, 2)
      .processElement({ id: 'b', v: 9 }, 3)
      .processWatermark(9);
    expect(windows.drainValues()).toEqual([
      { id: 'a', v: 2 },
      { id: 'b', v: 9 },
    ]);
  });
});

describe('a configuration is refused', () => {
  const custom = { trigger: 'custom', customTrigger: "({ onElement: () => 'FIRE' })", ...SUM };
  it.each<readonly [string, Row, readonly string[]]>([
    ['session-window', custom, ['trigger trigger-cannot-merge']],
    ['session-window', { trigger: 'delta', triggerDelta: '(a, b) => b.v - a.v' }, ['trigger trigger-cannot-merge']],
    ['tumbling-window', custom, []],
    ['global-window', { trigger: 'default' }, ['trigger required']],
    ['global-window', { trigger: 'event-time' }, ['trigger trigger-never-fires']],
    ['sliding-window', { slide: 10, offset: -10 }, ['offset out-of-range']],
    ['cumulating-window', { maxSize: 25, step: 10 }, ['maxSize out-of-range']],
    ['tumbling-window', { function: 'process', schema: N_SCHEMA }, ['processor required']],
    ['tumbling-window', { function: 'process', processor: '({ process() {} })' }, ['schema output-unknown']],
    [
      'tumbling-window',
      {
        function: 'process',
        processor: "({ process(k, ctx) { ctx.output('lat', 1); ctx.output('fine', 1); }, clear(c) { c.output('gone', 1); } })",
        schema: N_SCHEMA,
        sideOutputs: [
          { name: 'late', type: 'double' },
          { name: 'fine', type: 'double' },
        ],
      },
      ['processor tag-unknown', 'processor tag-unknown', 'sideOutputs tag-reserved'],
    ],
    ['tumbling-window', { ...SUM, sideOutputs: [{ name: 'out', type: 'double' }] }, []],
    ['tumbling-window', { function: 'reduce', reducer: '(a, b) => ({ id: a.id })' }, ['reducer output-field-missing']],
    [
      'session-window',
      { function: 'aggregate', aggregator: '({ createAccumulator() {}, add() {}, getResult() {} })', schema: N_SCHEMA },
      ['aggregator method-missing'],
    ],
  ])('%s %j', (type, config, expected) => {
    expect(problemsOf(type, config)).toEqual(expected);
  });

  it('when event time is missing, unless it is not needed', () => {
    const input = { ...INPUT, eventTime: false };
    expect(problemsOf('tumbling-window', SUM, input)).toEqual([' no-event-time']);
    expect(problemsOf('tumbling-window', { time: 'processing', ...SUM }, input)).toEqual([]);
    expect(problemsOf('count-window', SUM, input)).toEqual([]);
  });
});

describe('combinations', () => {
  const DELTA = '(a, b) => Math.abs(b.v - a.v)';
  const CONFIGS: readonly (readonly [string, Row])[] = [
    ['tumbling-window', { size: 3000, trigger: 'count', triggerCount: 3, allowedLateness: 1000, lateData: 'side-output' }],
    [
      'tumbling-window',
      { size: 3000, trigger: 'continuous-event-time', triggerInterval: 700, purge: true, evictor: 'count', evictorCount: 2 },
    ],
    ['tumbling-window', { time: 'processing', size: 7 }],
    ['sliding-window', { size: 3000, slide: 1000, allowedLateness: 500, lateData: 'side-output', evictor: 'time', evictorSpan: 800 }],
    ['sliding-window', { size: 1000, slide: 3000, lateData: 'side-output' }],
    ['sliding-window', { time: 'processing', size: 9, slide: 4, trigger: 'continuous-processing-time', triggerInterval: 3 }],
    ['session-window', { gap: 600, allowedLateness: 2000, lateData: 'side-output' }],
    ['session-window', { gap: 1500, trigger: 'count', triggerCount: 3, purge: true }],
    [
      'session-window',
      { gap: 1500, trigger: 'continuous-event-time', triggerInterval: 400, evictor: 'delta', evictorDelta: DELTA, evictorThreshold: 30 },
    ],
    ['session-window', { time: 'processing', gapKind: 'dynamic', gapFunction: '(r) => 1 + Math.abs(Math.round(r.v))' }],
    ['cumulating-window', { maxSize: 4000, step: 1000, allowedLateness: 300 }],
    ['global-window', { trigger: 'delta', triggerDelta: DELTA, triggerThreshold: 20 }],
    ['global-window', { trigger: 'end-of-stream' }],
    ['count-window', { size: 3, slides: true, slide: 2 }],
  ];

  async function observe(type: string, config: Row, run: (subtask: ObservedSubtask<Fields>) => Promise<void>): Promise<Observation> {
    const subtask = await new ObservedSubtask<Fields>({ definition: definition(type), config, inputs: [INPUT] }).open();
    await run(subtask);
    expect(subtask.finish()).toBe(true);
    return subtask.observation();
  }

  function withoutStragglers(stream: readonly Element[]): readonly Element[] {
    let watermark = Number.NEGATIVE_INFINITY;
    return stream.filter((element) => {
      if ('watermark' in element) watermark = element.watermark;
      return 'watermark' in element || (element.timestamp ?? 0) > watermark;
    });
  }

  it.each(CONFIGS)('%s %j goes on after a restart as if there had been none', async (type, parts) => {
    const config = { aggregates: [...SUM.aggregates, { fn: 'count', column: '', as: 'n' }], ...parts };
    await fc.assert(
      fc.asyncProperty(streamOf([INPUT]), disturbance(true, false), async (any, { restarts }) => {
        // A timer that is registered behind the watermark fires with the next one, which after a restart is the one announced again.
        const stream = parts['trigger'] === 'continuous-event-time' ? withoutStragglers(any) : any;
        const reference = await observe(type, config, (subtask) => Promise.resolve(stream.forEach((element) => subtask.process(element))));
        const restarted = await observe(type, config, async (subtask) => {
          for (const [i, element] of stream.entries()) {
            if (restarts.some(({ at }) => at === i)) await subtask.restart('row');
            subtask.process(element);
          }
        });
        expect(restarted).toEqual(reference);
      }),
      { seed: 20_250_101, numRuns: 25 },
    );
  });

  it.each(CONFIGS.filter(([type, { time }]) => !['global-window', 'count-window'].includes(type) && time !== 'processing'))(
    '%s %j holds nothing once event time has ended',
    async (type, parts) => {
      await fc.assert(
        fc.asyncProperty(streamOf([INPUT]), async (stream) => {
          const harness = await window(type, { ...SUM, ...parts });
          for (const element of stream) {
            if ('record' in element) harness.processElement(element.record, element.timestamp, element.origin);
            else harness.processWatermark(element.watermark, element.origin);
          }
          const { operator } = harness;
          if (operator instanceof WindowOperator) expect([operator.keyCount, operator.timerCount]).toEqual([0, 0]);
          expect(harness.snapshot().keyGroups.size).toBe(0);
        }),
        { seed: 20_250_101, numRuns: 15 },
      );
    },
  );
});
