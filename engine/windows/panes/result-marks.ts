import { Batch } from '../../batch/batch.ts';
import type { MarkList } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import type { Schema } from '../../batch/schema.ts';
import { Marks } from '../../elements/marks.ts';
import type { MarkKind } from '../../elements/marks.ts';
import { MarksPool } from '../../elements/marks-pool.ts';
import type { Output } from '../../operators/operator.ts';
import { emptyColumns } from '../batch-rows.ts';

const NO_NUMBERS = new Float64Array(0);
const NO_MARKS = new Marks();

/** The marks between the results of a batch under construction. */
export class ResultMarks {
  readonly #schema: Schema;
  readonly #output: Output;
  readonly #noColumns: readonly Column[];
  #positionsZero = new Int32Array(64);
  readonly #pool = new MarksPool();
  #marks: Marks | null = null;

  constructor(schema: Schema, output: Output) {
    this.#schema = schema;
    this.#output = output;
    this.#noColumns = emptyColumns(schema);
  }

  get isEmpty(): boolean {
    return this.#marks === null;
  }

  /** Marks `[from, to)`, after `rowCount` results. */
  add(marks: MarkList, from: number, to: number, rowCount: number): void {
    if (from >= to) return;
    const own = (this.#marks ??= this.#pool.take());
    for (let m = from; m < to; m++) {
      own.push(rowCount, marks.kinds[m] as MarkKind, marks.values[m] as number, marks.origins[m] as number);
    }
  }

  /** For the batch of the results they are between, which has their lease. */
  take(): MarkList {
    const marks = this.#marks;
    if (marks === null) return NO_MARKS;
    this.#marks = null;
    this.#pool.lend(marks, null);
    return marks;
  }

  /** There are no results: they go on by themselves. */
  emit(): void {
    if (this.#marks !== null) this.#emitAlone(this.take());
  }

  /**
   * All marks of a batch that caused nothing. This is the common case: they go on as they are, sharing memory with the input, so that one watermark
   * per record costs next to nothing.
   */
  pass(marks: MarkList): void {
    if (marks.count === 0) return;
    if (this.#positionsZero.length < marks.count) this.#positionsZero = new Int32Array(marks.count * 2);
    const moved = new Marks(0);
    moved.count = marks.count;
    moved.positions = this.#positionsZero;
    moved.kinds = marks.kinds;
    moved.values = marks.values;
    moved.origins = marks.origins;
    moved.lease = marks.lease;
    marks.lease?.retain();
    this.#emitAlone(moved);
  }

  #emitAlone(marks: MarkList): void {
    this.#output.collectBatch(new Batch(this.#schema, 0, this.#noColumns, NO_NUMBERS, NO_NUMBERS, marks, null, 0, marks.lease));
  }
}
