import { expect, test } from 'vitest';
import { sameValue } from './same-value.ts';

test.each([
  [0.1 + 0.2, 0.3, true],
  [3, 2.999999999999999, true],
  [0.3, 0.3001, false],
  [1_470_844_800_000, 1_470_844_800_001, false],
  [Number.POSITIVE_INFINITY, 1, false],
  [Number.POSITIVE_INFINITY, 'MAX', true],
  [Number.NEGATIVE_INFINITY, '-9223372036854775808', true],
  [12n, '12', true],
  [12n, 12, true],
  [1, '1', false],
  [null, undefined, false],
  [{ a: null }, {}, false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: 1, b: 2 }, { a: 1 }, false],
  [[1, 2], [2, 1], false],
])('%s is %s: %s', (actual, expected, isSame) => {
  expect(sameValue(actual, expected)).toBe(isSame);
});
