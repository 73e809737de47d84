import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field, Row } from '../../batch/schema.ts';
import { originOf } from '../../elements/origin.ts';
import type { ProcessOperator } from '../../process/process-operator.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { keyedShape, keyedSteps, observeKeyed } from '../../testing/conformance/keyed-streams.ts';
import type { KeyName } from '../../testing/conformance/keyed-streams.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { Emitted } from '../../testing/operator-test-harness.ts';
import { keyedProcessFunction } from './definition.ts';

const SCHEMA: readonly Field[] = [
  { name: 'text', type: 'string' },
  { name: 'x', type: 'double', nullable: true },
  { name: 'ok', type: 'boolean', nullable: true },
  { name: 'any', type: 'any' },
];
const SIDE: readonly Field[] = [
  { name: 'rows', type: 'row' },
  { name: 'numbers', type: 'double' },
];

/** A method per line of what user code can do; the records have the fields of `keyedShape`. */
const VALUES = `({
  open(ctx) { this.sum = ctx.getState('sum'); this.flag = ctx.getState('flag'); this.name = ctx.getState('name'); this.mixed = ctx.getState('mixed'); },
  processElement(r, ctx, out) {
    this.sum.update((this.sum.value() ?? 0) + r.v);
    this.flag.update(r.flag);
    if (r.note !== null) this.name.update((this.name.value() ?? '') + r.note);
    else this.name.clear();
    this.mixed.update([r.v, r.ok, r.name, { n: r.n }, undefined, r.tags, null][Math.abs(r.n) % 7]);
    out.collect({ text: this.name.value() ?? '-', x: this.sum.value(), ok: this.flag.value(), any: this.mixed.value() });
  },
})`;

const TIMERS = `class Timers {
  open(ctx) { this.count = ctx.getState('count'); this.set = ctx.getListState('set'); }
  processElement({ n, v, ok, count }, ctx, out) {
    const timers = ctx.timerService();
    const time = ctx.timestamp() + (count === null ? -20 : count * 5);
    timers.registerEventTimeTimer(time);
    if (n === 1) timers.registerEventTimeTimer(time + 0.5);
    if (n === 0) timers.registerEventTimeTimer(v || 10);
    if (ok) timers.deleteEventTimeTimer(ctx.timestamp() + 15);
    this.count.update((this.count.value() ?? 0) + 1);
    this.set.add(time);
  }
  onTimer(timestamp, ctx, out) {
    out.collect({ text: String(ctx.getCurrentKey()) + ctx.timeDomain(), x: timestamp, ok: ctx.timestamp() === timestamp, any: this.set.get() });
    const left = (this.count.value() ?? 0) - 1;
    if (left > 2) ctx.timerService().registerEventTimeTimer(timestamp - 7);
    if (left > 1) ctx.timerService().registerEventTimeTimer(timestamp + 3);
    if (left === 3) ctx.timerService().deleteEventTimeTimer(timestamp + 1);
    if (left > 0) this.count.update(left);
    else { this.count.clear(); this.set.clear(); }
    out.collect({ text: 'w', x: ctx.currentWatermark(), any: left });
  }
}`;

const WATERMARK = `({
  processElement(r, ctx, out) {
    if (r.n === 1) out.collect({ text: r.id, x: ctx.timerService().currentWatermark() });
    if (r.n === 0) ctx.timerService().registerEventTimeTimer(ctx.currentWatermark() + 1);
  },
  onTimer(timestamp, ctx, out) { out.collect({ text: 'fired', x: timestamp, any: ctx.currentWatermark() }); },
})`;

