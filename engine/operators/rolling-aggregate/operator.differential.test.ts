import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyedShape, keyedSteps, observeKeyed } from '../../testing/conformance/keyed-streams.ts';
import type { KeyName } from '../../testing/conformance/keyed-streams.ts';
import { rollingAggregate } from './definition.ts';

const NUMBERS = ['v', 'n', 'count', 'at'];
const MODES = [['batch', 'batch'] as const, ['batch', 'row'] as const, ['row', 'batch'] as const];

describe('a rolling aggregate by rows and by columns', () => {
  test('emits the same, whatever the batches, and goes on from a snapshot of the other', async () => {
    const settings = fc.oneof(
      fc.record({ fn: fc.constant('sum'), column: fc.constantFrom('v', 'n', 'count'), ties: fc.constant('first') }),
      fc.record({
        fn: fc.constantFrom('min', 'max', 'minBy', 'maxBy'),
        column: fc.constantFrom(...NUMBERS, 'id', 'ok', 'name', 'note', 'flag'),
        ties: fc.constantFrom('first', 'last'),
      }),
    );
    const keys = fc.constantFrom<KeyName>('text', 'number', 'flag', 'both');
    await fc.assert(
      fc.asyncProperty(settings, keys, keyedSteps, async (config, key, steps) => {
        const options = { definition: rollingAggregate, config, inputs: [keyedShape(key)] };
        const reference = await observeKeyed(options, steps, ['row', 'row']);
        for (const modes of MODES) {
          const seen = await observeKeyed(options, steps, modes);
          // What was emitted before a failure depends on the batch; that it failed, and where, does not.
          if (reference.failedAt === null) expect(seen).toEqual(reference);
          else expect(seen.failedAt).toBe(reference.failedAt);
        }
      }),
      { seed: 20_250_312, numRuns: 150, interruptAfterTimeLimit: 20_000 },
    );
  }, 60_000);
});
