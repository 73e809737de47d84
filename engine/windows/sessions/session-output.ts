import { Batch, BATCH_CAPACITY } from '../../batch/batch.ts';
import type { MarkList } from '../../batch/batch.ts';
import { Column } from '../../batch/column.ts';
import type { Schema } from '../../batch/schema.ts';
import type { Output } from '../../operators/operator.ts';
import type { AggregateResult } from '../aggregate-plan.ts';
import type { MarkedOutput } from '../event-time-cursor.ts';
import type { KeyBuffer, PaneKeys } from '../panes/pane-keys.ts';
import { ResultMarks } from '../panes/result-marks.ts';
import { END, HEADER_CELLS, START } from './session-slab.ts';
import type { SessionSlab } from './session-slab.ts';

/** Rows reserved for a batch at least. */
const SMALL_BATCH = 16;
/** Number columns before those of the results. */
const STARTS = 0;
const ENDS = 1;
const TIMESTAMPS = 2;
const ORIGINS = 3;
const FIXED = 4;

/** Builds the results of sessions column by column, with the marks between them, and hands full batches on. */
export class SessionOutput implements MarkedOutput {
  readonly #schema: Schema;
  readonly #results: readonly AggregateResult[];
  readonly #keys: PaneKeys;
  readonly #output: Output;
  readonly #marks: ResultMarks;
  readonly #noKeys: KeyBuffer;
  readonly #noNumbers: Float64Array<ArrayBuffer>[];
  #capacity = 0;
  #rowCount = 0;
  /** Results of the batch before: mostly the next has as many. */
  #expectedRows = 0;
  #keyBuffer: KeyBuffer;
  /** Bounds, timestamps, origins, results. */
  #numbers: Float64Array<ArrayBuffer>[] = [];
  #nulls: (Uint8Array<ArrayBuffer> | null)[] = [];
  #slots = new Int32Array(0);

  /** The output schema is: key, window start, window end, results. */
  constructor(schema: Schema, results: readonly AggregateResult[], keys: PaneKeys, output: Output) {
    this.#schema = schema;
    this.#results = results;
    this.#keys = keys;
    this.#output = output;
    this.#marks = new ResultMarks(schema, output);
    this.#noKeys = keys.newBuffer(0);
    this.#keyBuffer = this.#noKeys;
    this.#noNumbers = Array.from({ length: FIXED + results.length }, () => new Float64Array(0));
    this.#begin();
  }

  /** The results of these sessions, in this order. */
  append(slab: SessionSlab, sessions: readonly number[], origin: number): void {
    let from = 0;
    while (from < sessions.length) {
      const rows = Math.min(sessions.length - from, BATCH_CAPACITY - this.#rowCount);
      this.#reserve(this.#rowCount + rows);
      this.#write(slab, sessions, from, rows, origin);
      this.#rowCount += rows;
      from += rows;
      if (this.#rowCount === BATCH_CAPACITY) this.flush();
    }
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
    if (rowCount === 0) {
      this.#marks.emit();
      return;
    }
    const numbers = this.#numbers.map((column) => column.subarray(0, rowCount));
    const [starts, ends, timestamps, origins] = numbers as [Float64Array, Float64Array, Float64Array, Float64Array];
    const columns = [
      this.#keys.keyColumn(this.#keyBuffer, rowCount),
      Column.ofF64(starts),
      Column.ofF64(ends),
      ...this.#results.map((_, r) => Column.ofF64(numbers[FIXED + r] as Float64Array, this.#nulls[r]?.subarray(0, rowCount) ?? null)),
    ];
    const marks = this.#marks.take();
    this.#output.collectBatch(new Batch(this.#schema, rowCount, columns, timestamps, origins, marks, null, rowCount, marks.lease));
    this.#expectedRows = rowCount + (rowCount >> 2);
    this.#begin();
  }

  #write(slab: SessionSlab, sessions: readonly number[], from: number, rows: number, origin: number): void {
    const { cells, stride } = slab;
    const slots = this.#slotsOf(slab, sessions, from, rows);
    this.#keys.writeKeys(this.#keyBuffer, this.#rowCount, slots, 0, rows);
    const numbers = this.#numbers as [Float64Array, Float64Array, Float64Array, Float64Array, ...Float64Array[]];
    for (let n = 0, row = this.#rowCount; n < rows; n++, row++) {
      const at = (sessions[from + n] as number) * stride;
      const end = cells[at + END] as number;
      numbers[STARTS][row] = cells[at + START] as number;
      numbers[ENDS][row] = end;
      numbers[TIMESTAMPS][row] = end - 1;
      numbers[ORIGINS][row] = origin;
      for (let r = 0; r < this.#results.length; r++) this.#writeResult(r, row, cells, at + HEADER_CELLS);
    }
  }

  #writeResult(r: number, row: number, cells: Float64Array, at: number): void {
    const { fn, cell, countCell, field } = this.#results[r] as AggregateResult;
    const value = cells[at + cell] as number;
    (this.#numbers[FIXED + r] as Float64Array)[row] = fn === 'avg' ? value / (cells[at + countCell] as number) : value;
    if (field.nullable !== true || cells[at + countCell] !== 0) return;
    const nulls = (this.#nulls[r] ??= new Uint8Array(this.#capacity));
    nulls[row] = 1;
  }

  #slotsOf(slab: SessionSlab, sessions: readonly number[], from: number, rows: number): Int32Array {
    if (this.#slots.length < rows) this.#slots = new Int32Array(Math.max(rows, SMALL_BATCH));
    for (let n = 0; n < rows; n++) this.#slots[n] = slab.slotOf[sessions[from + n] as number] as number;
    return this.#slots;
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    const capacity = Math.min(BATCH_CAPACITY, Math.max(rows, SMALL_BATCH, this.#expectedRows, this.#capacity * 2));
    const keyBuffer = this.#keys.newBuffer(capacity);
    keyBuffer.set(this.#keyBuffer);
    this.#keyBuffer = keyBuffer;
    // One piece of memory: what V8 keeps outside of its heap is dear to make.
    const memory = new Float64Array(capacity * this.#numbers.length);
    this.#numbers = this.#numbers.map((old, n) => {
      const grown = memory.subarray(n * capacity, (n + 1) * capacity);
      grown.set(old);
      return grown;
    });
    this.#nulls = this.#nulls.map((old) => {
      if (old === null) return null;
      const grown = new Uint8Array(capacity);
      grown.set(old);
      return grown;
    });
    this.#capacity = capacity;
  }

  #begin(): void {
    this.#capacity = 0;
    this.#rowCount = 0;
    this.#keyBuffer = this.#noKeys;
    this.#numbers = this.#noNumbers;
    this.#nulls = this.#results.map(() => null);
  }
}