const OTHER_STATES = `({
  open(ctx) {
    this.list = ctx.getListState('list');
    this.map = ctx.getMapState('map');
    this.max = ctx.getReducingState({ name: 'max', reduce: (a, b) => Math.max(a, b) });
    this.all = ctx.getAggregatingState({ name: 'all', createAccumulator: () => [], add: (v, acc) => [...acc, v], getResult: (acc) => acc.length });
  },
  processElement(r, ctx, out) {
    if (r.n === -7) { this.list.clear(); this.map.remove(r.name); this.all.clear(); }
    this.list.add(r.v);
    this.map.put(r.name, [r.n, r.tags]);
    this.max.add(r.v);
    this.all.add(r.ok);
    out.collect({ text: r.name, x: this.max.get(), any: [this.list.get(), this.map.entries(), this.all.get()] });
  },
})`;

const SIDES = `({
  open(ctx) { this.seen = ctx.getState('seen'); },
  processElement(value, ctx, out) {
    const seen = (this.seen.value() ?? 0) + 1;
    this.seen.update(seen);
    ctx.output('rows', value);
    if (value.ok) ctx.output('numbers', seen);
    for (let i = 0; i < seen % 3; i++) out.collect({ text: value.name, x: i });
  },
})`;

const CATCHES = `({
  processElement(value, ctx, out) {
    try { out.collect({ text: value.note, x: 'no number' }); } catch (error) { out.collect({ text: error.message }); }
    try { out.collect(value.note); } catch (error) { out.collect({ text: error.message }); }
    try { ctx.output(['nowhere'][0], 1); } catch (error) { out.collect({ text: error.message }); }
    try { ctx.timeDomain(); } catch (error) { out.collect({ text: error.message }); }
    try { ctx.timerService().registerEventTimeTimer('soon'); } catch (error) { out.collect({ text: error.message }); }
    try { ctx.timerService()['current' + 'Proces' + 'singTime'](); } catch (error) { out.collect({ text: error.message }); }
    out.collect({ text: 'null', x: null, ok: undefined, any: value });
  },
})`;

const WHOLE = `class Base {
  processElement(value, ctx, out) {
    const [first] = arguments;
    this.kept = [...(this.kept ?? []).slice(-2), value];
    out.collect({ text: first.id, any: { ...value, kept: this.kept.map((r) => r.n) } });
    value.n = 99;
  }
}`;

const INHERITED = `class extends (class { processElement(value, ctx, out) { this.handle(value, ctx, out); } }) {
  handle(value, ctx, out) { out.collect({ text: value.name, ok: value.flag, any: Object.keys(value) }); }
}`;

const REPLACED = `({
  processElement(value, ctx, out) {
    out.collect({ text: 'first', x: value.v });
    this.processElement = () => out.collect({ text: 'second' });
  },
})`;

const REPLACED_AT_FIRST = `({
  open() { this['process' + 'Element'] = (value, ctx, out) => out.collect({ text: 'never' }); },
  processElement(value, ctx, out) { out.collect({ text: 'always' }); },
})`;

const FAILS = `({
  open(ctx) { this.count = ctx.getState('count'); },
  processElement(value, ctx, out) {
    const count = (this.count.value() ?? 0) + 1;
    this.count.update(count);
    ctx.timerService().registerEventTimeTimer(ctx.timestamp() + 5);
    out.collect({ text: value.id, x: count });
    if (count === 4 && value.ok) throw new Error('too many ' + value.name);
  },
  onTimer(timestamp, ctx, out) {
    out.collect({ text: 'timer', x: timestamp });
    if (timestamp === 33) null.x;
  },
})`;

const CODES = [VALUES, TIMERS, TIMERS, WATERMARK, OTHER_STATES, SIDES, CATCHES, WHOLE, INHERITED, REPLACED, REPLACED_AT_FIRST, FAILS];
const MODES = [['batch', 'batch'] as const, ['batch', 'row'] as const, ['row', 'batch'] as const];

const settings = fc.record({
  code: fc.constantFrom(...CODES),
  key: fc.constantFrom<KeyName>('text', 'number', 'flag', 'both'),
});

const optionsOf = (code: string, key: KeyName) => ({
  definition: keyedProcessFunction,
  config: { code, schema: SCHEMA, sideOutputs: SIDE },
  inputs: [keyedShape(key)],
});

