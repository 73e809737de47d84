import { describe, expect, test } from 'vitest';
import { MAX_WATERMARK } from '../../elements/marks.ts';
import { originOf } from '../../elements/origin.ts';
import { OperatorTestHarness, RecordFailure } from '../../testing/operator-test-harness.ts';
import type { Emitted } from '../../testing/operator-test-harness.ts';
import { must } from '../../util/assert.ts';
import type { KeySelector, StreamShape } from '../definition.ts';
import { intervalJoin } from './definition.ts';

const BY_K: KeySelector = { kind: 'fields', fields: ['k'] };
const LEFT: StreamShape = {
  schema: {
    fields: [
      { name: 'k', type: 'string' },
      { name: 'v', type: 'int' },
    ],
  },
  key: BY_K,
  eventTime: true,
};
const RIGHT: StreamShape = {
  schema: {
    fields: [
      { name: 'k', type: 'string' },
      { name: 'w', type: 'int', nullable: true },
    ],
  },
  key: BY_K,
  eventTime: true,
};

interface Buffers {
  bufferedTimestamps(side: 0 | 1): readonly number[];
  readonly keyCount: number;
}

describe.each(['row', 'batch'] as const)('interval join, %s mode', (mode) => {
  const open = (config: Readonly<Record<string, unknown>>, inputs = [LEFT, RIGHT]) =>
    new OperatorTestHarness({ definition: intervalJoin, config, inputs, mode }).open();
  type Harness = Awaited<ReturnType<typeof open>>;
  const left = (h: Harness, k: string, v: number, timestamp: number) => h.processElement({ k, v }, timestamp, undefined, 0);
  const right = (h: Harness, k: string, w: number | null, timestamp: number) => h.processElement({ k, w }, timestamp, undefined, 1);
  const short = (emitted: readonly Emitted[]) =>
    emitted.map((e) => (e.kind === 'watermark' ? e.watermark : `${Object.values(e.value).join(' ')} @${e.timestamp}`));

  test('joins within the interval, both ends included, whichever comes first', async () => {
    const h = await open({ lowerBound: -1000, upperBound: 2000 });
    left(h, 'a', 1, 10_000);
    for (const timestamp of [8999, 9000, 10_000, 12_000, 12_001]) right(h, 'a', timestamp, timestamp);
    right(h, 'b', 0, 10_000);
    left(h, 'a', 2, 9999);
    expect(short(h.drain())).toEqual([
      'a 1 a 9000 @10000',
      'a 1 a 10000 @10000',
      'a 1 a 12000 @12000',
      'a 2 a 8999 @9999',
      'a 2 a 9000 @9999',
      'a 2 a 10000 @10000',
    ]);
  });

  test('leaves out the ends it is told to', async () => {
    const h = await open({ lowerBound: -1000, lowerInclusive: false, upperBound: 2000, upperInclusive: false });
    left(h, 'a', 1, 10_000);
    for (const timestamp of [9000, 9001, 11_999, 12_000]) right(h, 'a', timestamp, timestamp);
    expect(short(h.drain())).toEqual(['a 1 a 9001 @10000', 'a 1 a 11999 @11999']);
  });

  test('names what both records have after its side, and keeps nulls', async () => {
    const h = await open({ lowerBound: 0, upperBound: 10 });
    left(h, 'a', 1, 5);
    right(h, 'a', null, 5);
    expect(h.drain()).toEqual([
      { kind: 'record', port: 'out', value: { left_k: 'a', v: 1, right_k: 'a', w: null }, timestamp: 5, origin: originOf(2, 0) },
    ]);
  });

  test('a function makes the record, and may change what it gets', async () => {
    const h = await open({ lowerBound: 0, upperBound: 10, combine: '(l, r) => { l.v += 1; r.w = l.v; return { k: l.k, w: r.w }; }' });
    left(h, 'a', 1, 5);
    right(h, 'a', 7, 5);
    right(h, 'a', 8, 5);
    expect(short(h.drain())).toEqual(['a 2 @5', 'a 2 @5']);
  });

  test('lets records go with the watermark that rules out further partners', async () => {
    const h = await open({ lowerBound: -1000, upperBound: 2000 });
    left(h, 'a', 1, 10_000);
    right(h, 'a', 2, 10_000);
    h.processWatermark(10_999).drain();
    const buffers = h.operator as unknown as Buffers;
    expect([buffers.bufferedTimestamps(0), buffers.bufferedTimestamps(1)]).toEqual([[10_000], [10_000]]);
    h.processWatermark(11_000).drain();
    expect([buffers.bufferedTimestamps(0), buffers.bufferedTimestamps(1)]).toEqual([[10_000], []]);
    right(h, 'a', 3, 12_000);
    h.processWatermark(11_999);
    right(h, 'a', 4, 11_999);
    expect(short(h.drain())).toEqual(['a 1 a 3 @12000', 11_999, 'a 1 a 4 @11999']);
    h.processWatermark(12_000);
    right(h, 'a', 5, 12_000);
    expect(short(h.drain())).toEqual([12_000]);
    h.processWatermark(MAX_WATERMARK).drain();
    expect([buffers.bufferedTimestamps(0), buffers.bufferedTimestamps(1), buffers.keyCount]).toEqual([[], [], 0]);
  });

  test('a record at the watermark is in time, one before it is late and goes where it was told', async () => {
    const h = await open({ lowerBound: 0, upperBound: 0, lateData: 'side-output' });
    h.processWatermark(10_000);
    left(h, 'a', 1, 10_000);
    right(h, 'a', 2, 10_000);
    left(h, 'a', 3, 9999);
    right(h, 'a', 4, 9999);
    expect(h.drain().map((e) => (e.kind === 'watermark' ? e.watermark : [e.port, e.value, e.timestamp]))).toEqual([
      10_000,
      ['out', { left_k: 'a', v: 1, right_k: 'a', w: 2 }, 10_000],
      ['late-left', { k: 'a', v: 3 }, 9999],
      ['late-right', { k: 'a', w: 4 }, 9999],
    ]);
    expect(h.problems).toEqual([
      {
        kind: 'late',
        position: 3,
        reason:
          'Timestamp 1970-01-01T00:00:09.999Z is before the watermark 00:00:10: records of the right input that it would join with may be gone.',
        content: { k: 'a', v: 3 },
      },
      {
        kind: 'late',
        position: 4,
        reason:
          'Timestamp 1970-01-01T00:00:09.999Z is before the watermark 00:00:10: records of the left input that it would join with may be gone.',
        content: { k: 'a', w: 4 },
      },
    ]);
    const failing = await open({ lateData: 'fail' });
    failing.processWatermark(10);
    expect(() => left(failing, 'a', 1, 9).flush()).toThrow('is before the watermark');
  });

  test('goes on from a snapshot; what was let go stays gone', async () => {
    const config = { lowerBound: -5, upperBound: 5 };
    const before = await open(config);
    left(before, 'a', 1, 10);
    left(before, 'a', 2, 20);
    right(before, 'b', 3, 20);
    before.processWatermark(15);
    const restored = await new OperatorTestHarness({ definition: intervalJoin, config, inputs: [LEFT, RIGHT], mode }).open(
      before.snapshot(),
    );
    right(restored, 'a', 4, 15);
    left(restored, 'b', 5, 24);
    expect(short(restored.drain())).toEqual(['a 2 a 4 @20', 'b 5 b 3 @24']);
    restored.processWatermark(26).drain();
    const buffers = restored.operator as unknown as Buffers;
    expect([buffers.bufferedTimestamps(0), buffers.bufferedTimestamps(1)]).toEqual([[24], []]);
  });

  test('a pair for which the function throws is skipped and listed, or fails the job', async () => {
    const config = {
      lowerBound: 0,
      upperBound: 10,
      combine: '(l, r) => { if (r.w === 0) throw new Error("zero"); return { q: l.v / r.w }; }',
    };
    const schema = [{ name: 'q', type: 'double' }];
    const skipping = await open({ ...config, schema, onError: 'skip' });
    left(skipping, 'a', 6, 1);
    right(skipping, 'a', 0, 1);
    right(skipping, 'a', 3, 1);
    expect(short(skipping.drain())).toEqual(['2 @1']);
    expect(skipping.problems).toEqual([
      {
        kind: 'failed',
        position: 2,
        reason: 'The function threw Error: zero (line 1, column 34).',
        content: { left: { k: 'a', v: 6 }, right: { k: 'a', w: 0 } },
      },
    ]);
    const failing = await open({ ...config, schema });
    left(failing, 'a', 6, 1);
    expect(() => right(failing, 'a', 0, 1).flush()).toThrow(RecordFailure);
  });

  test('code makes any number of records of a pair, with the later time of both, and side outputs', async () => {
    const code = `class Waits {
      open(ctx) { this.pairs = ctx.getRuntimeContext().getMetricGroup().counter('pairs'); }
      processElement(left, right, ctx, out) {
        this.pairs.inc();
        const waited = ctx.getRightTimestamp() - ctx.getLeftTimestamp();
        for (let i = 0; i < right.w; i++) out.collect({ k: left.k, waited });
        if (waited > 5) ctx.output('slow', waited);
        ctx.output('orders', left);
      }
    }`;
    const schema = [
      { name: 'k', type: 'string' },
      { name: 'waited', type: 'int' },
    ];
    const sideOutputs = [
      { name: 'slow', type: 'int' },
      { name: 'orders', type: 'row' },
    ];
    const h = await open({ lowerBound: -10, upperBound: 10, result: 'process', code, schema, sideOutputs });
    left(h, 'a', 1, 10);
    right(h, 'a', 2, 19);
    right(h, 'a', 0, 8);
    h.processWatermark(20);
    expect(h.drain().map((e) => (e.kind === 'watermark' ? e.watermark : [e.port, e.value, e.timestamp]))).toEqual([
      ['out', { k: 'a', waited: 9 }, 19],
      ['out', { k: 'a', waited: 9 }, 19],
      ['slow', { value: 9 }, 19],
      ['orders', { k: 'a', v: 1 }, 19],
      ['orders', { k: 'a', v: 1 }, 10],
      20,
    ]);
    const counting = h.operator as unknown as { userCounters(): ReadonlyMap<string, number> };
    expect(counting.userCounters()).toEqual(new Map([['pairs', 2]]));
  });

  test('code that throws fails the job, after what came before, and names the pair and the place', async () => {
    const code = '({ processElement(left, right, ctx, out) { out.collect({ k: right.w.toFixed() }); } })';
    const h = await open({ upperBound: 10, result: 'process', code, schema: [{ name: 'k', type: 'string' }] });
    left(h, 'a', 6, 1);
    right(h, 'a', 3, 1);
    const fail = (): void => {
      right(h, 'a', null, 2).flush();
    };
    expect(fail).toThrow(/^processElement threw TypeError: .* \(line 1, column 69\)\.$/);
    expect(short(h.drain())).toEqual(['3 @1']);
  });

  test('a record without a timestamp, or without a key, fails the job', async () => {
    const h = await open({});
    expect(() => left(h, 'a', 1, Number.NaN).flush()).toThrow('has no event timestamp');
    const nullable = {
      ...LEFT,
      schema: { fields: [{ name: 'k', type: 'string', nullable: true } as const, must(LEFT.schema.fields[1], 'v')] },
    };
    const keyless = await open({}, [nullable, RIGHT]);
    expect(() => keyless.processElement({ k: null, v: 1 }, 5).flush()).toThrow('a record must have a key');
  });
});

