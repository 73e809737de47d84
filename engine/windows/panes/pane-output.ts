import { Batch, BATCH_CAPACITY } from '../../batch/batch.ts';
import type { MarkList } from '../../batch/batch.ts';
import { Column } from '../../batch/column.ts';
import type { Schema } from '../../batch/schema.ts';
import { Marks } from '../../elements/marks.ts';
import type { MarkKind } from '../../elements/marks.ts';
import { MarksPool } from '../../elements/marks-pool.ts';
import { Leases, together } from '../../batch/leases.ts';
import type { Output } from '../../operators/operator.ts';
import type { AggregateResult } from '../aggregate-plan.ts';
import { emptyColumns } from '../batch-rows.ts';
import type { KeyBuffer, PaneKeys } from './pane-keys.ts';
import type { Pane } from './pane.ts';
import { generateResultLoop } from './generate-result-loop.ts';
import type { ResultLoop } from './generate-result-loop.ts';
import { ResultSpans } from './result-spans.ts';

/** Rows reserved for a batch that begins with a single result. */
const SMALL_BATCH = 64;
/** From so many rows on a batch has memory for as many as there can be, of which it leaves some unused, so that it can be used again. */
const LARGE_BATCH = 1024;
const NO_NUMBERS = new Float64Array(0);
const NO_MARKS = new Marks();

/** What comes back of a large batch. */
interface ResultMemory {
  readonly keyBuffer: KeyBuffer;
  readonly values: readonly Float64Array[];
}

/** Builds the results of panes column by column, with the marks between them, and hands full batches on. */
export class PaneOutput {
  readonly #schema: Schema;
  readonly #results: readonly AggregateResult[];
  readonly #writeDense: ResultLoop;
  readonly #writeByEntry: ResultLoop;
  readonly #keys: PaneKeys;
  readonly #output: Output;
  readonly #noColumns: readonly Column[];
  #positionsZero = new Int32Array(64);
  #capacity = 0;
  #rowCount = 0;
  #keyBuffer: KeyBuffer;
  readonly #spans = new ResultSpans();
  #values: Float64Array[] = [];
  #nulls: (Uint8Array | null)[] = [];
  #marks: Marks | null = null;
  readonly #pool = new MarksPool();
  readonly #leases = new Leases<ResultMemory>();

  /** The output schema is: key, window start, window end, results. */
  constructor(schema: Schema, results: readonly AggregateResult[], stride: number, keys: PaneKeys, output: Output, uniqueName: string) {
    this.#schema = schema;
    this.#results = results;
    this.#writeDense = generateResultLoop(results, stride, true, uniqueName);
    this.#writeByEntry = generateResultLoop(results, stride, false, uniqueName);
    this.#keys = keys;
    this.#output = output;
    this.#noColumns = emptyColumns(schema);
    this.#keyBuffer = keys.newBuffer(0);
    this.#values = results.map(() => NO_NUMBERS);
    this.#nulls = results.map(() => null);
  }

