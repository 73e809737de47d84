import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../batch/batch.ts';
import type { Schema } from '../batch/schema.ts';
import { LocalChannel } from '../channels/local-channel.ts';
import { batchOf, elementsOf } from '../testing/rows.ts';
import type { Element } from '../testing/rows.ts';
import { InputGate } from './input-gate.ts';
import { InputWatermarks } from './input-watermarks.ts';

const SCHEMA: Schema = { fields: [{ name: 'id', type: 'string' }] };
const row = (id: string, origin: number): Element => ({ record: { id }, origin });
const watermark = (value: number, origin: number): Element => ({ watermark: value, origin });

/** What an operator sees, in words. */
function interleaved(first: Batch | null, second: Batch | null, watermarks = new InputWatermarks(2)): string[] {
  const { batches, inputs, count, marks } = watermarks.interleave([first, second]);
  const next = [0, 0];
  const seen: string[] = [];
  for (let q = 0, m = 0; q <= count; q++) {
    for (; m < marks.count && marks.positions[m] === q; m++) seen.push(`watermark ${marks.values[m]}`);
    if (q === count) break;
    const input = inputs[q] as 0 | 1;
    const batch = batches[input] as Batch;
    seen.push(`${String(batch.recordAt(batch.rowAt(next[input] as number))['id'])}${input + 1}`);
    next[input] = (next[input] as number) + 1;
  }
  return seen;
}

describe('two inputs of an operator', () => {
  it('come in the order of origins, the first input before the second', () => {
    const first = batchOf(SCHEMA, [row('a', 1), row('c', 3), row('d', 4)]);
    const second = batchOf(SCHEMA, [row('b', 2), row('e', 4), row('f', 5)]);
    expect(interleaved(first, second)).toEqual(['a1', 'b2', 'c1', 'd1', 'e2', 'f2']);
    expect(interleaved(null, second)).toEqual(['b2', 'e2', 'f2']);
  });

  it('have the minimum of their watermarks, at its place among the rows of both', () => {
    const first = batchOf(SCHEMA, [row('a', 1), watermark(100, 1), row('c', 3), watermark(300, 3), row('e', 6)]);
    const second = batchOf(SCHEMA, [row('b', 2), watermark(200, 2), row('d', 5), watermark(400, 7)]);
    expect(interleaved(first, second)).toEqual(['a1', 'b2', 'watermark 100', 'c1', 'watermark 200', 'd2', 'e1', 'watermark 300']);
  });

  it('are in the same order as element by element, whatever they are', () => {
    const sparseMarks = fc.integer({ min: 0, max: 40 }).map((n) => n === 0);
    const elementsWith = (isMark: fc.Arbitrary<boolean>, maxLength: number): fc.Arbitrary<{ step: number; isMark: boolean }[]> =>
      fc.array(fc.record({ step: fc.integer({ min: 0, max: 2 }), isMark }), { minLength: 1, maxLength, size: 'max' });
    // Few rows between marks, and so many that they are merged as halves.
    const elements = fc.oneof(elementsWith(fc.boolean(), 30), elementsWith(sparseMarks, 300));
    fc.assert(
      fc.property(elements, elements, (first, second) => {
        const inputs = [first, second].map((steps, input) => {
          let origin = 0;
          return steps.map(({ step, isMark }, i): Element => {
            origin += step;
            return isMark ? watermark(origin * 10 + input, origin) : row(String(i), origin);
          });
        }) as [Element[], Element[]];
        const together = interleaved(batchOf(SCHEMA, inputs[0]), batchOf(SCHEMA, inputs[1]));
        const watermarks = new InputWatermarks(2);
        const single: string[] = [];
        const rest = inputs.map((list) => [...list]);
        for (;;) {
          const [a, b] = [rest[0]?.[0], rest[1]?.[0]];
          if (a === undefined && b === undefined) break;
          const input = b === undefined || (a !== undefined && a.origin <= b.origin) ? 0 : 1;
          const element = rest[input]?.shift() as Element;
          const one = batchOf(SCHEMA, [element]);
          single.push(...interleaved(input === 0 ? one : null, input === 0 ? null : one, watermarks));
        }
        expect(together).toEqual(single);
      }),
    );
  });
});

