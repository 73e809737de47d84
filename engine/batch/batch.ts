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
  /** Of the memory of these arrays, for whoever hands them on in a batch of its own; null: nobody wants it back. */
  readonly lease: BatchLease | null;
}

/**
 * Memory on loan: whoever made the arrays of a batch uses them again when all its holders have given them back. There is one holder in the beginning.
 * What is never given back is left to the garbage collector.
 */
export interface BatchLease {
  /** One holder more. Only for somebody who holds it, or to whom a holder is just showing the batch. */
  retain(): void;
  /** One holder less: it will not look at the arrays of the batch any more. */
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
 * A batch is immutable once it was emitted. Whoever gets it holds its `lease`: it gives it back when it keeps nothing of the batch (see
 * `Operator.consumesBatches`), or hands it on in the batch that it makes of it, or forgets it, which only means that the memory is not used again.
 */
export class Batch {
  // Only declared: a field that is also defined is written twice, and steps make a few batches for each record.
  declare readonly schema: Schema;
  declare readonly rowCount: number;
  declare readonly columns: readonly Column[];
  declare readonly timestamps: Float64Array;
  declare readonly origins: Float64Array;
  declare readonly marks: MarkList;
  declare readonly selection: Int32Array | null;
  declare readonly selectedCount: number;
  /** Of its columns, times, origins, marks and selection; null: nobody wants them back. */
  declare readonly lease: BatchLease | null;

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

  /** Before it goes to so many receivers: each of them holds it. */
  share(receivers: number): void {
    if (this.lease !== null) for (let r = 1; r < receivers; r++) this.lease.retain();
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
