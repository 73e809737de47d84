import { Batch, BATCH_CAPACITY } from '../../batch/batch.ts';
import type { MarkList } from '../../batch/batch.ts';
import { Column } from '../../batch/column.ts';
import type { Schema } from '../../batch/schema.ts';
import { Marks } from '../../elements/marks.ts';
import type { MarkKind } from '../../elements/marks.ts';
import type { Output } from '../../operators/operator.ts';
import type { AggregateResult } from '../aggregate-plan.ts';
import { emptyColumns } from '../batch-rows.ts';
import type { KeyBuffer, PaneKeys } from './pane-keys.ts';
import type { Pane } from './pane.ts';

/** Rows reserved for a batch that begins with a single result. */
const SMALL_BATCH = 64;

/** Builds the results of panes column by column, with the marks between them, and hands full batches on. */
export class PaneOutput {
  readonly #schema: Schema;
  readonly #results: readonly AggregateResult[];
  readonly #stride: number;
  readonly #keys: PaneKeys;
  readonly #output: Output;
  readonly #noColumns: readonly Column[];
  #positionsZero = new Int32Array(64);
  #capacity = 0;
  #rowCount = 0;
  #keyBuffer: KeyBuffer;
  #starts = new Float64Array(0);
  #ends = new Float64Array(0);
  #timestamps = new Float64Array(0);
  #origins = new Float64Array(0);
  #values: Float64Array[] = [];
  #nulls: (Uint8Array | null)[] = [];
  #marks: Marks | null = null;

  /** The output schema is: key, window start, window end, results. */
  constructor(schema: Schema, results: readonly AggregateResult[], stride: number, keys: PaneKeys, output: Output) {
    this.#schema = schema;
    this.#results = results;
    this.#stride = stride;
    this.#keys = keys;
    this.#output = output;
    this.#noColumns = emptyColumns(schema);
    this.#keyBuffer = keys.newBuffer(0);
    this.#begin(0);
  }

  /** The results of entries `[from, to)` of a pane. */
  append(pane: Pane, from: number, to: number, origin: number): void {
    let entry = from;
    while (entry < to) {
      const rows = Math.min(to - entry, BATCH_CAPACITY - this.#rowCount);
      this.#reserve(this.#rowCount + rows);
      this.#write(pane, entry, entry + rows, origin);
      this.#rowCount += rows;
      entry += rows;
      if (this.#rowCount === BATCH_CAPACITY) this.flush();
    }
  }

  /** Marks `[from, to)` of the input, after the rows so far. */
  forward(marks: MarkList, from: number, to: number): void {
    if (from >= to) return;
    const own = (this.#marks ??= new Marks(Math.max(16, to - from)));
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
    } else if (marks.count > 0) this.#emit(this.#noColumns, 0, this.#atZero(marks));
  }

  /** Hands on what there is. */
  flush(): void {
    const rowCount = this.#rowCount;
    const marks = this.#marks;
    if (rowCount === 0 && marks === null) return;
    this.#emit(rowCount === 0 ? this.#noColumns : this.#columns(rowCount), rowCount, marks ?? new Marks(0));
    this.#begin(0);
  }

  #emit(columns: readonly Column[], rowCount: number, marks: MarkList): void {
    const timestamps = this.#timestamps.subarray(0, rowCount);
    const origins = this.#origins.subarray(0, rowCount);
    this.#output.collectBatch(new Batch(this.#schema, rowCount, columns, timestamps, origins, marks, null, rowCount));
  }

  #atZero(marks: MarkList): Marks {
    if (this.#positionsZero.length < marks.count) this.#positionsZero = new Int32Array(marks.count * 2);
    const moved = new Marks(0);
    moved.count = marks.count;
    moved.positions = this.#positionsZero;
    moved.kinds = marks.kinds;
    moved.values = marks.values;
    moved.origins = marks.origins;
    return moved;
  }

  #columns(rowCount: number): Column[] {
    const columns = [
      this.#keys.keyColumn(this.#keyBuffer, rowCount),
      Column.ofF64(this.#starts.subarray(0, rowCount)),
      Column.ofF64(this.#ends.subarray(0, rowCount)),
    ];
    for (let r = 0; r < this.#results.length; r++) {
      const nulls = this.#nulls[r] ?? null;
      columns.push(Column.ofF64((this.#values[r] as Float64Array).subarray(0, rowCount), nulls?.subarray(0, rowCount) ?? null));
    }
    return columns;
  }

  #write(pane: Pane, from: number, to: number, origin: number): void {
    const at = this.#rowCount;
    const end = at + to - from;
    this.#keys.writeKeys(this.#keyBuffer, at, pane.slots, from, to);
    this.#starts.fill(pane.start, at, end);
    this.#ends.fill(pane.end, at, end);
    this.#timestamps.fill(pane.end - 1, at, end);
    this.#origins.fill(origin, at, end);
    for (let r = 0; r < this.#results.length; r++) this.#writeResult(r, pane, from, to);
  }

  #writeResult(r: number, pane: Pane, from: number, to: number): void {
    const { fn, cell, countCell, field } = this.#results[r] as AggregateResult;
    const values = this.#values[r] as Float64Array;
    const cells = pane.cells;
    const stride = this.#stride;
    let row = this.#rowCount;
    if (fn === 'avg') {
      for (let a = from * stride; a < to * stride; a += stride) {
        values[row++] = (cells[a + cell] as number) / (cells[a + countCell] as number);
      }
    } else {
      for (let a = from * stride; a < to * stride; a += stride) values[row++] = cells[a + cell] as number;
    }
    if (field.nullable === true) this.#writeNulls(r, countCell, pane, from, to);
  }

  #writeNulls(r: number, countCell: number, pane: Pane, from: number, to: number): void {
    let nulls = this.#nulls[r] ?? null;
    let row = this.#rowCount;
    for (let entry = from; entry < to; entry++, row++) {
      if (pane.cells[entry * this.#stride + countCell] !== 0) continue;
      nulls ??= new Uint8Array(this.#capacity);
      nulls[row] = 1;
    }
    this.#nulls[r] = nulls;
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    const capacity = Math.min(BATCH_CAPACITY, Math.max(rows, SMALL_BATCH, this.#capacity * 2));
    const keyBuffer = this.#keys.newBuffer(capacity);
    keyBuffer.set(this.#keyBuffer);
    this.#keyBuffer = keyBuffer;
    this.#starts = grownTo(capacity, this.#starts);
    this.#ends = grownTo(capacity, this.#ends);
    this.#timestamps = grownTo(capacity, this.#timestamps);
    this.#origins = grownTo(capacity, this.#origins);
    this.#values = this.#values.map((values) => grownTo(capacity, values));
    this.#nulls = this.#nulls.map((nulls) => {
      if (nulls === null) return null;
      const grown = new Uint8Array(capacity);
      grown.set(nulls);
      return grown;
    });
    this.#capacity = capacity;
  }

  #begin(capacity: number): void {
    this.#capacity = capacity;
    this.#rowCount = 0;
    this.#keyBuffer = this.#keys.newBuffer(capacity);
    this.#starts = new Float64Array(capacity);
    this.#ends = new Float64Array(capacity);
    this.#timestamps = new Float64Array(capacity);
    this.#origins = new Float64Array(capacity);
    this.#values = this.#results.map(() => new Float64Array(capacity));
    this.#nulls = this.#results.map(() => null);
    this.#marks = null;
  }
}

function grownTo(capacity: number, old: Float64Array): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(capacity);
  grown.set(old);
  return grown;
}
