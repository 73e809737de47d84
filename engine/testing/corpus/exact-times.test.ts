import { expect, test } from 'vitest';
import { withExactTimes } from './exact-times.ts';
import type { Json, Vector } from './vector.ts';

const SIZE = 3000;

function script(...steps: readonly Json[]): Vector {
  return { name: 'a', kind: 'harness', operator: { type: 'window', assigner: { type: 'tumbling', sizeMs: SIZE } }, steps };
}

test('times the engine has stay, and so do the ends of time', () => {
  const vector = script({ element: { value: { start: 5 }, ts: 7 } }, { watermark: 'MAX' }, { watermark: '9223372036854775807' });
  expect(withExactTimes(vector)).toBe(vector);
});

test('times near the end of the 64 bits come as near to the end of exact times, each at its place in its window', () => {
  const { steps } = withExactTimes(
    script({ element: { value: { k: 1 }, ts: '9223372036854774057' } }, { watermark: '9223372036854774307' }),
  );
  const [{ element }, { watermark }] = steps as [{ element: { ts: number } }, { watermark: number }];
  expect(watermark - element.ts).toBe(250);
  expect(BigInt(element.ts) % BigInt(SIZE)).toBe(9223372036854774057n % BigInt(SIZE));
  const fromEngineEnd = Number.MAX_SAFE_INTEGER - element.ts;
  expect(fromEngineEnd - 1750).toBeGreaterThanOrEqual(0);
  expect(fromEngineEnd - 1750).toBeLessThan(SIZE);
});

test('the same at the other end, in what is expected too', () => {
  const record = { value: { start: '-9223372036854774000', k: '-9223372036854774000' }, ts: '-9223372036854771001' };
  const { steps } = withExactTimes(script({ watermark: '-9223372036854771001' }, { expect: { main: [record, { watermark: 'MIN' }] } }));
  const [{ watermark }, expectation] = steps as [{ watermark: number }, Json];
  expect(watermark).toBeLessThan(-9007199254700000);
  expect(expectation).toEqual({
    expect: { main: [{ value: { start: watermark - 2999, k: '-9223372036854774000' }, ts: watermark }, { watermark: 'MIN' }] },
  });
});

test('times at both ends cannot be held together', () => {
  const vector = script({ watermark: 5 }, { watermark: '9223372036854774307' });
  expect(withExactTimes(vector)).toBe(vector);
});
