import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatchBuilder } from '../../batch/batch-builder.ts';
import type { Field, FieldType, Row } from '../../batch/schema.ts';
import { Marks, MAX_WATERMARK, WATERMARK } from '../../elements/marks.ts';
import { originOf } from '../../elements/origin.ts';
import { ObservedSubtask } from '../../testing/conformance/observed-subtask.ts';
import type { Observation } from '../../testing/conformance/observed-subtask.ts';
import { OperatorTestHarness, RecordFailure } from '../../testing/operator-test-harness.ts';
import type { Element } from '../../testing/rows.ts';
import { must } from '../../util/assert.ts';
import { groupBy } from '../../util/group-by.ts';
import type { StreamShape } from '../definition.ts';
import { intervalJoin } from './definition.ts';

/** Both paths on random streams: few keys and few moments, so that bounds, watermarks and timestamps often coincide. */

type KeyType = 'string' | 'int' | 'boolean';

const KEYS: Readonly<Record<KeyType, readonly unknown[]>> = { string: ['a', 'b', ''], int: [0, -1, 7], boolean: [true, false] };

const shape = (key: FieldType, own: string): StreamShape => ({
  schema: {
    fields: [
      { name: 'k', type: key },
      { name: own, type: 'double', nullable: true },
      { name: 'text', type: 'string', nullable: true },
      { name: 'flag', type: 'boolean' },
      { name: 'more', type: 'array' },
    ],
  },
  key: { kind: 'fields', fields: ['k'] },
  eventTime: true,
});

interface Step {
  readonly kind: 'left' | 'right' | 'watermark' | 'cut' | 'restart';
  readonly key: number;
  readonly time: number;
  readonly value: number | null;
  readonly text: string | null;
}

function repeated(kind: Step['kind'], times: number): readonly Step['kind'][] {
  return Array.from({ length: times }, () => kind);
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom<Step['kind']>(
    ...repeated('left', 12),
    ...repeated('right', 12),
    ...repeated('watermark', 6),
    'cut',
    'cut',
    'restart',
  ),
  key: fc.nat({ max: 2 }),
  time: fc.nat({ max: 12 }),
  value: fc.option(fc.nat({ max: 3 })),
  text: fc.option(fc.constantFrom('x', 'y', 'Å')),
});

/** A process function: some pairs give nothing, some several records; one tag of single values, one of records like the left ones. */
const CODE = `({
  open() { this.seen = 0; },
  processElement(l, r, ctx, out) {
    if (l.v === 3 && r.text === 'y') throw new Error(l.k + ' at ' + ctx.getTimestamp());
    for (let i = 0; i < (r.w ?? 0); i++) out.collect({ k: l.k, i, between: ctx.getRightTimestamp() - ctx.getLeftTimestamp() });
    if (l.flag) ctx.output('texts', r.text);
    if (r.flag) ctx.output('lefts', l);
  },
})`;
const PROCESS = {
  result: 'process',
  code: CODE,
  schema: [
    { name: 'k', type: 'any' },
    { name: 'i', type: 'int' },
    { name: 'between', type: 'double' },
  ],
  sideOutputs: [
    { name: 'texts', type: 'string', nullable: true },
    { name: 'lefts', type: 'row' },
  ],
};

/** Functions, each with the output fields that cannot be read from it; null: the process function. */
const FUNCTIONS: readonly (readonly [combine: string | null, ...schema: readonly Field[]])[] = [
  [null],
  [''],
  ['(l, r) => ({ k: l.k, sum: (l.v ?? 0) + (r.w ?? 0) })'],
  ['(l, r) => ({ n: l.text.length + r.more.length })', { name: 'n', type: 'int' }],
  ['(l, r) => ({ ...l, w: r.w, flag: l.flag && r.flag })'],
  ['(l, r) => ({ ...r, more: l.more, note: l.text ?? "none", late: !l.flag })'],
  ['(l, r) => (l.flag ? { x: l.v, ok: true } : { x: r.w, ok: false })'],
  ['(l, r) => { l.more.push(1); return { more: l.more, size: r.more.length }; }'],
  ['function (l, r) { if (l.v === r.w) throw new Error(String(l.text)); return { flag: r.flag, v: l.v }; }'],
];

