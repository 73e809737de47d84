import { expect, it } from 'vitest';
import type { LentSpans } from './result-spans.ts';
import { ResultSpans } from './result-spans.ts';

function told({ columns: { starts, ends, timestamps, origins } }: LentSpans): readonly number[][] {
  return Array.from(starts, (start, row) => [start, ends[row] as number, timestamps[row] as number, origins[row] as number]);
}

it('says window, timestamp and origin of every result', () => {
  const spans = new ResultSpans();
  spans.add(0, 10, 7, 1);
  spans.add(0, 10, 7, 2);
  spans.add(5, 15, 7, 3);
  expect(told(spans.take(3, true))).toEqual([
    [0, 10, 9, 7],
    [0, 10, 9, 7],
    [5, 15, 14, 7],
  ]);
  spans.add(5, 15, 8, 1);
  expect(told(spans.take(1, false))).toEqual([[5, 15, 14, 8]]);
});

it('lends the same memory as long as the window stays', () => {
  const spans = new ResultSpans();
  spans.add(0, 10, 7, 1);
  const first = spans.take(1, true);
  spans.add(0, 10, 7, 3);
  const second = spans.take(3, true);
  expect(second.columns.starts.buffer).toBe(first.columns.starts.buffer);
  expect(told(first)).toEqual([[0, 10, 9, 7]]);
  expect(told(second)).toEqual([
    [0, 10, 9, 7],
    [0, 10, 9, 7],
    [0, 10, 9, 7],
  ]);
});

it('uses memory again when all batches that have it came back', () => {
  const spans = new ResultSpans();
  const lent = (start: number): LentSpans => {
    spans.add(start, start + 10, 7, 1);
    return spans.take(1, true);
  };
  const [first, second] = [lent(0), lent(0)];
  first.lease?.release();
  const third = lent(1);
  second.lease?.release();
  const fourth = lent(2);
  const buffers = [first, second, third, fourth].map(({ columns }) => columns.starts.buffer);
  expect([buffers.indexOf(buffers[1] as ArrayBuffer), buffers.indexOf(buffers[2] as ArrayBuffer)]).toEqual([0, 2]);
  expect(buffers[3]).toBe(buffers[0]);
  expect([told(third), told(fourth)]).toEqual([[[1, 11, 10, 7]], [[2, 12, 11, 7]]]);
});

it('uses memory of batches of several windows again', () => {
  const spans = new ResultSpans();
  const lent = (...starts: readonly number[]): LentSpans => {
    for (const [row, start] of starts.entries()) spans.add(start, start + 10, 7, row + 1);
    return spans.take(starts.length, true);
  };
  const first = lent(0, 5);
  first.lease?.release();
  const second = lent(3);
  expect(second.columns.starts.buffer).toBe(first.columns.starts.buffer);
  expect(told(second)).toEqual([[3, 13, 12, 7]]);
});

it('leaves memory that never comes back to the garbage collector', () => {
  const spans = new ResultSpans();
  const buffers = new Set<ArrayBuffer>();
  for (let start = 0; start < 100; start++) {
    spans.add(start, start + 10, 7, 1);
    buffers.add(spans.take(1, true).columns.starts.buffer);
  }
  expect(buffers.size).toBe(100);
});
