import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCompact,
  formatCount,
  formatDuration,
  formatElapsed,
  formatRate,
  formatTimestamp,
  formatWatermark,
  parseDuration,
} from './format.ts';

describe('durations', () => {
  test('are written with the units people use', () => {
    expect([0, 0.5, 200, 1500, 10_000, 90_000, 3_600_000, 93_600_000, -5000].map(formatDuration)).toEqual([
      '0 ms',
      '0.5 ms',
      '200 ms',
      '1 s 500 ms',
      '10 s',
      '1 min 30 s',
      '1 h',
      '1 d 2 h',
      '-5 s',
    ]);
  });

  test('are read back from what people type', () => {
    expect(
      ['10 s', '200ms', '1 min 30 s', '1.5 min', '1h 5m', '2 Days', '0', ' 1 hour, 2 seconds ', '-1 min 30 s', '0.1 s'].map(parseDuration),
    ).toEqual([10_000, 200, 90_000, 90_000, 3_900_000, 172_800_000, 0, 3_602_000, -90_000, 100]);
  });

  test('are refused when the unit is missing or unknown', () => {
    expect(['10', '', 's', '10 parsecs', '10 s 5', 'ten s', '1..5 s', '--1 s', '1e3 s'].map(parseDuration)).toEqual(
      new Array(9).fill(null),
    );
  });

  test('survive writing and reading', () => {
    for (const ms of [1, 999, 1001, 59_999, 61_001, 86_400_001, 123_456_789]) expect(parseDuration(formatDuration(ms))).toBe(ms);
  });

  test('of a run are rounded', () => {
    expect([0, 420, 12_345, 200_999].map(formatElapsed)).toEqual(['0.0 s', '0.4 s', '12 s', '3 min 20 s']);
  });
});

test('counts and rates', () => {
  expect([0, 999, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,234,567']);
  expect([0, 7.25, 999, 12_345, 1_234_567].map(formatCompact)).toEqual(['0', '7.3', '999', '12.3K', '1.23M']);
  expect([0, 0.52, 12.7, 123_456].map(formatRate)).toEqual(['0/s', '0.5/s', '13/s', '123K/s']);
  expect([0, 999, 4_600_000, 1_000_000_000].map(formatBytes)).toEqual(['0 B', '999 B', '4.6 MB', '1 GB']);
});

test('instants are UTC with milliseconds', () => {
  expect(formatTimestamp(1_763_640_238_200)).toBe('2025-11-20 12:03:58.200');
  expect(formatTimestamp(Number.NaN)).toBe('NaN');
  expect(formatTimestamp(9e15)).toBe('9000000000000000');
});

test('watermarks say when there is none and when event time has ended', () => {
  expect([null, Infinity, 1_763_640_238_200].map((watermark) => formatWatermark(watermark))).toEqual([
    'none yet',
    'end of event time',
    '12:03:58.200',
  ]);
  expect(formatWatermark(1_763_640_238_200, 'full')).toBe('2025-11-20 12:03:58.200');
});
