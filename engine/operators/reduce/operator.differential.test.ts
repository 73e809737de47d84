import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyedShape, keyedSteps, observeKeyed } from '../../testing/conformance/keyed-streams.ts';
import type { KeyName } from '../../testing/conformance/keyed-streams.ts';
import { reduce } from './definition.ts';

const REDUCERS = [
  '(a, b) => ({ ...b, v: a.v + b.v })',
  '(a, b) => ({ ...a, v: Math.max(a.v, b.v), n: b.n, note: b.note })',
  '(a, b) => (a.v > b.v ? a : b)',
  '(a, b) => (b.ok ? { ...a, n: a.n + 1 } : { ...b, v: a.v })',
  '(a, b) => ({ ...b, v: a.n, n: a.at, at: b.v })',
  '(a, b) => ({ ...b, name: a.name + b.name.slice(0, 1), note: a.name })',
  '(a, b) => ({ ...a, name: b.note ?? a.name, ok: a.ok && b.ok, flag: b.ok, count: b.n })',
  '(a, b) => { b.tags?.push(b.v); return { ...a, tags: b.tags }; }',
  '(a, b) => { (a.tags ?? []).push(1); return { ...b, tags: a.tags }; }',
  '(a, b) => { const { v, ...rest } = a; return { ...rest, v: v + b.v }; }',
  '(a, b) => Object.assign({}, b, { v: a.v - b.v })',
  '(a, b) => { if (b.n === -7) throw new Error(b.name); return { ...b, v: a.v + 1 }; }',
  '(a, b) => ({ ...b, n: b.n === -7 ? null : a.n })',
  '(a, b) => ({ ...b, id: b.ok ? a.id : b.name })',
  'function (a, b) { return { ...a, ...b, v: a.v * 2 }; }',
];

const MODES = [['batch', 'batch'] as const, ['batch', 'row'] as const, ['row', 'batch'] as const];

describe('a reduce by rows and by columns', () => {
  test('emits the same, whatever the batches, and goes on from a snapshot of the other', async () => {
    const settings = fc.record({
      reducer: fc.constantFrom(...REDUCERS),
      key: fc.constantFrom<KeyName>('text', 'number', 'flag', 'both'),
    });
    await fc.assert(
      fc.asyncProperty(settings, keyedSteps, async ({ reducer, key }, steps) => {
        const options = { definition: reduce, config: { reducer }, inputs: [keyedShape(key)] };
        const reference = await observeKeyed(options, steps, ['row', 'row']);
        for (const modes of MODES) {
          const seen = await observeKeyed(options, steps, modes);
          // What was emitted before a failure depends on the batch; that it failed, and where, does not.
          if (reference.failedAt === null) expect(seen).toEqual(reference);
          else expect(seen.failedAt).toBe(reference.failedAt);
        }
      }),
      { seed: 20_250_311, numRuns: 150, interruptAfterTimeLimit: 20_000 },
    );
  }, 60_000);
});
