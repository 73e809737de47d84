import { describe, expect, it } from 'vitest';
import type { Batch } from '../batch/batch.ts';
import { batchOf } from '../testing/rows.ts';
import { GlobalSelector, RoundRobinSelector, ShuffleSelector } from './channel-selector.ts';
import type { ChannelSelector } from './channel-selector.ts';

const records = (count: number): Batch =>
  batchOf(
    { fields: [{ name: 'n', type: 'int' }] },
    Array.from({ length: count }, (_, n) => ({ record: { n }, origin: n })),
  );

function chosen(selector: ChannelSelector, ...counts: readonly number[]): number[] {
  return counts.flatMap((count) => {
    const targets = new Uint8Array(count + 1).fill(99);
    selector.select(records(count), targets);
    expect(targets[count]).toBe(99);
    return [...targets.subarray(0, count)];
  });
}

describe('channel selectors', () => {
  it('go round over batches, from where they are told to begin', () => {
    expect(chosen(new RoundRobinSelector(3, 0), 4, 1, 3)).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
    expect(chosen(new RoundRobinSelector(3, 5), 4)).toEqual([2, 0, 1, 2]);
  });

  it('send everything to the first channel', () => {
    expect(chosen(new GlobalSelector(), 2, 3)).toEqual([0, 0, 0, 0, 0]);
  });

  it('choose by chance: evenly, the same with the same seed, whatever the batches', () => {
    const seen = chosen(new ShuffleSelector(4, 7), 4000);
    expect(chosen(new ShuffleSelector(4, 7), 1, 999, 3000)).toEqual(seen);
    expect(chosen(new ShuffleSelector(4, 8), 4000)).not.toEqual(seen);
    const counts = [0, 1, 2, 3].map((channel) => seen.filter((one) => one === channel).length);
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 3 degrees of freedom: exceeded by chance once in a thousand.
    expect(chiSquare).toBeLessThan(16.27);
  });
});
