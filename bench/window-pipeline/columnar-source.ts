import { Batch, BATCH_CAPACITY } from '../../engine/batch/batch.ts';
import { Column } from '../../engine/batch/column.ts';
import type { Schema } from '../../engine/batch/schema.ts';
import { Marks } from '../../engine/elements/marks.ts';
import { originOf } from '../../engine/elements/origin.ts';
import type { StreamShape } from '../../engine/operators/definition.ts';
import { defineOperator } from '../../engine/operators/definition.ts';
import type { OperatorContext, PollLimit, PollStatus, SourceOperator } from '../../engine/operators/operator.ts';
import { assert, must } from '../../engine/util/assert.ts';
import type { SensorReadings } from './sensor-readings.ts';

const READING: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'timestamp', type: 'timestamp' },
    { name: 'temperature', type: 'double' },
  ],
};

const SHAPE: StreamShape = { schema: READING, key: null, eventTime: false };

/** Columns in memory as a source. What reading and parsing costs is measured elsewhere. */
export const columnarSource = defineOperator({
  type: 'columnar-source',
  title: 'Columns in memory',
  category: 'source',
  summary: 'Hands out columns that are in memory already.',
  keywords: [],
  fields: {},
  inputs: [],
  outputs: () => [{ name: 'out', title: 'Readings' }],
  fixedParallelism: 1,
  bounded: () => true,
  shapes: () => ({ ports: { out: SHAPE }, problems: [] }),
  face: () => '',
});

/**
 * Emits the readings pass after pass, and after each pass one cold record behind its last window, which makes every window fire. Between
 * passes it says that it waits for input, so the job stays deployed and its kernels stay compiled.
 */
export class ColumnarSource implements SourceOperator {
  readonly #readings: SensorReadings;
  /** A source that reads from outside fills arrays of its own; this one may hand out views instead. */
  readonly #copies: boolean;
  /** All batches of one size share theirs. */
  #noTimestamps = new Float64Array(0);
  #context: OperatorContext | null = null;
  /** Records of the pass emitted so far; `count` of the readings means that the closing record is next. */
  #next = 0;
  #isOpen = false;

  constructor(readings: SensorReadings, copies: boolean) {
    this.#readings = readings;
    this.#copies = copies;
    this.#next = readings.count + 1;
  }

  open(context: OperatorContext): void {
    this.#context = context;
  }

  /** Lets the readings, as they are now, be read once. */
  beginPass(): void {
    assert(this.#next > this.#readings.count, 'a pass begins when the one before is over');
    this.#next = 0;
    this.#isOpen = true;
  }

  get nextPosition(): number {
    const { passes, count } = this.#readings;
    if (!this.#isOpen) return 0;
    return this.#next < count ? passes.firstPosition + this.#next : passes.closingPosition + (this.#next - count);
  }

  poll(limit: PollLimit): PollStatus {
    const { count } = this.#readings;
    if (this.#next > count) return 'waiting';
    const room = Math.min(BATCH_CAPACITY, limit.maxRecords, limit.endPosition - this.nextPosition);
    if (room < 1) return 'more';
    const { output } = must(this.#context, 'the context of an open source');
    const from = this.#next;
    const to = Math.min(count, from + room);
    this.#next = from === count ? count + 1 : to;
    output.collectBatch(from === count ? this.#closingBatch() : this.#batch(from, to));
    return 'more';
  }

  snapshot(): unknown {
    return this.#next;
  }

  restore(state: unknown): void {
    this.#next = state as number;
  }

  get progress(): { readonly done: number; readonly total: number; readonly unit: 'records' } {
    return { done: Math.min(this.#next, this.#readings.count), total: this.#readings.count, unit: 'records' };
  }

  #batch(from: number, to: number): Batch {
    const { ids, dictionary, timestamps, temperatures, origins } = this.#readings;
    const take = <T extends Int32Array | Float64Array>(array: T): T =>
      (this.#copies ? array.slice(from, to) : array.subarray(from, to)) as T;
    const columns = [Column.ofCodes(take(ids), dictionary), Column.ofF64(take(timestamps)), Column.ofF64(take(temperatures))];
    const rowCount = to - from;
    return new Batch(READING, rowCount, columns, this.#noTimestampsOf(rowCount), take(origins), new Marks(0), null, rowCount);
  }

  #noTimestampsOf(rowCount: number): Float64Array {
    if (this.#noTimestamps.length !== rowCount) this.#noTimestamps = new Float64Array(rowCount).fill(Number.NaN);
    return this.#noTimestamps;
  }

  #closingBatch(): Batch {
    const { dictionary, passes } = this.#readings;
    const columns = [
      Column.ofCodes(new Int32Array(1), dictionary),
      Column.ofF64(Float64Array.of(passes.closingTime)),
      Column.ofF64(Float64Array.of(0)),
    ];
    const origins = Float64Array.of(originOf(passes.closingPosition, 0));
    return new Batch(READING, 1, columns, this.#noTimestampsOf(1), origins, new Marks(0), null, 1);
  }
}
