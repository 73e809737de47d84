import { expect, it } from 'vitest';
import { Batch } from '../../engine/batch/batch.ts';
import { Column } from '../../engine/batch/column.ts';
import type { Schema } from '../../engine/batch/schema.ts';
import { Marks } from '../../engine/elements/marks.ts';
import { TallySink } from './tally-sink.ts';
import type { TallyPlan } from './tally.ts';

const SCHEMA: Schema = {
  fields: [
    { name: 'sum', type: 'double' },
    { name: 'count', type: 'double' },
    { name: 'at', type: 'timestamp' },
  ],
};
const PLAN: TallyPlan = { sums: ['sum', 'count'], sumsOfTimes: ['at'], timesBy: 'count' };
const BASE = 1000;

/** Of the pass before, and three of this one; the third is filtered out. */
const TIMES = [900, 1010, 1020, 1030];
const SUMS = [7, 1, 2, 3];
const COUNTS = [9, 10, 20, 30];
const SELECTION = Int32Array.of(0, 1, 3);

const expected = { rows: 2, sum: 4, count: 40, at: 10 + 30, times: 10 * 10 + 30 * 30 };

function sink(): TallySink {
  const started = new TallySink(PLAN, SCHEMA);
  started.beginPass(BASE);
  return started;
}

it('adds up the columns and times of the rows that are alive and of this pass', () => {
  const columns = [Column.ofF64(Float64Array.from(SUMS)), Column.ofF64(Float64Array.from(COUNTS)), Column.ofF64(Float64Array.from(TIMES))];
  const timestamps = Float64Array.from(TIMES);
  const tally = sink();
  tally.processBatch(new Batch(SCHEMA, 4, columns, timestamps, new Float64Array(4), new Marks(), SELECTION, 3));
  expect(tally.tally.outcome).toEqual(expected);
});

it('gives the same record by record', () => {
  const tally = sink();
  for (const i of SELECTION) {
    tally.processElement({ sum: SUMS[i], count: COUNTS[i], at: TIMES[i] }, TIMES[i] as number);
  }
  expect(tally.tally.outcome).toEqual(expected);
});

it('refuses results without the columns it is to add up', () => {
  expect(() => new TallySink({ sums: ['average'] }, SCHEMA)).toThrow('results have a field "average"; they have sum, count, at');
});
