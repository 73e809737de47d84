import type { Batch } from '../../engine/batch/batch.ts';
import type { Column } from '../../engine/batch/column.ts';
import type { Row, Schema } from '../../engine/batch/schema.ts';
import { defineOperator } from '../../engine/operators/definition.ts';
import type { Operator, OperatorContext } from '../../engine/operators/operator.ts';
import { must } from '../../engine/util/assert.ts';
import { ResultTally } from './result-tally.ts';

/** Adds results up instead of keeping them. */
export const countingSink = defineOperator({
  type: 'counting-sink',
  title: 'Tally',
  category: 'sink',
  summary: 'Adds up the results of a window.',
  keywords: [],
  fields: {},
  inputs: [{ name: 'in', title: 'Results' }],
  outputs: () => [],
  shapes: () => ({ ports: {}, problems: [] }),
  face: () => '',
});

export class CountingSink implements Operator {
  readonly #sum: number;
  readonly #average: number;
  readonly #count: number;
  #context: OperatorContext | null = null;
  #tally = new ResultTally(0);

  constructor(schema: Schema) {
    const column = (name: string): number => schema.fields.findIndex((field) => field.name === name);
    this.#sum = column('sum');
    this.#average = column('avg');
    this.#count = column('count');
  }

  open(context: OperatorContext): void {
    this.#context = context;
  }

  /** Starts over and gives what was added up so far. */
  takeTally(nextBase: number): ResultTally {
    const tally = this.#tally;
    this.#tally = new ResultTally(nextBase);
    return tally;
  }

  processElement(record: Row, timestamp: number): void {
    const { sum, avg, count } = record as { sum: number; avg: number; count: number };
    this.#tally.add({ id: '', start: 0, end: timestamp + 1, sum, avg, count });
  }

  processWatermark(watermark: number, origin: number): void {
    must(this.#context, 'the context of an open sink').output.emitWatermark(watermark, origin);
  }

  processBatch(batch: Batch): void {
    const tally = this.#tally;
    const { timestamps } = batch;
    const sums = (batch.columns[this.#sum] as Column).f64;
    const averages = (batch.columns[this.#average] as Column).f64;
    const counts = (batch.columns[this.#count] as Column).f64;
    let records = 0;
    let total = 0;
    let average = 0;
    let ends = 0;
    for (let i = 0; i < batch.rowCount; i++) {
      const count = counts[i] as number;
      records += count;
      total += sums[i] as number;
      average += averages[i] as number;
      ends += ((timestamps[i] as number) + 1 - tally.base) * count;
    }
    tally.rows += batch.rowCount;
    tally.records += records;
    tally.sums += total;
    tally.averages += average;
    tally.ends += ends;
  }
}
