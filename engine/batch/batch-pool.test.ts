import { afterEach, beforeEach, expect, it } from 'vitest';
import { poison } from '../testing/poison-returned-memory.ts';
import { BatchPool, poolFromRows } from './batch-pool.ts';
import { watchReturnedMemory } from './leases.ts';

beforeEach(() => poolFromRows(3));
afterEach(() => {
  poolFromRows(2);
  watchReturnedMemory(poison);
});

it('writes a batch to the arrays of one that came back', () => {
  watchReturnedMemory(null);
  const pool = new BatchPool();
  const first = pool.begin(3);
  const numbers = [first.f64(3), first.f64(3)];
  const codes = first.codes(3);
  numbers[0]?.set([1, 2, 3]);
  pool.lend()?.release();
  const second = pool.begin(3);
  expect([...second.f64(3)]).toEqual([1, 2, 3]);
  expect(second.f64(3).buffer).toBe(numbers[1]?.buffer);
  expect(second.codes(2).buffer).toBe(codes.buffer);
});

it('never writes to the arrays of a batch that somebody holds', () => {
  const pool = new BatchPool();
  const held = pool.begin(4).f64(4);
  pool.lend();
  const next = pool.begin(4).f64(4);
  expect(next.buffer).not.toBe(held.buffer);
});

it('makes room in arrays that are too short, and gives views of longer ones', () => {
  const pool = new BatchPool();
  pool.begin(4).bytes(4);
  pool.lend()?.release();
  const memory = pool.begin(9);
  expect(memory.bytes(9)).toHaveLength(9);
  pool.lend()?.release();
  expect(pool.begin(5).bytes(5)).toHaveLength(5);
});

it('keeps arrays of a single row for the next single row, however many rows are few', () => {
  watchReturnedMemory(null);
  const pool = new BatchPool();
  const place = pool.begin(1).f64(1);
  place[0] = 7;
  pool.lend()?.release();
  const again = pool.begin(1).f64(1);
  expect(again).toBe(place);
  expect(pool.noTimestamps(1)).toEqual(Float64Array.of(Number.NaN));
});

it('leaves small batches to themselves, and hands on the lease of what is in them', () => {
  const outer = new BatchPool();
  outer.begin(3).f64(3);
  const inner = outer.lend();
  const pool = new BatchPool();
  pool.begin(2).f64(2);
  expect(pool.lend()).toBeNull();
  pool.begin(2).f64(2);
  expect(pool.lend(inner)).toBe(inner);
});

it('shows nonsense to whoever still reads what it gave back', () => {
  const pool = new BatchPool();
  const memory = pool.begin(3);
  const [numbers, codes, bytes] = [memory.f64(3), memory.codes(3), memory.bytes(3)];
  watchReturnedMemory(poison);
  pool.lend()?.release();
  expect([numbers[0], codes[1], bytes[2]]).toEqual([-7.777e77, -77_777, 0x77]);
});

it('has no timestamps for any number of rows', () => {
  const pool = new BatchPool();
  expect([2, 5, 3].map((rows) => [...pool.noTimestamps(rows)])).toEqual([
    [Number.NaN, Number.NaN],
    [Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN],
    [Number.NaN, Number.NaN, Number.NaN],
  ]);
});
