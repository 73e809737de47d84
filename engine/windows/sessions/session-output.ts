import { Batch, BATCH_CAPACITY } from '../../batch/batch.ts';
import type { MarkList } from '../../batch/batch.ts';
import { Column } from '../../batch/column.ts';
import { Leases } from '../../batch/leases.ts';
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

/** What comes back of a batch: room for `capacity` rows. */
interface ResultMemory {
  readonly capacity: number;
  readonly keyBuffer: KeyBuffer;
  /** Bounds, timestamps, origins, results. */
  readonly numbers: readonly Float64Array<ArrayBuffer>[];
}

/** Builds the results of sessions column by column, with the marks between them, and hands full batches on. */
export class SessionOutput implements MarkedOutput {
  readonly #schema: Schema;
  readonly #results: readonly AggregateResult[];
  readonly #keys: PaneKeys;
  readonly #output: Output;
  readonly #marks: ResultMarks;
  readonly #leases = new Leases<ResultMemory>();
  readonly #nothing: ResultMemory;
  #memory: ResultMemory;
  #rowCount = 0;
  /** Results of the batch before: mostly the next has as many. */
  #expectedRows = 0;
  #nulls: (Uint8Array<ArrayBuffer> | null)[] = [];
  #slots = new Int32Array(0);

  /** The output schema is: key, window start, window end, results. */
  constructor(schema: Schema, results: readonly AggregateResult[], keys: PaneKeys, output: Output) {
    this.#schema = schema;
    this.#results = results;
    this.#keys = keys;
    this.#output = output;
    this.#marks = new ResultMarks(schema, output);
    this.#nothing = this.#newMemory(0);
    this.#memory = this.#nothing;
    this.#nulls = results.map(() => null);
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
    const memory = this.#memory;
    const numbers = memory.numbers.map((column) => column.subarray(0, rowCount));
    const [starts, ends, timestamps, origins] = numbers as [Float64Array, Float64Array, Float64Array, Float64Array];
    const columns = [
      this.#keys.keyColumn(memory.keyBuffer, rowCount),
      Column.ofF64(starts),
      Column.ofF64(ends),
      ...this.#results.map((_, r) => Column.ofF64(numbers[FIXED + r] as Float64Array, this.#nulls[r]?.subarray(0, rowCount) ?? null)),
    ];
    const marks = this.#marks.take();
    const lease = this.#leases.lend(memory, marks.lease);
    this.#expectedRows = rowCount + (rowCount >> 2);
    this.#memory = this.#nothing;
    this.#rowCount = 0;
    this.#nulls = this.#results.map(() => null);
    this.#output.collectBatch(new Batch(this.#schema, rowCount, columns, timestamps, origins, marks, null, rowCount, lease));
  }

  #write(slab: SessionSlab, sessions: readonly number[], from: number, rows: number, origin: number): void {
    const { cells, stride } = slab;
    const slots = this.#slotsOf(slab, sessions, from, rows);
    this.#keys.writeKeys(this.#memory.keyBuffer, this.#rowCount, slots, 0, rows);
    const numbers = this.#memory.numbers as unknown as [Float64Array, Float64Array, Float64Array, Float64Array, ...Float64Array[]];
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
    (this.#memory.numbers[FIXED + r] as Float64Array)[row] = fn === 'avg' ? value / (cells[at + countCell] as number) : value;
    if (field.nullable !== true || cells[at + countCell] !== 0) return;
    const nulls = (this.#nulls[r] ??= new Uint8Array(this.#memory.capacity));
    nulls[row] = 1;
  }

  #slotsOf(slab: SessionSlab, sessions: readonly number[], from: number, rows: number): Int32Array {
    if (this.#slots.length < rows) this.#slots = new Int32Array(Math.max(rows, SMALL_BATCH));
    for (let n = 0; n < rows; n++) this.#slots[n] = slab.slotOf[sessions[from + n] as number] as number;
    return this.#slots;
  }

  #reserve(rows: number): void {
    const former = this.#memory;
    if (rows <= former.capacity) return;
    const wanted = Math.min(BATCH_CAPACITY, Math.max(rows, SMALL_BATCH, this.#expectedRows, former.capacity * 2));
    const returned = this.#leases.takeReturned();
    const memory = returned !== null && returned.capacity >= wanted ? returned : this.#newMemory(withReserve(wanted));
    this.#memory = memory;
    if (this.#rowCount === 0) return;
    memory.keyBuffer.set(former.keyBuffer);
    for (const [n, numbers] of former.numbers.entries()) memory.numbers[n]?.set(numbers);
    this.#nulls = this.#nulls.map((old) => {
      if (old === null) return null;
      const grown = new Uint8Array(memory.capacity);
      grown.set(old);
      return grown;
    });
  }

  #newMemory(capacity: number): ResultMemory {
    const count = FIXED + this.#results.length;
    // One piece of memory: what V8 keeps outside of its heap is dear to make.
    const all = new Float64Array(capacity * count);
    const numbers = Array.from({ length: count }, (_, n) => all.subarray(n * capacity, (n + 1) * capacity));
    return { capacity, keyBuffer: this.#keys.newBuffer(capacity), numbers };
  }
}

/** Of a few sizes only, so that memory is mostly used again. */
function withReserve(rows: number): number {
  let capacity = SMALL_BATCH;
  while (capacity < rows) capacity *= 2;
  return capacity;
}
