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
