import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_WATERMARK } from '../elements/marks.ts';
import { instantText, instantTextBeside } from './instant-text.ts';
import { lateReason } from './late-records.ts';

describe('the reason why a record is late', () => {
  test('names other days with their date', () => {
    const midnight = Date.UTC(2024, 1, 29);
    const window = { start: midnight - 5000, end: midnight + 5000 };
    expect(lateReason(midnight + 1, window, midnight + 86_400_000, 60_000)).toBe(
      'Timestamp 2024-02-29T00:00:00.001Z belongs to window [2024-02-28T23:59:55Z, 00:00:05), which ended: ' +
        'the watermark was 2024-03-01T00:00:00Z and allowed lateness is 60000 ms.',
    );
  });

  test('after the end of event time', () => {
    expect(lateReason(0, { start: 0, end: 1000 }, MAX_WATERMARK, 0)).toBe(
      'Timestamp 1970-01-01T00:00:00Z belongs to window [00:00:00, 00:00:01), which ended: ' +
        'the watermark was the end of event time and allowed lateness is 0 ms.',
    );
  });
});

describe('instants', () => {
  test('are written as ISO 8601 does, for every day of ten thousand years', () => {
    const years = { min: Date.UTC(0, 0, 1) - 1900 * 365 * 86_400_000, max: 253_402_300_799_999 };
    fc.assert(
      fc.property(fc.integer(years), (timestamp) => {
        expect(instantText(timestamp)).toBe(new Date(timestamp).toISOString().replace('.000Z', 'Z'));
      }),
    );
  });

  test.each([
    [-1, 0, '1969-12-31T23:59:59.999Z'],
    [-1, -2, '23:59:59.999'],
    [86_399_999, 0, '23:59:59.999'],
    [9e15, 0, '9000000000000000 ms'],
    [9e15, 9e15, '9000000000000000 ms'],
    [Number.NEGATIVE_INFINITY, 0, 'not set yet'],
  ])('%d beside %d is %s', (timestamp, reference, expected) => {
    expect(instantTextBeside(timestamp, reference)).toBe(expected);
  });
});