describe('an input that is read up to a limit', () => {
  function gateOf(count: number): { gate: InputGate; channels: LocalChannel[] } {
    const channels = Array.from({ length: count }, () => new LocalChannel());
    return { gate: new InputGate(channels, SCHEMA), channels };
  }

  it('knows everything before what its channel may still send, but reads one batch at a time', () => {
    const { gate, channels } = gateOf(1);
    expect(gate.horizon).toBe(Number.NEGATIVE_INFINITY);
    channels[0]?.publish(batchOf(SCHEMA, [row('a', 1), row('b', 2), row('c', 2)]));
    channels[0]?.advanceFrontier(3);
    expect(gate.horizon).toBe(3);
    channels[0]?.publish(batchOf(SCHEMA, [row('d', 2)]));
    // Of origin 2 there is more behind the first batch.
    expect(gate.horizon).toBe(2);
  });

  it('gives a batch in parts, with the watermarks of each', () => {
    const { gate, channels } = gateOf(1);
    channels[0]?.publish(batchOf(SCHEMA, [row('a', 1), row('b', 2), watermark(200, 2), row('c', 4), watermark(400, 4)]));
    channels[0]?.advanceFrontier(5);
    expect(elementsOf([gate.takeBefore(2) as Batch])).toEqual([row('a', 1)]);
    expect(gate.takeBefore(2)).toBe(null);
    expect(gate.frontier).toBe(2);
    expect(elementsOf([gate.takeBefore(4) as Batch])).toEqual([row('b', 2), watermark(200, 2)]);
    expect(gate.progress.watermark).toBe(200);
    expect(elementsOf([gate.takeBefore(5) as Batch])).toEqual([row('c', 4), watermark(400, 4)]);
    expect(gate.frontier).toBe(5);
  });

  it('gives a whole batch as it is', () => {
    const { gate, channels } = gateOf(1);
    const batch = batchOf(SCHEMA, [row('a', 1), row('b', 2)]);
    channels[0]?.publish(batch);
    channels[0]?.advanceFrontier(5);
    expect(gate.takeBefore(5)).toBe(batch);
  });

  it('tells when there may be something new: a batch, a later frontier, a barrier that comes or goes, the end', () => {
    const { gate, channels } = gateOf(2);
    const channel = channels[0] as LocalChannel;
    const barrier = { checkpointId: 1, timestamp: 0, mode: 'aligned' } as const;
    const isNew = (change: () => void): boolean => {
      const before = gate.changes;
      change();
      return gate.changes > before;
    };
    expect(gate.isEmpty).toBe(true);
    expect(isNew(() => channel.publish(batchOf(SCHEMA, [row('a', 1)])))).toBe(true);
    expect(gate.isEmpty).toBe(false);
    expect(isNew(() => channel.advanceFrontier(5))).toBe(true);
    expect(isNew(() => channel.advanceFrontier(5))).toBe(false);
    expect(isNew(() => channel.take())).toBe(false);
    expect(gate.isEmpty).toBe(true);
    expect(isNew(() => channel.publishBarrier(barrier, 5))).toBe(true);
    expect(isNew(() => channel.takeBarrier())).toBe(true);
    expect(isNew(() => channel.end())).toBe(true);
    // What has ended is to be finished with.
    expect(gate.isEmpty).toBe(false);
  });

  it('merges several channels, up to what any of them may still send', () => {
    const { gate, channels } = gateOf(2);
    channels[0]?.publish(batchOf(SCHEMA, [row('a', 1), row('d', 4)]));
    channels[1]?.publish(batchOf(SCHEMA, [row('b', 2), row('e', 5)]));
    channels[0]?.advanceFrontier(5);
    channels[1]?.advanceFrontier(6);
    expect(gate.horizon).toBe(5);
    expect(elementsOf([gate.takeBefore(5) as Batch])).toEqual([row('a', 1), row('b', 2), row('d', 4)]);
  });
});