describe('shapes of an interval join', () => {
  const config = { ...intervalJoin.fields, lowerBound: 0, upperBound: 10, lowerInclusive: true, upperInclusive: true } as const;
  const shapes = (settings: Readonly<Record<string, unknown>>, inputs: readonly StreamShape[] = [LEFT, RIGHT]) =>
    intervalJoin.shapes(
      { ...config, result: 'record', combine: '', schema: [], sideOutputs: [], onError: 'fail', lateData: 'drop', ...settings } as never,
      inputs,
    );
  const messages = (settings: Readonly<Record<string, unknown>>, inputs?: readonly StreamShape[]) =>
    shapes(settings, inputs).problems.map(({ severity, field, port, message }) => [severity, field ?? port, message]);

  test('refuse an interval that ends before it begins, and warn of an empty one', () => {
    expect(messages({ lowerBound: 1, upperBound: 0 })).toEqual([
      ['error', 'upperBound', 'The interval ends before it begins: 1 ms to 0 ms. Swap the two, or check their signs.'],
    ]);
    expect(messages({ lowerBound: 0, upperBound: 1, lowerInclusive: false, upperInclusive: false })).toEqual([
      ['warning', 'upperBound', 'No moment lies in the interval 0 ms to 1 ms without its ends, so nothing is joined.'],
    ]);
  });

  test('refuse keys that cannot be equal or are not distributed alike', () => {
    const byNumber: StreamShape = { ...RIGHT, key: { kind: 'fields', fields: ['w'] } };
    expect(messages({}, [LEFT, byNumber])).toEqual([
      [
        'error',
        'in2',
        'The keys of the two inputs must have the same type: the first is string, the second int. Key both streams by fields of the same types.',
      ],
    ]);
    const doubles = (key: KeySelector): StreamShape => ({ schema: { fields: [{ name: 'd', type: 'double' }] }, key, eventTime: true });
    const byField = doubles({ kind: 'fields', fields: ['d'] });
    const computed = doubles({ kind: 'function', source: '(r) => r.d', type: 'double' });
    expect(messages({}, [byField, computed])[0]?.[2]).toMatch(/^Both keys are double, but one is a field and one is computed/);
    expect(messages({}, [computed, computed])).toEqual([]);
    expect(messages({}, [LEFT, { ...RIGHT, key: { kind: 'function', source: '(r) => r.k', type: 'string' } }])).toEqual([]);
  });

  test('of code: its fields are declared, and what it names must be there', () => {
    const sideOutputs = [
      { name: 'late-left', type: 'int' },
      { name: 'small', type: 'int' },
    ];
    const code = (body: string): string => `({ processElement(left, right, ctx, out) { ${body} } })`;
    const settings = { result: 'process', schema: [{ name: 'k', type: 'string' }], sideOutputs: [] };
    expect(messages({ ...settings, code: code('out.collect({ k: left.k })') })).toEqual([]);
    expect(shapes({ ...settings, sideOutputs: sideOutputs.slice(1), code: code('') }).ports).toEqual({
      out: { schema: { fields: [{ name: 'k', type: 'string' }] }, key: null, eventTime: true },
      small: { schema: { fields: [{ name: 'value', type: 'int' }] }, key: null, eventTime: true },
    });
    expect(
      messages({ ...settings, schema: [], code: '({ processPair(left) {} })', sideOutputs }).map(([severity, field]) => [severity, field]),
    ).toEqual([
      ['error', 'schema'],
      ['error', 'code'],
      ['error', 'sideOutputs'],
    ]);
    expect(messages({ ...settings, code: code('out.collect({ k: left.kk + right.v }); ctx.output("smal", 1);') })).toEqual([
      ['error', 'code', 'Line 1, column 66: The record has no field "kk". Did you mean "k"?'],
      ['error', 'code', 'Line 1, column 77: The second record has no field "v". Did you mean "k"?'],
      ['error', 'code', 'Line 1, column 94: There is no side output "smal". Declare it under "Side outputs".'],
    ]);
  });

  test('read the output fields from the function, or ask for them', () => {
    expect(shapes({ combine: '(l, r) => ({ ...l, sum: l.v + (r.w ?? 0) })' }).ports['out']?.schema.fields).toEqual([
      { name: 'k', type: 'string' },
      { name: 'v', type: 'int' },
      { name: 'sum', type: 'int' },
    ]);
    expect(messages({ combine: '(l, r) => JSON.parse(l.k)' })).toEqual([
      ['error', 'schema', 'The fields of the joined record cannot be read from the function. Declare them under "Output fields".'],
    ]);
    expect(messages({ combine: '(l, r) => ({ k: l.k })', schema: [{ name: 'k', type: 'double' }] })).toEqual([
      ['error', 'schema', '"k" is declared double, but the function returns string. Change one of them.'],
    ]);
    const twice: StreamShape = { ...LEFT, schema: { fields: [...LEFT.schema.fields, { name: 'left_k', type: 'string' }] } };
    expect(messages({}, [twice, RIGHT])).toEqual([
      ['error', 'combine', 'The joined record would have two fields named "left_k". Write a function that names its fields.'],
    ]);
  });
});
