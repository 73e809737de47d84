import { expect, test } from 'vitest';
import type { Batch } from '../batch/batch.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { Marks } from '../elements/marks.ts';
import type { Output } from '../operators/operator.ts';
import { must } from '../util/assert.ts';
import { KernelResults } from './kernel-results.ts';
import { SlotCall } from './slot-call.ts';

const SCHEMA: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'double', nullable: true },
    { name: 'large', type: 'boolean' },
    { name: 'tags', type: 'array' },
  ],
};

/** Results of calls for rows with these timestamps, and what has come out. */
function resultsOf(timestamps: readonly number[]): { emit: (row: number, record: Row) => void; flush: () => Batch } {
  const call = new SlotCall({ slot: 0 }, () => 'key');
  call.timestamps = Float64Array.from(timestamps);
  call.origins = Float64Array.from(timestamps, (time) => time * 2);
  call.phase = 'element';
  const results = new KernelResults(SCHEMA, call);
  const emitted: Batch[] = [];
  const nobody = (): never => expect.fail('nothing else is emitted');
  const output: Output = {
    collect: nobody,
    collectBatch: (batch) => emitted.push(batch),
    emitWatermark: nobody,
    emitWatermarkStatus: nobody,
    sideOutput: nobody,
  };
  results.open(output);
  results.beginBatch(new Marks());
  return {
    emit: (row, record) => {
      call.row = row;
      results.add(record);
    },
    flush: () => {
      results.flush();
      return must(emitted.pop(), 'a batch');
    },
  };
}

function recordsOf(batch: Batch): unknown[] {
  return Array.from({ length: batch.rowCount }, (_, row) => [batch.recordAt(row), batch.timestamps[row], batch.origins[row]]);
}

test('what is emitted goes to memory that came back, and nothing of what was in it shows', () => {
  const { emit, flush } = resultsOf([10, 20, 30]);
  emit(0, { id: 'a', amount: null, large: true, tags: ['x'] });
  emit(1, { id: 'b', amount: 2, large: false, tags: [] });
  const first = flush();
  expect(recordsOf(first)).toEqual([
    [{ id: 'a', amount: null, large: true, tags: ['x'] }, 10, 20],
    [{ id: 'b', amount: 2, large: false, tags: [] }, 20, 40],
  ]);

  emit(2, { id: 'b', amount: 3, large: true, tags: ['y'] });
  const second = flush();
  expect(second.timestamps.buffer, 'the first is still in use').not.toBe(first.timestamps.buffer);
  first.lease?.release();
  emit(0, { id: 'c', amount: 4, large: false, tags: ['z'] });
  emit(2, { id: 'a', amount: 5, large: true, tags: [] });
  const third = flush();

  expect(third.timestamps.buffer).toBe(first.timestamps.buffer);
  expect(recordsOf(second)).toEqual([[{ id: 'b', amount: 3, large: true, tags: ['y'] }, 30, 60]]);
  expect(recordsOf(third)).toEqual([
    [{ id: 'c', amount: 4, large: false, tags: ['z'] }, 10, 20],
    [{ id: 'a', amount: 5, large: true, tags: [] }, 30, 60],
  ]);
});

test('memory that is too small grows with what is in it', () => {
  const { emit, flush } = resultsOf([10]);
  emit(0, { id: 'a', amount: 0, large: true, tags: [] });
  flush().lease?.release();
  const records = Array.from({ length: 20 }, (_, n) => ({
    id: `n${n % 3}`,
    amount: n % 5 === 0 ? null : n,
    large: n % 2 === 0,
    tags: [n],
  }));
  for (const record of records) emit(0, record);

  expect(recordsOf(flush())).toEqual(records.map((record) => [record, 10, 20]));
});
