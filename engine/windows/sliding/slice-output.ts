import { Batch, BATCH_CAPACITY } from '../../batch/batch.ts';
import type { MarkList } from '../../batch/batch.ts';
import { Column } from '../../batch/column.ts';
import type { Schema } from '../../batch/schema.ts';
import { Leases, together } from '../../batch/leases.ts';
import type { Output } from '../../operators/operator.ts';
import type { AggregateResult } from '../aggregate-plan.ts';
import type { MarkedOutput } from '../event-time-cursor.ts';
import type { ResultLoop } from '../panes/generate-result-loop.ts';
import { generateResultLoop } from '../panes/generate-result-loop.ts';
import type { KeyBuffer, PaneKeys } from '../panes/pane-keys.ts';
import { ResultMarks } from '../panes/result-marks.ts';
import { ResultSpans } from '../panes/result-spans.ts';
import type { TimeWindow } from '../time-window.ts';
import type { SlotList } from './window-store.ts';

/** Smaller batches have memory of their own size, which is left to the garbage collector. */
const SMALL_BATCH = 512;

/** Batches of so many rows go on when a window ends, because all their rows have its bounds then. */
const LARGE_BATCH = 1024;

/** Columns of a batch under construction. */
interface ResultMemory {
  readonly capacity: number;
  readonly keys: KeyBuffer;
  readonly values: readonly Float64Array<ArrayBuffer>[];
}

/** Builds the results of windows column by column, in memory that receivers give back: there can be more of them than there are records. */
export class SliceOutput implements MarkedOutput {
  readonly #schema: Schema;
  readonly #results: readonly AggregateResult[];
  readonly #stride: number;
  readonly #write: ResultLoop;
  readonly #keys: PaneKeys;
  readonly #output: Output;
  readonly #marks: ResultMarks;
  readonly #spans = new ResultSpans();
  readonly #leases = new Leases<ResultMemory>();
  #memory: ResultMemory | null = null;
  #nulls: (Uint8Array<ArrayBuffer> | null)[];
  #rowCount = 0;

  /** The output schema is: key, window start, window end, results. @param stride From the accumulator of one key slot to the next. */
  constructor(schema: Schema, results: readonly AggregateResult[], stride: number, keys: PaneKeys, output: Output, uniqueName: string) {
    this.#schema = schema;
    this.#results = results;
    this.#stride = stride;
    this.#write = generateResultLoop(results, stride, true, `${uniqueName} slices`);
    this.#keys = keys;
    this.#output = output;
    this.#marks = new ResultMarks(schema, output);
    this.#nulls = results.map(() => null);
  }

  /** The results of a window: of these keys, off accumulators by key slot. */
  append({ start, end }: TimeWindow, cells: Float64Array, list: SlotList, origin: number): void {
    let from = list.from;
    while (from < list.to) {
      const rows = Math.min(list.to - from, BATCH_CAPACITY - this.#rowCount);
      const memory = this.#reserve(this.#rowCount + rows);
      this.#keys.writeKeys(memory.keys, this.#rowCount, list.slots, from, from + rows);
      this.#write(cells, list.slots, from, from + rows, memory.values, this.#rowCount);
      for (const [r, { countCell, field }] of this.#results.entries()) {
        if (field.nullable === true) this.#writeNulls(r, countCell, cells, list.slots, from, rows);
      }
      this.#rowCount += rows;
      this.#spans.add(start, end, origin, this.#rowCount);
      from += rows;
      if (this.#rowCount === BATCH_CAPACITY) this.flush();
    }
    if (this.#rowCount >= LARGE_BATCH) this.flush();
  }

  forward(marks: MarkList, from: number, to: number): void {
    this.#marks.add(marks, from, to, this.#rowCount);
  }

  finishBatch(marks: MarkList, from: number): void {
    if (from === 0 && this.#rowCount === 0 && this.#marks.isEmpty) {
      this.#marks.pass(marks);
      return;
    }
    this.forward(marks, from, marks.count);
    this.flush();
  }

  flush(): void {
    const rowCount = this.#rowCount;
    const memory = this.#memory;
    if (memory === null) {
      this.#marks.emit();
      return;
    }
    const isLent = memory.capacity === BATCH_CAPACITY;
    const spans = this.#spans.take(rowCount, isLent);
    const { starts, ends, timestamps, origins } = spans.columns;
    const columns = [this.#keys.keyColumn(memory.keys, rowCount), Column.ofF64(starts), Column.ofF64(ends)];
    for (const [r, values] of memory.values.entries()) {
      columns.push(Column.ofF64(values.subarray(0, rowCount), this.#nulls[r]?.subarray(0, rowCount) ?? null));
    }
    const marks = this.#marks.take();
    const lease = isLent ? this.#leases.lend(memory, together(spans.lease, marks.lease)) : marks.lease;
    this.#memory = null;
    this.#rowCount = 0;
    this.#nulls = this.#results.map(() => null);
    this.#output.collectBatch(new Batch(this.#schema, rowCount, columns, timestamps, origins, marks, null, rowCount, lease));
  }

  #writeNulls(r: number, countCell: number, cells: Float64Array, slots: Int32Array, from: number, rows: number): void {
    for (let n = 0; n < rows; n++) {
      if (cells[(slots[from + n] as number) * this.#stride + countCell] !== 0) continue;
      const nulls = (this.#nulls[r] ??= new Uint8Array(BATCH_CAPACITY));
      nulls[this.#rowCount + n] = 1;
    }
  }

  #reserve(rows: number): ResultMemory {
    const former = this.#memory;
    if (former !== null && former.capacity >= rows) return former;
    const memory = this.#newMemory(rows, former?.capacity ?? 0);
    if (former !== null) {
      memory.keys.set(former.keys);
      for (const [r, values] of former.values.entries()) memory.values[r]?.set(values);
    }
    this.#memory = memory;
    return memory;
  }

  #newMemory(rows: number, formerCapacity: number): ResultMemory {
    const capacity = Math.max(rows, formerCapacity * 2);
    if (capacity >= SMALL_BATCH) {
      const returned = this.#leases.takeReturned();
      if (returned !== null) return returned;
    }
    const size = capacity >= SMALL_BATCH ? BATCH_CAPACITY : capacity;
    return { capacity: size, keys: this.#keys.newBuffer(size), values: this.#results.map(() => new Float64Array(size)) };
  }
}
