import { Batch } from '../../batch/batch.ts';
import type { MarkList } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import type { Schema } from '../../batch/schema.ts';
import { Marks } from '../../elements/marks.ts';
import type { MarkKind } from '../../elements/marks.ts';
import type { Output } from '../../operators/operator.ts';
import { emptyColumns } from '../batch-rows.ts';

const NO_NUMBERS = new Float64Array(0);

/** The marks between the results of a batch under construction. */
export class ResultMarks {
  readonly #schema: Schema;
  readonly #output: Output;
  readonly #noColumns: readonly Column[];
  #positionsZero = new Int32Array(64);
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
    // Room for all marks of the input: the results of a batch rarely stand between those of several.
    const own = (this.#marks ??= new Marks(marks.count));
    for (let m = from; m < to; m++) {
      own.push(rowCount, marks.kinds[m] as MarkKind, marks.values[m] as number, marks.origins[m] as number);
    }
  }

  /** For the batch of the results they are between. */
  take(): MarkList {
    const marks = this.#marks ?? new Marks(0);
    this.#marks = null;
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
    this.#emitAlone(moved);
  }

  #emitAlone(marks: MarkList): void {
    this.#output.collectBatch(new Batch(this.#schema, 0, this.#noColumns, NO_NUMBERS, NO_NUMBERS, marks, null, 0));
  }
}