describe('a keyed process function by rows and by columns', () => {
  test('emits the same, whatever the batches, and goes on from a snapshot of the other', async () => {
    await fc.assert(
      fc.asyncProperty(settings, keyedSteps, async ({ code, key }, steps) => {
        const reference = await observeKeyed(optionsOf(code, key), steps, ['row', 'row']);
        for (const modes of MODES) {
          const seen = await observeKeyed(optionsOf(code, key), steps, modes);
          // What was emitted before a failure depends on where batches were cut; that it failed, and where, does not.
          if (reference.failedAt === null) expect(seen).toEqual(reference);
          else expect(seen.failedAt).toBe(reference.failedAt);
        }
      }),
      { seed: 20_250_412, numRuns: 250, interruptAfterTimeLimit: 40_000 },
    );
  }, 90_000);

  test('emits the same before a failure, with the same words, and nothing of the call that fails', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom<KeyName>('text', 'both'), keyedSteps, async (key, steps) => {
        const seen: { emitted: Emitted[]; failure: unknown }[] = [];
        for (const mode of ['row', 'batch'] as const) {
          const h = await new OperatorTestHarness({ ...optionsOf(FAILS, key), mode }).open();
          const failure = failureOf(() => feed(h, steps));
          const emitted: Emitted[] = [];
          // What is still held back of a failing batch is gone.
          if (failure === null) emitted.push(...h.drain());
          else failureOf(() => emitted.push(...h.drain()));
          seen.push({ emitted, failure });
        }
        expect(seen[1]).toEqual(seen[0]);
      }),
      { seed: 20_250_413, numRuns: 60, interruptAfterTimeLimit: 20_000 },
    );
  }, 60_000);

  test('keeps the same state and the same timers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(VALUES, TIMERS, OTHER_STATES),
        fc.constantFrom<KeyName>('text', 'number', 'flag', 'both'),
        keyedSteps,
        async (code, key, steps) => {
          const [rows, batches] = await Promise.all(
            (['row', 'batch'] as const).map(async (mode) => {
              const h = await new OperatorTestHarness({ ...optionsOf(code, key), mode }).open();
              feed(h, steps);
              const { keyCount, timerCount } = h.operator as unknown as ProcessOperator;
              return { snapshot: comparable(h.snapshot()), keyCount, timerCount };
            }),
          );
          expect(batches).toEqual(rows);
        },
      ),
      { seed: 20_250_414, numRuns: 120, interruptAfterTimeLimit: 20_000 },
    );
  }, 60_000);
});

type Steps = Parameters<typeof observeKeyed>[1];

function feed(h: OperatorTestHarness<typeof keyedProcessFunction.fields>, steps: Steps): void {
  let position = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (const step of steps) {
    if ('record' in step) h.processElement({ ...step.record }, step.time, originOf(++position, 0));
    else if (step.kind === 'watermark') {
      highest = Math.max(highest, step.time);
      h.processWatermark(highest);
    } else h.flush();
  }
  h.flush();
}

function failureOf(run: () => void): unknown {
  try {
    run();
    return null;
  } catch (error) {
    const { message, position, content } = error as Error & { position: number; content: Row };
    return { message, position, content };
  }
}

/** The ranks of timers are comparable within a snapshot only: what counts is the order that they give. */
function comparable({ keyGroups }: KeyedStateSnapshot): unknown {
  const timers: (readonly [key: unknown, time: number, order: number])[] = [];
  const states: unknown[] = [];
  for (const [keyGroup, entry] of keyGroups) {
    const [ofKeys, { eventTime }] = entry as unknown as [unknown[], { eventTime: [unknown, number, string, number][] }];
    if (ofKeys.length > 0) states.push([keyGroup, ofKeys]);
    for (const [key, time, , order] of eventTime) timers.push([key, time, order]);
  }
  timers.sort((a, b) => (a[1] === b[1] ? a[2] - b[2] : a[1] < b[1] ? -1 : 1));
  return { states: new Map(states as [number, unknown][]), timers: timers.map(([key, time]) => [key, time]) };
}
