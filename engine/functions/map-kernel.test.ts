import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../batch/batch-builder.ts';
import { Batch } from '../batch/batch.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { Marks } from '../elements/marks.ts';
import { must } from '../util/assert.ts';
import { checkFunction } from './check-function.ts';
import { MapKernel } from './map-kernel.ts';

const INPUT: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'room', type: 'string', nullable: true },
    { name: 'temperature', type: 'double' },
  ],
};
const OUTPUT: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'room', type: 'string', nullable: true },
    { name: 'level', type: 'double' },
  ],
};

function kernelOf(source: string): MapKernel {
  const kernel = new MapKernel(must(checkFunction(source, INPUT).analysis, 'a function'), INPUT, OUTPUT);
  expect(kernel.tier).toBe(1);
  return kernel;
}

function batchOf(...rows: readonly Row[]): Batch {
  const builder = new BatchBuilder(INPUT, () => new Marks());
  rows.forEach((row, i) => builder.append(row, i, i));
  return builder.build();
}

/** The records that come out; of a row that failed, what it failed with. */
function results(kernel: MapKernel, batch: Batch): unknown[] {
  const failed = new Map<number, unknown>();
  const columns = kernel.map(batch, (row, error) => {
    failed.set(row, error instanceof Error ? error.name : error);
    return true;
  });
  const { timestamps, origins, marks, rowCount } = batch;
  const output = new Batch(OUTPUT, rowCount, columns, timestamps, origins, marks, null, rowCount);
  return Array.from({ length: rowCount }, (_, row) => failed.get(row) ?? output.recordAt(row));
}

describe('strings that a function of unknown insides returns', () => {
  it('are those it got, new ones, and null, in batches with dictionaries of their own', () => {
    const kernel = kernelOf(
      '(r) => { const roomOf = (x) => x.room; return { id: r.temperature > 50 ? r.id + "!" : r.id, room: roomOf(r), level: 1 }; }',
    );

    expect(
      results(
        kernel,
        batchOf(
          { id: 'a', room: 'hall', temperature: 20 },
          { id: 'b', room: null, temperature: 60 },
          { id: 'b', room: 'hall', temperature: 20 },
          { id: 'a', room: null, temperature: 20 },
        ),
      ),
    ).toEqual([
      { id: 'a', room: 'hall', level: 1 },
      { id: 'b!', room: null, level: 1 },
      { id: 'b', room: 'hall', level: 1 },
      { id: 'a', room: null, level: 1 },
    ]);
    expect(results(kernel, batchOf({ id: 'c', room: 'attic', temperature: 20 }, { id: 'a', room: 'hall', temperature: 20 }))).toEqual([
      { id: 'c', room: 'attic', level: 1 },
      { id: 'a', room: 'hall', level: 1 },
    ]);
  });

  it('may be those of another field, and swap places', () => {
    const kernel = kernelOf('(r) => { const idOf = (x) => x.id; return { id: r.room, room: idOf(r), level: 1 }; }');

    expect(results(kernel, batchOf({ id: 'a', room: 'b', temperature: 1 }, { id: 'b', room: 'b', temperature: 1 }))).toEqual([
      { id: 'b', room: 'a', level: 1 },
      { id: 'b', room: 'b', level: 1 },
    ]);
  });

  it('are not mixed up when a row fails whose string came for the first time', () => {
    const kernel = kernelOf(
      '(r) => { const roomOf = (x) => x.room; return { id: r.id, room: roomOf(r), level: r.temperature > 50 ? "hot" : r.temperature }; }',
    );

    expect(
      results(
        kernel,
        batchOf(
          { id: 'a', room: 'hall', temperature: 1 },
          { id: 'b', room: 'attic', temperature: 60 },
          { id: 'a', room: 'hall', temperature: 2 },
          { id: 'b', room: 'attic', temperature: 3 },
        ),
      ),
    ).toEqual([
      { id: 'a', room: 'hall', level: 1 },
      'FieldTypeError',
      { id: 'a', room: 'hall', level: 2 },
      { id: 'b', room: 'attic', level: 3 },
    ]);
  });
});
