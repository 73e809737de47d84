import { expect, it } from 'vitest';
import { runSuite } from './run-suite.ts';
import type { Outcome, Variant } from './suite.ts';

it('interleaves the variants in rotating order, compares what they computed within a group, and drops the first repetition', async () => {
  const order: string[] = [];
  const variant = (name: string, group: string, outcome: Outcome | null, repetitions?: number): Variant => ({
    name,
    group,
    records: 10,
    ...(repetitions === undefined ? {} : { repetitions }),
    run: () => {
      order.push(name);
      return outcome;
    },
  });
  const result = await runSuite(
    {
      description: 'three variants',
      repetitions: 2,
      variants: [variant('limit', 'all', { rows: 3 }), variant('wrong', 'all', { rows: 4 }), variant('other', 'few', { rows: 9 }, 1)],
      requirements: [{ variant: 'other', of: null, require: 0, goal: Number.POSITIVE_INFINITY }],
    },
    { cpuMilliseconds: () => Number.NaN, onProgress: () => {} },
  );
  expect(order).toEqual(['limit', 'wrong', 'other', 'wrong', 'other', 'limit', 'limit', 'wrong']);
  expect(result.mismatches).toEqual(['wrong: rows is 4, but 3 in "limit".', 'limit: rows is 3, but 4 in "wrong".']);
  expect(result.variants.map(({ name, repetitions }) => ({ name, repetitions }))).toEqual([
    { name: 'limit', repetitions: 2 },
    { name: 'wrong', repetitions: 2 },
    { name: 'other', repetitions: 1 },
  ]);
  expect(result.variants[2]?.requirements.map(({ verdict }) => verdict)).toEqual(['pass']);
});

it('compares nothing with a variant that computes nothing, but measures the others against it when it is the first', async () => {
  const variant = (name: string, run: () => Outcome | null): Variant => ({ name, group: 'bytes', records: 10, run });
  const result = await runSuite(
    {
      description: 'the bytes, and two that read them',
      repetitions: 1,
      variants: [variant('touch', () => null), variant('read', () => ({ rows: 1 })), variant('read wrongly', () => ({ rows: 2 }))],
      requirements: [{ variant: 'read', of: 'touch', require: 0, goal: 0 }],
    },
    { cpuMilliseconds: () => Number.NaN, onProgress: () => {} },
  );
  expect(result.mismatches).toEqual(['read wrongly: rows is 2, but 1 in "read".']);
  expect(result.variants[1]?.requirements.map(({ verdict }) => verdict)).toEqual(['goal']);
});