const settings = fc.record({
  keyType: fc.constantFrom<KeyType>('string', 'int', 'boolean'),
  bounds: fc.tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: -6, max: 6 })),
  lowerInclusive: fc.boolean(),
  upperInclusive: fc.boolean(),
  lateData: fc.constantFrom('drop', 'side-output', 'fail'),
  made: fc.constantFrom(...FUNCTIONS),
  onError: fc.constantFrom('skip', 'fail'),
});

interface Play {
  readonly inputs: readonly StreamShape[];
  readonly config: Row;
  readonly steps: readonly Step[];
}

function recordOf({ kind, key, time, value, text }: Step, keyType: KeyType): Row {
  const own = { [kind === 'left' ? 'v' : 'w']: value };
  return { k: KEYS[keyType][key % KEYS[keyType].length], ...own, text, flag: time % 2 === 0, more: [time] };
}

async function observe(
  { inputs, config, steps }: Play,
  keyType: KeyType,
  modes: readonly ['row' | 'batch', 'row' | 'batch'],
): Promise<Observation> {
  const [mode, afterRestart] = modes;
  const subtask = await new ObservedSubtask({ definition: intervalJoin, config, inputs, mode }).open();
  let position = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (const { kind, key, time, value, text } of steps) {
    if (kind === 'cut') subtask.cut();
    else if (kind === 'restart') await subtask.restart(afterRestart);
    else if (kind === 'watermark') {
      highest = Math.max(highest, time);
      subtask.process({ watermark: highest, origin: originOf(position, 0) });
    } else {
      const element: Element = {
        record: recordOf({ kind, key, time, value, text }, keyType),
        timestamp: time,
        origin: originOf(++position, 0),
        input: kind === 'left' ? 0 : 1,
      };
      subtask.process(element);
    }
  }
  subtask.process({ watermark: MAX_WATERMARK, origin: originOf(position, 0) });
  subtask.finish();
  return subtask.observation();
}

/** Rows of both sides in one call, as the runtime hands them over; or one by one. */
async function observeInterleaved({ inputs, config, steps }: Play, keyType: KeyType, mode: 'row' | 'batch'): Promise<unknown> {
  const h = await new OperatorTestHarness({ definition: intervalJoin, config, inputs, mode }).open();
  const builders = inputs.map(({ schema }) => new BatchBuilder(schema, () => new Marks()));
  let [sides, marks]: [number[], Marks] = [[], new Marks()];
  const handOver = (): void => {
    const batches = builders.map((builder) => (builder.isEmpty ? null : builder.build()));
    const interleaved = { batches, inputs: Uint8Array.from(sides), count: sides.length, marks };
    [sides, marks] = [[], new Marks()];
    h.operator.processInterleaved?.(interleaved);
  };
  const emitted: unknown[] = [];
  let position = 0;
  let highest = Number.NEGATIVE_INFINITY;
  try {
    for (const next of steps) {
      const input = next.kind === 'left' ? 0 : 1;
      if (next.kind === 'watermark') {
        highest = Math.max(highest, next.time);
        if (mode === 'row') h.processWatermark(highest, originOf(position, 0));
        else marks.push(sides.length, WATERMARK, highest, originOf(position, 0));
      } else if (next.kind === 'left' || next.kind === 'right') {
        const origin = originOf(++position, 0);
        if (mode === 'row') h.processElement(recordOf(next, keyType), next.time, origin, input);
        else {
          must(builders[input], 'the builder of a side').append(recordOf(next, keyType), next.time, origin);
          sides.push(input);
        }
      } else if (mode === 'batch') handOver();
    }
    if (mode === 'batch') handOver();
  } catch (error) {
    if (!(error instanceof RecordFailure)) throw error;
    return { failedAt: error.position, problems: h.problems };
  }
  emitted.push(...h.drain());
  return { byPort: groupBy(emitted, portOf), problems: h.problems };
}

