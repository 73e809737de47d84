import { Batch, BATCH_CAPACITY } from '../batch/batch.ts';
import type { MarkList } from '../batch/batch.ts';
import type { ColumnKind } from '../batch/column.ts';
import { Leases } from '../batch/leases.ts';
import type { Schema } from '../batch/schema.ts';
import { MIN_WATERMARK, Marks, WATERMARK, WATERMARK_STATUS } from '../elements/marks.ts';
import type { MarkKind } from '../elements/marks.ts';
import { MarksPool } from '../elements/marks-pool.ts';
import type { Output } from '../operators/operator.ts';
import { compileAppend, EmittedColumn } from './emitted-column.ts';
import type { AppendRecord } from './emitted-column.ts';
import { refuseNonRecord } from './emission.ts';
import { ResultMemory } from './result-memory.ts';
import type { SlotCall } from './slot-call.ts';

const NO_MARKS = new Marks();
const NO_NUMBERS = new Float64Array(0);
/** V8 keeps typed arrays of up to 64 bytes in its own heap, where making one is ten times cheaper; most batches have few results. */
const SMALL_BATCH = 8;
/** No call has emitted anything yet. */
const NO_CALL = Number.NaN;

/**
 * What comes out of batches: the records that user code emits, as columns, and between them the marks of the input. Marks that nothing was due at
 * are only passed on when a record stands behind them, or somebody asks for the time.
 */
export class KernelResults {
  /** Event time as far as marks were passed on. */
  watermark = MIN_WATERMARK;
  readonly #schema: Schema;
  readonly #call: SlotCall;
  readonly #columns: readonly EmittedColumn[];
  readonly #append: AppendRecord;
  #output: Output | null = null;
  readonly #kinds: readonly ColumnKind[];
  readonly #noMemory: ResultMemory;
  readonly #leases = new Leases<ResultMemory>();
  /** Of the batch that is being made; without rows there may be none. */
  #memory: ResultMemory | null = null;
  #timestamps: Float64Array = NO_NUMBERS;
  #origins: Float64Array = NO_NUMBERS;
  #rowCount = 0;
  /** Rows of the last batch: the next one probably has about as many. */
  #rowsBefore = 0;
  readonly #pool = new MarksPool();
  #marks = this.#pool.take();
  /** Of the batch in hand, and the next of them to be passed on. */
  #input: MarkList = NO_MARKS;
  #next = 0;
  /** The row before which that one stands. */
  #nextPosition = Number.POSITIVE_INFINITY;
  #emittedWatermark = MIN_WATERMARK;
  /** The call that emitted last, and its first row. */
  #lastCall = NO_CALL;
  #callStart = 0;

  constructor(schema: Schema, call: SlotCall) {
    this.#schema = schema;
    this.#call = call;
    this.#columns = schema.fields.map((field) => new EmittedColumn(field));
    this.#kinds = this.#columns.map(({ kind }) => kind);
    this.#noMemory = ResultMemory.of(this.#kinds, 0);
    this.#append = compileAppend(this.#columns);
  }

  open(output: Output): void {
    this.#output = output;
  }

  get isFull(): boolean {
    return this.#rowCount >= BATCH_CAPACITY;
  }

  beginBatch(marks: MarkList): void {
    this.#input = marks;
    this.#next = 0;
    this.#setNextPosition();
    this.#lastCall = NO_CALL;
  }

