import { Batch, BATCH_CAPACITY } from '../../engine/batch/batch.ts';
import { BatchPool } from '../../engine/batch/batch-pool.ts';
import { Column } from '../../engine/batch/column.ts';
import type { GatherMemory } from '../../engine/batch/gather.ts';
import type { Schema } from '../../engine/batch/schema.ts';
import { Marks } from '../../engine/elements/marks.ts';
import { originOf, positionOf } from '../../engine/elements/origin.ts';
import { defineOperator, erased } from '../../engine/operators/definition.ts';
import type { AnyDefinition } from '../../engine/operators/definition.ts';
import type { OperatorContext, PollLimit, PollStatus, SourceOperator } from '../../engine/operators/operator.ts';
import { assert, must } from '../../engine/util/assert.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';

export const COLUMNAR_SOURCE = 'columnar-source';

/** Columns in memory as a source. What reading and parsing costs is measured elsewhere. */
export function columnarSource(schema: Schema): AnyDefinition {
  return erased(
    defineOperator({
      type: COLUMNAR_SOURCE,
      title: 'Columns in memory',
      category: 'source',
      summary: 'Hands out columns that are in memory already.',
      keywords: [],
      fields: {},
      inputs: [],
      outputs: () => [{ name: 'out', title: 'Records' }],
      fixedParallelism: 1,
      bounded: () => true,
      shapes: () => ({ ports: { out: { schema, key: null, eventTime: false } }, problems: [] }),
      face: () => '',
    }),
  );
}

const NO_MARKS = new Marks(0);

export interface ColumnarSourceOptions {
  readonly schema: Schema;
  readonly sourceIndex: number;
  /** A source that reads from outside fills arrays, of memory that comes back; this one may hand out views instead. */
  readonly copies: boolean;
  /** After each pass comes one record of a key of its own, so much later that everything that waits for event time ends its wait. */
  readonly closesPasses: boolean;
}

/**
 * Emits the records pass after pass. Between passes it says that it waits for input, so the job stays deployed and its kernels stay
 * compiled.
 */
export class ColumnarSource implements SourceOperator {
  readonly #records: KeyedRecords;
  readonly #options: ColumnarSourceOptions;
  /** Code of the key of the closing record. */
  readonly #closingId: number;
  /** Batches share it: sources give no timestamps. */
  readonly #noTimestamps = new Float64Array(BATCH_CAPACITY).fill(Number.NaN);
  readonly #pool = new BatchPool();
  #context: OperatorContext | null = null;
  /** Records of the pass emitted so far; `count` of the records means that the closing one is next. */
  #next = Number.POSITIVE_INFINITY;

  constructor(records: KeyedRecords, options: ColumnarSourceOptions) {
    this.#records = records;
    this.#options = options;
    this.#closingId = records.dictionary.encode(`closing_${options.sourceIndex}`);
    assert(this.#closingId >= records.keyCount, 'no record has the key of the closing one');
  }

  open(context: OperatorContext): void {
    this.#context = context;
  }

  /** Lets the records, as they are now, be read once. */
  beginPass(): void {
    assert(this.#isOver, 'a pass begins when the one before is over');
    this.#next = 0;
  }

  get nextPosition(): number {
    const { passes, count, origins } = this.#records;
    if (this.#next === Number.POSITIVE_INFINITY) return 0;
    if (this.#next < count) return positionOf(origins[this.#next] as number);
    return passes.closingPosition + (this.#next - count);
  }

  poll(limit: PollLimit): PollStatus {
    const { count } = this.#records;
    if (this.#isOver) return 'waiting';
    const room = Math.min(BATCH_CAPACITY, limit.maxRecords, limit.endPosition - this.nextPosition);
    if (room < 1) return 'more';
    const { output } = must(this.#context, 'the context of an open source');
    const from = this.#next;
    if (from === count) {
      this.#next = count + 1;
      output.collectBatch(this.#closingBatch());
      return 'more';
    }
    this.#next = this.#before(limit.endPosition, from, Math.min(count, from + room));
    output.collectBatch(this.#next === from + 1 ? this.#single(from) : this.#batch(from, this.#next));
    return 'more';
  }

  snapshot(): unknown {
    return this.#next;
  }

  restore(state: unknown): void {
    this.#next = state as number;
  }

  get progress(): { readonly done: number; readonly total: number; readonly unit: 'records' } {
    return { done: Math.min(this.#next, this.#records.count), total: this.#records.count, unit: 'records' };
  }

  get #isOver(): boolean {
    const { count } = this.#records;
    return this.#options.closesPasses ? this.#next > count : this.#next >= count;
  }

  /** The end of the records in [from, to) that are before a position. */
  #before(endPosition: number, from: number, to: number): number {
    const { origins } = this.#records;
    const end = originOf(endPosition, 0);
    if ((origins[to - 1] as number) < end) return to;
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((origins[middle] as number) < end) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #batch(from: number, to: number): Batch {
    const { ids, dictionary, timestamps, values, origins } = this.#records;
    const { schema, copies } = this.#options;
    const rowCount = to - from;
    const memory = copies ? this.#pool.begin(rowCount) : null;
    const numbers = (array: Float64Array): Float64Array => taken(array.subarray(from, to), memory?.f64(rowCount));
    const codes = taken(ids.subarray(from, to), memory?.codes(rowCount));
    const columns = [Column.ofCodes(codes, dictionary), Column.ofF64(numbers(timestamps)), Column.ofF64(numbers(values))];
    const places = numbers(origins);
    const lease = copies ? this.#pool.lend() : null;
    return new Batch(schema, rowCount, columns, this.#noTimestamps.subarray(0, rowCount), places, new Marks(0), null, rowCount, lease);
  }

  /** A batch of one row, as in steps: it is copied as by the sources of the studio, which costs less than views. */
  #single(row: number): Batch {
    const { ids, dictionary, timestamps, values, origins } = this.#records;
    const memory = this.#pool.begin(1);
    const id = memory.codes(1);
    id[0] = ids[row] as number;
    const columns = [
      Column.ofCodes(id, dictionary),
      Column.ofF64(one(memory, timestamps[row] as number)),
      Column.ofF64(one(memory, values[row] as number)),
    ];
    const places = one(memory, origins[row] as number);
    return new Batch(this.#options.schema, 1, columns, this.#pool.noTimestamps(1), places, NO_MARKS, null, 1, this.#pool.lend());
  }

  #closingBatch(): Batch {
    const { dictionary, passes } = this.#records;
    const { schema, sourceIndex } = this.#options;
    const columns = [
      Column.ofCodes(Int32Array.of(this.#closingId), dictionary),
      Column.ofF64(Float64Array.of(passes.closingTime)),
      Column.ofF64(Float64Array.of(0)),
    ];
    const origins = Float64Array.of(originOf(passes.closingPosition, sourceIndex));
    return new Batch(schema, 1, columns, this.#noTimestamps.subarray(0, 1), origins, new Marks(0), null, 1);
  }
}

/** A view as it is, or copied to `memory`. */
function taken<T extends Int32Array | Float64Array>(view: T, memory: T | undefined): T {
  memory?.set(view);
  return memory ?? view;
}

function one(memory: GatherMemory, value: number): Float64Array {
  const array = memory.f64(1);
  array[0] = value;
  return array;
}
