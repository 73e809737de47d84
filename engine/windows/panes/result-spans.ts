import type { BatchLease } from '../../batch/batch.ts';
import { BATCH_CAPACITY } from '../../batch/batch.ts';
import { Leases } from '../../batch/leases.ts';

/** Window bounds, timestamps and origins of the results of a batch. */
export interface SpanColumns {
  readonly starts: Float64Array<ArrayBuffer>;
  readonly ends: Float64Array<ArrayBuffer>;
  readonly timestamps: Float64Array<ArrayBuffer>;
  readonly origins: Float64Array<ArrayBuffer>;
}

/** The results up to row `rowsEnd` that no span before holds. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly origin: number;
  rowsEnd: number;
}

/** Columns whose first rows are all of one span, for the batches that need just that. */
interface SharedSpan {
  readonly span: Span;
  readonly columns: SpanColumns;
  readonly lease: BatchLease;
}

/** The columns of a batch, and what gives their memory back. Null: it is the batch's own. */
export interface LentSpans {
  readonly columns: SpanColumns;
  readonly lease: BatchLease | null;
}

/**
 * Which rows of the batch under construction belong to which window and origin. When a window fires, all rows of a batch have these in
 * common, and so have the batches that follow: their columns are then written once per firing and not per batch.
 */
export class ResultSpans {
  #spans: Span[] = [];
  readonly #leases = new Leases<SpanColumns>();
  #shared: SharedSpan | null = null;

  /** The rows up to `rowsEnd` that no span holds yet are results of the window `[start, end)`. */
  add(start: number, end: number, origin: number, rowsEnd: number): void {
    const last = this.#spans.at(-1);
    if (last !== undefined && isOf(last, start, end, origin)) last.rowsEnd = rowsEnd;
    else this.#spans.push({ start, end, origin, rowsEnd });
  }

  /** The columns of all rows so far, at most `BATCH_CAPACITY`; forgets the spans. @param isLent The batch will have a lease. */
  take(rowCount: number, isLent: boolean): LentSpans {
    const spans = this.#spans;
    this.#spans = [];
    if (!isLent) return { columns: write(newColumns(rowCount), spans, 0), lease: null };
    const [only] = spans;
    if (only !== undefined && spans.length === 1) {
      const { columns, lease } = this.#sharedBy(only);
      lease.retain();
      return { columns: firstRows(columns, rowCount), lease };
    }
    const columns = write(this.#leases.takeReturned() ?? newColumns(BATCH_CAPACITY), spans, 0);
    return { columns: firstRows(columns, rowCount), lease: this.#leases.lend(columns, null) };
  }

  #sharedBy(span: Span): SharedSpan {
    const former = this.#shared;
    if (former !== null && isOf(former.span, span.start, span.end, span.origin)) {
      if (former.span.rowsEnd < span.rowsEnd) {
        write(former.columns, [span], former.span.rowsEnd);
        former.span.rowsEnd = span.rowsEnd;
      }
      return former;
    }
    former?.lease.release();
    const columns = write(this.#leases.takeReturned() ?? newColumns(BATCH_CAPACITY), [span], 0);
    this.#shared = { span, columns, lease: this.#leases.lend(columns, null) };
    return this.#shared;
  }
}

function isOf(span: Span, start: number, end: number, origin: number): boolean {
  return span.start === start && span.end === end && span.origin === origin;
}

function newColumns(capacity: number): SpanColumns {
  const column = (): Float64Array<ArrayBuffer> => new Float64Array(capacity);
  return { starts: column(), ends: column(), timestamps: column(), origins: column() };
}

function write(columns: SpanColumns, spans: readonly Span[], fromRow: number): SpanColumns {
  let from = fromRow;
  for (const { start, end, origin, rowsEnd } of spans) {
    columns.starts.fill(start, from, rowsEnd);
    columns.ends.fill(end, from, rowsEnd);
    columns.timestamps.fill(end - 1, from, rowsEnd);
    columns.origins.fill(origin, from, rowsEnd);
    from = rowsEnd;
  }
  return columns;
}

function firstRows(columns: SpanColumns, rowCount: number): SpanColumns {
  const { starts, ends, timestamps, origins } = columns;
  if (starts.length === rowCount) return columns;
  return {
    starts: starts.subarray(0, rowCount),
    ends: ends.subarray(0, rowCount),
    timestamps: timestamps.subarray(0, rowCount),
    origins: origins.subarray(0, rowCount),
  };
}
