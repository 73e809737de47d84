import { describe, expect, it } from 'vitest';
import { isClose, median } from './statistics.ts';

describe('median', () => {
  it('is the middle one, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});

describe('isClose', () => {
  it('forgives rounding and nothing else', () => {
    expect(isClose(0.1 + 0.2, 0.3)).toBe(true);
    expect(isClose(1_000_000, 1_000_001)).toBe(false);
    expect(isClose(Number.NaN, 1)).toBe(false);
  });
});
