import type { Batch } from '../../engine/batch/batch.ts';
import type { Column } from '../../engine/batch/column.ts';
import type { Row, Schema } from '../../engine/batch/schema.ts';
import { defineOperator, erased } from '../../engine/operators/definition.ts';
import type { AnyDefinition } from '../../engine/operators/definition.ts';
import type { Operator, OperatorContext } from '../../engine/operators/operator.ts';
import { assert, must } from '../../engine/util/assert.ts';
import type { TallyPlan } from './tally.ts';
import { columnsOf, Tally } from './tally.ts';

export const TALLY_SINK = 'tally-sink';

/** Adds results up instead of keeping them. */
export const tallySink: AnyDefinition = erased(
  defineOperator({
    type: TALLY_SINK,
    title: 'Tally',
    category: 'sink',
    summary: 'Adds up the results.',
    keywords: [],
    fields: {},
    inputs: [{ name: 'in', title: 'Results' }],
    outputs: () => [],
    shapes: () => ({ ports: {}, problems: [] }),
    face: () => '',
  }),
);

export class TallySink implements Operator {
  readonly consumesBatches = true;
  readonly #plan: TallyPlan;
  readonly #columns: readonly number[];
  /** Column of the weights of times; -1: times are not looked at. */
  readonly #weight: number;
  #context: OperatorContext | null = null;
  #tally: Tally;
  #base = 0;

  constructor(plan: TallyPlan, schema: Schema) {
    const column = (name: string): number => {
      const index = schema.fields.findIndex((field) => field.name === name);
      assert(index >= 0, () => `results have a field "${name}"; they have ${schema.fields.map((field) => field.name).join(', ')}`);
      return index;
    };
    this.#plan = plan;
    this.#columns = columnsOf(plan).map(column);
    this.#weight = plan.timesBy === undefined ? -1 : column(plan.timesBy);
    this.#tally = new Tally(plan);
  }

  open(context: OperatorContext): void {
    this.#context = context;
  }

  /** Starts over. @param base Start of the pass: what is older comes from the record that closed the pass before, and does not count. */
  beginPass(base: number): void {
    this.#tally = new Tally(this.#plan);
    this.#base = base;
  }

  get tally(): Tally {
    return this.#tally;
  }

  processElement(record: Row, timestamp: number): void {
    if (timestamp < this.#base) return;
    const { sums } = this.#tally;
    this.#tally.rows++;
    columnsOf(this.#plan).forEach((name, c) => {
      sums[c] = (sums[c] as number) + (record[name] as number) - this.#originOf(c);
    });
    const { timesBy } = this.#plan;
    if (timesBy !== undefined) this.#tally.times += (timestamp - this.#base) * (record[timesBy] as number);
  }

  processWatermark(watermark: number, origin: number): void {
    must(this.#context, 'the context of an open sink').output.emitWatermark(watermark, origin);
  }

  processBatch(batch: Batch): void {
    const { selection, selectedCount, timestamps } = batch;
    // Results are in order of time where it matters: behind a window.
    let from = 0;
    while (from < selectedCount && (timestamps[batch.rowAt(from)] as number) < this.#base) from++;
    const { sums } = this.#tally;
    this.#tally.rows += selectedCount - from;
    for (let c = 0; c < this.#columns.length; c++) {
      const { f64 } = batch.columns[this.#columns[c] as number] as Column;
      sums[c] = (sums[c] as number) + sumOf(f64, this.#originOf(c), selection, from, selectedCount);
    }
    if (this.#weight < 0) return;
    const { f64 } = batch.columns[this.#weight] as Column;
    this.#tally.times += weighedTimes(timestamps, f64, this.#base, selection, from, selectedCount);
  }

  /** What the values of a column are counted from. */
  #originOf(c: number): number {
    return c < this.#plan.sums.length ? 0 : this.#base;
  }
}

function sumOf(values: Float64Array, origin: number, selection: Int32Array | null, from: number, to: number): number {
  let sum = 0;
  if (selection === null) for (let i = from; i < to; i++) sum += (values[i] as number) - origin;
  else for (let j = from; j < to; j++) sum += (values[selection[j] as number] as number) - origin;
  return sum;
}

function weighedTimes(
  timestamps: Float64Array,
  weights: Float64Array,
  base: number,
  selection: Int32Array | null,
  from: number,
  to: number,
): number {
  let sum = 0;
  if (selection === null) for (let i = from; i < to; i++) sum += ((timestamps[i] as number) - base) * (weights[i] as number);
  else {
    for (let j = from; j < to; j++) {
      const i = selection[j] as number;
      sum += ((timestamps[i] as number) - base) * (weights[i] as number);
    }
  }
  return sum;
}
