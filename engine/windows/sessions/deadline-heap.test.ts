import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeadlineHeap } from './deadline-heap.ts';

type Step = { readonly push: number } | 'pop';

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ push: fc.integer({ min: 0, max: 50 }) }),
  fc.record({ push: fc.integer({ min: 0, max: 50 }) }),
  fc.constant('pop' as const),
);

test('the earliest deadline comes first, whatever came and went before', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const heap = new DeadlineHeap();
      const times: number[] = [];
      const waiting = new Set<number>();
      for (const what of steps) {
        if (what !== 'pop') {
          heap.push(what.push, times.length);
          waiting.add(times.length);
          times.push(what.push);
        } else if (heap.size > 0) {
          const time = heap.next;
          const session = heap.pop();
          expect(waiting.delete(session)).toBe(true);
          expect(times[session]).toBe(time);
          expect(time).toBe(Math.min(time, ...[...waiting].map((other) => times[other] as number)));
        }
      }
      expect(heap.size).toBe(waiting.size);
    }),
  );
});
