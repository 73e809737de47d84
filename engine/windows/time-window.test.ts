import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TumblingWindows } from './assigners/tumbling-windows.ts';
import { maxTimestamp, windowStartOf } from './time-window.ts';

test.each([
  [-8, 0, 7, -14],
  [-7, 0, 7, -7],
  [-6, 0, 7, -7],
  [-1, 0, 7, -7],
  [1, 0, 7, 0],
  [6, 0, 7, 0],
  [7, 0, 7, 7],
  [8, 0, 7, 7],
  [1, 3, 7, -4],
  [2, 3, 7, -4],
  [3, 3, 7, 3],
  [9, 3, 7, 3],
  [10, 3, 7, 10],
  [1, -2, 7, -2],
  [4, -2, 7, -2],
  [5, -2, 7, 5],
  [-4, -2, 7, -9],
  [-101, -100, 1000, -1100],
])('timestamp %i with offset %i and size %i is in the window from %i', (timestamp, offset, size, start) => {
  expect(windowStartOf(timestamp, offset, size)).toBe(start);
});

test('every safe timestamp is inside its window', () => {
  const limit = Number.MAX_SAFE_INTEGER - 1e9;
  fc.assert(
    fc.property(
      fc.integer({ min: -limit, max: limit }),
      fc.integer({ min: 1, max: 86_400_000 }),
      fc.integer(),
      (timestamp, size, shift) => {
        const window = new TumblingWindows(size, shift % size).assignWindows({}, timestamp, 0)[0];
        expect(window !== undefined && window.start <= timestamp && timestamp <= maxTimestamp(window)).toBe(true);
        expect(Math.abs(((window?.start ?? 0) - (shift % size)) % size)).toBe(0);
      },
    ),
  );
});

test.each([
  [0, 0],
  [-1000, 0],
  [10_000, 10_000],
  [10_000, -11_000],
])('size %i with offset %i is refused', (size, offset) => {
  expect(() => new TumblingWindows(size, offset)).toThrow('offset is smaller');
});
