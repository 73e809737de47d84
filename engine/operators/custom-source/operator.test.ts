import { describe, expect, test } from 'vitest';
import { positionOf } from '../../elements/origin.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { defaultConfig } from '../fields.ts';
import { customSource } from './definition.ts';

type Place = { readonly parallelism?: number; readonly subtaskIndex?: number; readonly seed?: number };

async function records(config: Record<string, unknown>, place: Place = {}): Promise<[number, unknown][]> {
  const harness = await new OperatorTestHarness({ definition: customSource, config, ...place }).open();
  while (harness.poll({ maxRecords: 7 }) !== 'finished');
  return harness.drain().flatMap((one): [number, unknown][] => (one.kind === 'record' ? [[positionOf(one.origin), one.value]] : []));
}

const RANDOM = {
  generator: '(ctx) => ({ a: ctx.random(), b: ctx.random(), g: ctx.gaussian() })',
  schema: ['a', 'b', 'g'].map((name) => ({ name, type: 'double' })),
};

test('what it makes by default has fields with types', () => {
  const { ports, problems } = customSource.shapes(defaultConfig(customSource.fields) as never, []);
  expect(problems).toEqual([]);
  expect(ports['out']?.schema.fields.map(({ name, type }) => [name, type])).toEqual([
    ['id', 'string'],
    ['timestamp', 'long'],
    ['value', 'long'],
  ]);
});

describe('random numbers', () => {
  test('depend on the record and the seed only', async () => {
    const whole = await records({ ...RANDOM, count: 30, splits: 3 }, { seed: 5 });
    const parts = await Promise.all(
      [0, 1].map((subtaskIndex) => records({ ...RANDOM, count: 30, splits: 3 }, { seed: 5, parallelism: 2, subtaskIndex })),
    );
    expect(parts.flat().toSorted(([a], [b]) => a - b)).toEqual(whole);
    expect(await records({ ...RANDOM, count: 30 }, { seed: 6 })).not.toEqual(whole);
  });

  test('are spread evenly, and are not the same from record to record', async () => {
    const all = (await records({ ...RANDOM, count: 4000 })).map(([, record]) => record as { a: number; b: number; g: number });
    const mean = (pick: (record: { a: number; b: number; g: number }) => number): number =>
      all.reduce((sum, one) => sum + pick(one), 0) / all.length;
    expect([mean(({ a }) => a), mean(({ b }) => b), mean(({ g }) => g)].map((value) => Math.round(value * 10) / 10 + 0)).toEqual([
      0.5, 0.5, 0,
    ]);
    expect(new Set(all.map(({ a }) => a)).size).toBe(4000);
  });
});

test('null is no record; numbers go on', async () => {
  const config = {
    generator: '(ctx) => (ctx.split === 1 && ctx.n > 3 ? null : { n: ctx.n })',
    schema: [{ name: 'n', type: 'long' }],
    splits: 2,
  };
  expect((await records({ ...config, count: 9 })).map(([n]) => n)).toEqual([0, 1, 2, 3, 4, 6, 8]);
});

describe('a function that throws', () => {
  const generator = '(ctx) => { if (ctx.n === 2) throw new Error("no two"); return { n: ctx.n }; }';
  const schema = [{ name: 'n', type: 'long' }];

  test('fails the job, after what came before', async () => {
    const source = await new OperatorTestHarness({ definition: customSource, config: { generator, schema, count: 5 } }).open();
    expect(() => source.poll()).toThrow('The function threw Error: no two (line 1,');
    expect(source.drainValues()).toEqual([{ n: 0 }, { n: 1 }]);
  });

  test('or its record is skipped and listed', async () => {
    const config = { generator, schema, count: 5, onError: 'skip' };
    const source = await new OperatorTestHarness({ definition: customSource, config }).open();
    source.poll();
    expect(source.drainValues()).toEqual([{ n: 0 }, { n: 1 }, { n: 3 }, { n: 4 }]);
    expect(source.problems.map(({ kind, position, content }) => [kind, position, content])).toEqual([['failed', 2, { n: 2, split: 0 }]]);
  });
});

test('what cannot be known before the run is asked for', () => {
  const problemsOf = (generator: string): unknown[] =>
    customSource.shapes({ ...defaultConfig(customSource.fields), generator } as never, []).problems.map(({ code, field }) => [code, field]);
  expect(problemsOf('(ctx) => ({ value: ctx.random() })')).toEqual([['output-unknown', 'schema']]);
  expect(problemsOf('(ctx) => ({ value: ctx.rnd })')).toEqual([['field-unknown', 'generator']]);
  expect(problemsOf('(ctx) => ({ value: fetch(1) })')).toEqual([['name-unknown', 'generator']]);
});

describe('event time of its own', () => {
  const timed = async (generator: string, more: Record<string, unknown> = {}) => {
    const schema = [{ name: 'n', type: 'long' }];
    const config = { generator, schema, eventTime: 'own', count: 6, ...more };
    const harness = await new OperatorTestHarness({ definition: customSource, config }).open();
    while (harness.poll({ maxRecords: 4 }) !== 'finished');
    return harness;
  };
  const short = (harness: Awaited<ReturnType<typeof timed>>): unknown[] =>
    harness.drain().map((e) => (e.kind === 'record' ? `${String(e.value['n'])} @${e.timestamp}` : `W${e.watermark}`));

  test('comes with the records, and watermarks stand where the function emits them', async () => {
    const generator =
      '(ctx) => { ctx.collectWithTimestamp({ n: ctx.n }, ctx.n * 100.5); if (ctx.n % 2 === 1) ctx.emitWatermark(ctx.n * 100 - 1); }';
    expect(short(await timed(generator))).toEqual(['0 @0', '1 @100', 'W99', '2 @201', '3 @301', 'W299', '4 @402', '5 @502', 'W499']);
  });

  test('is not there for a record that is returned, and several may be collected', async () => {
    const generator = '(ctx) => { ctx.collectWithTimestamp({ n: -1 }, 7); ctx.collectWithTimestamp({ n: -2 }, 8); return { n: ctx.n }; }';
    expect(short(await timed(generator, { count: 1 }))).toEqual(['-1 @7', '-2 @8', '0 @NaN']);
  });

  test('a call that throws has done nothing', async () => {
    const generator = "(ctx) => { ctx.collectWithTimestamp({ n: ctx.n }, ctx.n); ctx.emitWatermark(ctx.n === 1 ? 'soon' : ctx.n); }";
    const harness = await timed(generator, { count: 3, onError: 'skip' });
    expect(short(harness)).toEqual(['0 @0', 'W0', '2 @2', 'W2']);
    expect(harness.problems.map(({ reason }) => reason)).toEqual([
      'The function called ctx.emitWatermark with a string for the time. Give milliseconds since 1970.',
    ]);
  });

  test('is only there when it is asked for', () => {
    const config = { ...defaultConfig(customSource.fields), generator: '(ctx) => { ctx.emitWatermark(ctx.n); return { n: 1 }; }' };
    const { ports, problems } = customSource.shapes(config as never, []);
    expect(problems.map(({ code }) => code)).toEqual(['field-unknown']);
    expect(ports['out']?.eventTime).toBe(false);
    expect(customSource.shapes({ ...config, eventTime: 'own' } as never, []).ports['out']?.eventTime).toBe(true);
  });
});