  /** Adds a record of the present call. @throws FieldTypeError, or TypeError when it is no record; nothing of it is left then. */
  add(value: unknown): void {
    const call = this.#call;
    if (call.phase !== 'element' && call.phase !== 'timer') throw new TypeError('Nothing can be emitted here.');
    if (typeof value !== 'object' || value === null) refuseNonRecord(value, 'out.collect');
    const { row } = call;
    if (this.#nextPosition <= row) this.passThrough(row);
    const at = this.#rowCount;
    if (at === this.#timestamps.length) this.#grow();
    this.#append(value as Readonly<Record<string, unknown>>, at);
    this.#timestamps[at] = call.timestamp;
    this.#origins[at] = call.origin;
    if (row !== this.#lastCall) {
      this.#lastCall = row;
      this.#callStart = at;
    }
    this.#rowCount = at + 1;
    if (at + 1 >= BATCH_CAPACITY) call.isInterrupted = true;
  }

  /** The present call failed: what it emitted is not for anybody. */
  dropCall(): void {
    if (this.#call.row === this.#lastCall) this.#rowCount = this.#callStart;
  }

  /** Event time when row `row` is processed. */
  watermarkAt(row: number): number {
    if (this.#nextPosition <= row) this.passThrough(row);
    return this.watermark;
  }

  /** Passes on the marks that stand before row `row` or earlier. */
  passThrough(row: number): void {
    while (this.#nextPosition <= row) this.#pass();
  }

  /** Passes on the marks before mark `m`. */
  passBefore(m: number): void {
    while (this.#next < m) this.#pass();
  }

  /** Event time rises to `watermark`, but nothing is passed on yet. False: it is there already. */
  advance(watermark: number): boolean {
    if (watermark <= this.watermark) return false;
    this.watermark = watermark;
    return true;
  }

  /** Somebody else emits this watermark. */
  noteEmitted(watermark: number): void {
    if (watermark > this.#emittedWatermark) this.#emittedWatermark = watermark;
  }

  /** Hands out what there is. */
  flush(): void {
    const rowCount = this.#rowCount;
    const marks = this.#marks;
    if (rowCount === 0 && marks.count === 0) return;
    let lease = marks.count === 0 ? null : this.#pool.lend(marks, null);
    const memory = this.#memory ?? this.#noMemory;
    const rows = memory.first(rowCount);
    const { timestamps, origins } = rows;
    const columns = this.#columns.map((column, c) => column.build(rowCount, rows.columns[c] ?? null));
    if (rowCount > 0) lease = this.#leases.lend(memory, lease);
    this.#memory = null;
    this.#timestamps = NO_NUMBERS;
    this.#origins = NO_NUMBERS;
    this.#rowsBefore = rowCount;
    this.#rowCount = 0;
    this.#marks = this.#pool.take();
    this.#lastCall = NO_CALL;
    this.#output?.collectBatch(new Batch(this.#schema, rowCount, columns, timestamps, origins, marks, null, rowCount, lease));
  }

  #pass(): void {
    const m = this.#next++;
    this.#setNextPosition();
    const { kinds, values, origins } = this.#input;
    const kind = kinds[m] as MarkKind;
    const value = values[m] as number;
    if (kind === WATERMARK) {
      if (value > this.watermark) this.watermark = value;
      if (value <= this.#emittedWatermark) return;
      this.#emittedWatermark = value;
    } else if (kind !== WATERMARK_STATUS) return;
    this.#marks.push(this.#rowCount, kind, value, origins[m] as number);
  }

  #setNextPosition(): void {
    const m = this.#next;
    this.#nextPosition = m < this.#input.count ? (this.#input.positions[m] as number) : Number.POSITIVE_INFINITY;
  }

  #grow(): void {
    const memory = this.#memory === null ? this.#firstMemory() : this.#memory.grown(this.#kinds, this.#memory.capacity * 2);
    this.#memory = memory;
    this.#timestamps = memory.timestamps;
    this.#origins = memory.origins;
    for (let c = 0; c < this.#columns.length; c++) this.#columns[c]?.use(memory.columns[c] ?? null, memory.capacity);
  }

  #firstMemory(): ResultMemory {
    const returned = this.#leases.takeReturned();
    if (returned !== null && returned.capacity * 2 >= this.#rowsBefore) return returned;
    return ResultMemory.of(this.#kinds, Math.max(SMALL_BATCH, this.#rowsBefore));
  }
}