function portOf(emitted: unknown): string {
  return (emitted as { readonly port?: string }).port ?? 'out';
}

describe('row path and columnar kernel', () => {
  test('give the same when both sides come together', async () => {
    await fc.assert(
      fc.asyncProperty(
        settings,
        fc.array(step, { maxLength: 60, size: 'max' }),
        async ({ keyType, bounds, made: [combine, ...schema], ...rest }, steps) => {
          const [lowerBound, upperBound] = [Math.min(...bounds), Math.max(...bounds)];
          const config = { ...rest, lowerBound, upperBound, ...(combine === null ? PROCESS : { combine, schema }) };
          const play: Play = { inputs: [shape(keyType, 'v'), shape(keyType, 'w')], config, steps };
          expect(await observeInterleaved(play, keyType, 'batch')).toEqual(await observeInterleaved(play, keyType, 'row'));
        },
      ),
      { seed: 20_250_313, numRuns: 200, interruptAfterTimeLimit: 20_000 },
    );
  }, 60_000);

  test('give the same pairs, late records, problems and failures', async () => {
    await fc.assert(
      fc.asyncProperty(
        settings,
        fc.array(step, { maxLength: 60, size: 'max' }),
        async ({ keyType, bounds, made: [combine, ...schema], ...rest }, steps) => {
          const [lowerBound, upperBound] = [Math.min(...bounds), Math.max(...bounds)];
          const config = { ...rest, lowerBound, upperBound, ...(combine === null ? PROCESS : { combine, schema }) };
          const play: Play = { inputs: [shape(keyType, 'v'), shape(keyType, 'w')], config, steps };
          const reference = await observe(play, keyType, ['row', 'row']);
          for (const modes of [['batch', 'batch'] as const, ['batch', 'row'] as const, ['row', 'batch'] as const]) {
            const seen = await observe(play, keyType, modes);
            // What was emitted before a failure depends on the batch; that it failed, and where, does not.
            if (reference.failedAt === null) expect(seen).toEqual(reference);
            else expect(seen.failedAt).toBe(reference.failedAt);
          }
        },
      ),
      { seed: 20_250_102, numRuns: 300, interruptAfterTimeLimit: 20_000 },
    );
  }, 60_000);

  test('agree on records at the watermark, which wait for the next one: compaction leaves them', async () => {
    const inputs = [shape('int', 'v'), shape('int', 'w')];
    const run = async (mode: 'row' | 'batch') => {
      const h = await new OperatorTestHarness({ definition: intervalJoin, config: { lowerBound: 0, upperBound: 0 }, inputs, mode }).open();
      const rest = { text: null, flag: true, more: [] };
      h.processWatermark(1000);
      for (let k = 0; k < 10_000; k++) h.processElement({ k, v: k, ...rest }, 1000, undefined, 0);
      h.flush();
      for (let k = 0; k < 10_000; k += 100) h.processElement({ k, w: k, ...rest }, 1000, undefined, 1);
      h.processWatermark(1001);
      h.processElement({ k: 100, w: 1, ...rest }, 1001, undefined, 1);
      return h.drain();
    };
    const row = await run('row');
    expect(row.filter(({ kind }) => kind === 'record')).toHaveLength(100);
    expect(await run('batch')).toEqual(row);
  }, 60_000);

  test.each(['', PROCESS.code])(
    'agree when one record has more partners than a batch has rows, and when several together have (code: %#)',
    async (code) => {
      const inputs = [shape('int', 'v'), shape('int', 'w')];
      const made =
        code === ''
          ? {}
          : {
              ...PROCESS,
              code: '({ processElement(l, r, ctx, out) { if (l.v % 8 === 0) out.collect({ k: l.v, i: r.w, between: 0 }); } })',
            };
      const config = { lowerBound: -1000, upperBound: 1000, ...made };
      const rest = { text: null, flag: true, more: [] };
      // 4,200 records of key 1 and 600 of key 2 on the left; then on the right, in one call, two of key 1 and many of key 2, with watermarks and a late one between.
      const rights = Array.from({ length: 60 }, (_, i) => ({ k: i === 5 || i === 40 ? 1 : 2, time: i === 20 ? 900 : 1500 + i }));
      const marksBefore = new Map([0, 5, 6, 20, 21, 40, 41, 60].map((q, m) => [q, 1200 + m]));
      const run = async (mode: 'row' | 'batch') => {
        const h = await new OperatorTestHarness({ definition: intervalJoin, config, inputs, mode }).open();
        for (let i = 0; i < 4800; i++) h.processElement({ k: i % 8 === 7 ? 2 : 1, v: i, ...rest }, 1000 + (i % 900), originOf(i, 0), 0);
        h.flush();
        const builder = new BatchBuilder(must(inputs[1], 'the right side').schema, () => new Marks());
        const marks = new Marks();
        for (let q = 0; q <= rights.length; q++) {
          const [origin, watermark, next] = [originOf(5000 + q, 0), marksBefore.get(q), rights[q]];
          if (watermark !== undefined && mode === 'row') h.processWatermark(watermark, origin);
          else if (watermark !== undefined) marks.push(q, WATERMARK, watermark, origin);
          if (next === undefined) continue;
          const record = { k: next.k, w: q, ...rest };
          if (mode === 'row') h.processElement(record, next.time, origin, 1);
          else builder.append(record, next.time, origin);
        }
        const batches = [null, mode === 'row' ? null : builder.build()];
        if (mode === 'batch') h.operator.processInterleaved?.({ batches, inputs: new Uint8Array(60).fill(1), count: 60, marks });
        return { emitted: h.drain(), problems: h.problems };
      };
      const [row, batch] = [await run('row'), await run('batch')];
      expect(row.emitted.length).toBeGreaterThan(code === '' ? 40_000 : 1000);
      expect(row.problems).toHaveLength(1);
      expect(batch).toEqual(row);
    },
    60_000,
  );

  test('agree on long streams, of which little is kept: the log is compacted, keys are forgotten', async () => {
    const inputs = [shape('int', 'v'), shape('int', 'w')];
    const config = { lowerBound: -40, upperBound: 25, lateData: 'side-output' };
    const run = async (mode: 'row' | 'batch') => {
      const h = await new OperatorTestHarness({ definition: intervalJoin, config, inputs, mode }).open();
      let most = 0;
      for (let i = 0; i < 60_000; i++) {
        // Keys come and go: each lives for a few hundred records.
        const k = Math.floor(i / 3) + ((i * 7) % 5) * 2;
        const own = i % 2 === 0 ? { v: i } : { w: i };
        const timestamp = i - ((i * 13) % 30);
        h.processElement({ k, ...own, text: `t${i % 7000}`, flag: i % 3 === 0, more: [] }, timestamp, undefined, i % 2);
        if (i % 10 === 9) h.processWatermark(i - 25);
        if (i % 1000 === 999) {
          h.flush();
          most = Math.max(most, (h.operator as unknown as { readonly loggedCount?: number }).loggedCount ?? 0);
        }
      }
      h.processWatermark(MAX_WATERMARK);
      const emitted = h.drain();
      const { keyCount } = h.operator as unknown as { readonly keyCount: number };
      return { emitted, late: h.problems.length, keyCount, most };
    };
    const [row, batch] = [await run('row'), await run('batch')];
    expect(batch.emitted.length).toBeGreaterThan(10_000);
    expect(batch.emitted).toEqual(row.emitted);
    expect([batch.late, batch.keyCount, row.keyCount]).toEqual([row.late, 0, 0]);
    expect(batch.most).toBeLessThan(40_000);
  }, 60_000);
});
