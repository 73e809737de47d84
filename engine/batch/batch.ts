import type { Column } from './column.ts';
import type { Row, Schema } from './schema.ts';

/** Rows per full batch (engine-measurements §2: the curve is flat above). */
export const BATCH_CAPACITY = 4096;

/** What a batch needs of `elements/Marks`; the layers keep `batch` below `elements`. */
export interface MarkList {
  readonly count: number;
  readonly positions: Int32Array;
  readonly kinds: Uint8Array;
  readonly values: Float64Array;
  readonly origins: Float64Array;
}

/** Memory on loan: whoever made the columns uses it again once it is given back. A batch that nobody gives back is left to the garbage collector. */
export interface BatchLease {
  /** Nobody will look at the columns of the batch any more, but for whoever looks at the batch emitted last. */
  release(): void;
}

/**
 * Columnar rows of one schema plus the control marks between them: the unit that travels.
 *
 * - `rowCount` physical rows; `selection` (sorted row numbers, `selectedCount` of them) says which are alive, null = all.
 *   Filters write selections and never move rows, so marks and origins of the source batch stay valid downstream.
 * - `timestamps[i]` is the record's event timestamp in ms, NaN when it has none.
 * - `origins[i]` see `elements/origin.ts`; non-decreasing within a batch.
 *
 * A batch is immutable once it was emitted, and what makes a new batch of its columns leaves its `lease` out, so that it is never given back.
 */
export class Batch {
  readonly schema: Schema;
  readonly rowCount: number;
  readonly columns: readonly Column[];
  readonly timestamps: Float64Array;
  readonly origins: Float64Array;
  readonly marks: MarkList;
  readonly selection: Int32Array | null;
  readonly selectedCount: number;
  /** Given back by the only receiver of this very batch, if it keeps nothing of it (see `Operator.consumesBatches`). */
  readonly lease: BatchLease | null;

  constructor(
    schema: Schema,
    rowCount: number,
    columns: readonly Column[],
    timestamps: Float64Array,
    origins: Float64Array,
    marks: MarkList,
    selection: Int32Array | null,
    selectedCount: number,
    lease: BatchLease | null = null,
  ) {
    this.schema = schema;
    this.rowCount = rowCount;
    this.columns = columns;
    this.timestamps = timestamps;
    this.origins = origins;
    this.marks = marks;
    this.selection = selection;
    this.selectedCount = selectedCount;
    this.lease = lease;
  }

  /** The same for several receivers, none of which knows when the others are done. */
  shared(): Batch {
    if (this.lease === null) return this;
    const { schema, rowCount, columns, timestamps, origins, marks, selection, selectedCount } = this;
    return new Batch(schema, rowCount, columns, timestamps, origins, marks, selection, selectedCount);
  }

  /** Physical row number of the `j`-th live row. */
  rowAt(j: number): number {
    return this.selection === null ? j : (this.selection[j] as number);
  }

  /** A fresh plain record for physical row `i`: slow, for the specification path, samples and errors. */
  recordAt(i: number): Row {
    const record: Row = {};
    const fields = this.schema.fields;
    for (let c = 0; c < fields.length; c++) {
      record[(fields[c] as { name: string }).name] = (this.columns[c] as Column).valueAt(i);
    }
    return record;
  }
}
