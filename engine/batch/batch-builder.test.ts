import { expect, it } from 'vitest';
import { Marks } from '../elements/marks.ts';
import type { Batch } from './batch.ts';
import { BatchBuilder } from './batch-builder.ts';
import type { Schema } from './schema.ts';

const SCHEMA: Schema = {
  fields: [
    { name: 'n', type: 'long' },
    { name: 'id', type: 'string' },
    { name: 'isEven', type: 'boolean', nullable: true },
  ],
};

/** Records `[from, to)`: number, name, and whether it is even, which nobody knows of every fifth. */
function built(builder: BatchBuilder, from: number, to: number): Batch {
  for (let n = from; n < to; n++) builder.append({ n, id: `id${n % 7}`, isEven: n % 5 === 0 ? null : n % 2 === 0 }, n * 10, n * 100);
  return builder.build();
}

function expectRecords(batch: Batch, from: number, to: number): void {
  expect(batch.rowCount).toBe(to - from);
  for (let n = from; n < to; n++) {
    expect(batch.recordAt(n - from)).toEqual({ n, id: `id${n % 7}`, isEven: n % 5 === 0 ? null : n % 2 === 0 });
    expect([batch.timestamps[n - from], batch.origins[n - from]]).toEqual([n * 10, n * 100]);
  }
}

it('holds the records of batches of any size, in memory that comes back', () => {
  const builder = new BatchBuilder(SCHEMA, () => new Marks());
  let from = 0;
  for (const size of [1, 16, 17, 700, 4096, 3, 600, 511, 512, 2000]) {
    const batch = built(builder, from, from + size);
    expectRecords(batch, from, from + size);
    batch.lease?.release();
    from += size;
  }
});

it('writes large batches to the arrays of one that came back, and to none that somebody holds', () => {
  const builder = new BatchBuilder(SCHEMA, () => new Marks());
  const first = built(builder, 0, 1000);
  const second = built(builder, 1000, 2000);
  expect(second.timestamps.buffer).not.toBe(first.timestamps.buffer);
  expectRecords(first, 0, 1000);
  const { buffer } = first.timestamps;
  first.lease?.release();
  const third = built(builder, 2000, 3000);
  expect([third.timestamps.buffer, third.origins.buffer, third.columns[0]?.f64.buffer]).toContain(buffer);
  expectRecords(second, 1000, 2000);
  expectRecords(third, 2000, 3000);
});

it('wants nothing back of a small batch', () => {
  const builder = new BatchBuilder(SCHEMA, () => new Marks());
  expect(built(builder, 0, 20).lease).toBeNull();
});

it('keeps nothing of a refused record, wherever it stands', () => {
  const builder = new BatchBuilder(SCHEMA, () => new Marks());
  for (let n = 0; n < 600; n++) {
    expect(() => builder.append({ n, id: null, isEven: null }, 0, 0)).toThrow('Field "id" is declared string');
    builder.append({ n, id: `id${n % 7}`, isEven: n % 5 === 0 ? null : n % 2 === 0 }, n * 10, n * 100);
  }
  expectRecords(builder.build(), 0, 600);
});