  /** The results of entries `[from, to)` of a pane. */
  append(pane: Pane, from: number, to: number, origin: number): void {
    let entry = from;
    while (entry < to) {
      const rows = Math.min(to - entry, BATCH_CAPACITY - this.#rowCount);
      this.#reserve(this.#rowCount + rows);
      this.#write(pane, entry, entry + rows);
      this.#rowCount += rows;
      this.#spans.add(pane.start, pane.end, origin, this.#rowCount);
      entry += rows;
      if (this.#rowCount === BATCH_CAPACITY) this.flush();
    }
  }

  /** Marks `[from, to)` of the input, after the rows so far. */
  forward(marks: MarkList, from: number, to: number): void {
    if (from >= to) return;
    const own = (this.#marks ??= this.#pool.take());
    for (let m = from; m < to; m++) {
      own.push(this.#rowCount, marks.kinds[m] as MarkKind, marks.values[m] as number, marks.origins[m] as number);
    }
  }

  /**
   * Forwards the marks `[from, …)` and everything before them. A batch that caused nothing is the common case: its marks go on
   * as they are, sharing memory with the input, so that one watermark per record costs next to nothing.
   */
  finishBatch(marks: MarkList, from: number): void {
    if (from > 0 || this.#rowCount > 0 || this.#marks !== null) {
      this.forward(marks, from, marks.count);
      this.flush();
    } else if (marks.count > 0) this.#emitMarks(this.#atZero(marks));
  }

  /** Hands on what there is. */
  flush(): void {
    const rowCount = this.#rowCount;
    const marks = this.#marks;
    if (rowCount === 0 && marks === null) return;
    if (marks !== null) this.#pool.lend(marks, null);
    if (rowCount > 0) this.#emitRows(rowCount, marks ?? NO_MARKS);
    else this.#emitMarks(marks ?? NO_MARKS);
    this.#begin();
  }

  #emitRows(rowCount: number, marks: MarkList): void {
    const isLarge = this.#capacity === BATCH_CAPACITY;
    const spans = this.#spans.take(rowCount, isLarge);
    const { starts, ends, timestamps, origins } = spans.columns;
    const columns = [this.#keys.keyColumn(this.#keyBuffer, rowCount), Column.ofF64(starts), Column.ofF64(ends)];
    for (let r = 0; r < this.#results.length; r++) {
      const nulls = this.#nulls[r] ?? null;
      columns.push(Column.ofF64((this.#values[r] as Float64Array).subarray(0, rowCount), nulls?.subarray(0, rowCount) ?? null));
    }
    const memory = { keyBuffer: this.#keyBuffer, values: this.#values };
    const lease = isLarge ? this.#leases.lend(memory, together(spans.lease, marks.lease)) : marks.lease;
    this.#output.collectBatch(new Batch(this.#schema, rowCount, columns, timestamps, origins, marks, null, rowCount, lease));
  }

  #emitMarks(marks: MarkList): void {
    this.#output.collectBatch(new Batch(this.#schema, 0, this.#noColumns, NO_NUMBERS, NO_NUMBERS, marks, null, 0, marks.lease));
  }

  #atZero(marks: MarkList): Marks {
    if (this.#positionsZero.length < marks.count) this.#positionsZero = new Int32Array(marks.count * 2);
    const moved = new Marks(0);
    moved.count = marks.count;
    moved.positions = this.#positionsZero;
    moved.kinds = marks.kinds;
    moved.values = marks.values;
    moved.origins = marks.origins;
    moved.lease = marks.lease;
    marks.lease?.retain();
    return moved;
  }

  #write(pane: Pane, from: number, to: number): void {
    this.#keys.writeKeys(this.#keyBuffer, this.#rowCount, pane.slots, from, to);
    const write = pane.isDense ? this.#writeDense : this.#writeByEntry;
    write(pane.cells, pane.slots, from, to, this.#values, this.#rowCount);
    for (let r = 0; r < this.#results.length; r++) {
      const { countCell, field } = this.#results[r] as AggregateResult;
      if (field.nullable === true) this.#writeNulls(r, countCell, pane, from, to);
    }
  }

  #writeNulls(r: number, countCell: number, pane: Pane, from: number, to: number): void {
    let nulls = this.#nulls[r] ?? null;
    let row = this.#rowCount;
    for (let entry = from; entry < to; entry++, row++) {
      if (pane.cells[pane.offsetOf(entry) + countCell] !== 0) continue;
      nulls ??= new Uint8Array(this.#capacity);
      nulls[row] = 1;
    }
    this.#nulls[r] = nulls;
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    const wanted = Math.max(rows, SMALL_BATCH, this.#capacity * 2);
    const capacity = wanted < LARGE_BATCH ? wanted : BATCH_CAPACITY;
    const returned = this.#capacity === 0 && capacity === BATCH_CAPACITY ? this.#leases.takeReturned() : null;
    if (returned !== null) {
      this.#keyBuffer = returned.keyBuffer;
      this.#values = [...returned.values];
      this.#capacity = capacity;
      return;
    }
    const keyBuffer = this.#keys.newBuffer(capacity);
    keyBuffer.set(this.#keyBuffer);
    this.#keyBuffer = keyBuffer;
    this.#values = this.#values.map((values) => grownTo(capacity, values));
    this.#nulls = this.#nulls.map((nulls) => {
      if (nulls === null) return null;
      const grown = new Uint8Array(capacity);
      grown.set(nulls);
      return grown;
    });
    this.#capacity = capacity;
  }

  #begin(): void {
    this.#marks = null;
    if (this.#capacity === 0) return;
    this.#capacity = 0;
    this.#rowCount = 0;
    this.#keyBuffer = this.#keys.newBuffer(0);
    this.#values = this.#results.map(() => NO_NUMBERS);
    this.#nulls = this.#results.map(() => null);
  }
}

function grownTo(capacity: number, old: Float64Array): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(capacity);
  grown.set(old);
  return grown;
}
