import type { Batch, MarkList } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import type { Row } from '../batch/schema.ts';
import { MIN_WATERMARK, WATERMARK } from '../elements/marks.ts';
import type { OperatorContext } from '../operators/operator.ts';
import { keyOrFail } from './late-records.ts';

/** What a columnar kernel of event time does with the rows of a batch, and when a watermark concerns it. */
export interface StretchKernel {
  /** No watermark below it changes anything. It is above every watermark that was reached. */
  readonly nextDeadline: number;
  /** Live rows `[from, to)`, no watermark before them having reached the deadline. Stops early, after a whole row, when the deadline fell. */
  addRows(batch: Batch, from: number, to: number): number;
  /** The watermark reached the deadline: fires what is due. */
  fireDue(watermark: number, origin: number): void;
}

/** Results on their way, with the marks between them. */
export interface MarkedOutput {
  /** Marks `[from, to)` of the input, after the results so far. */
  forward(marks: MarkList, from: number, to: number): void;
  /** The marks `[from, …)`, and everything goes on. */
  finishBatch(marks: MarkList, from: number): void;
  flush(): void;
}

/** Marks of the batch in hand: none is left. */
const NO_MARK = -1;

/**
 * Leads a kernel through batches: rows in stretches up to the first watermark that reaches its next deadline; watermarks before it cannot fire anything,
 * so they are only forwarded.
 */
export class EventTimeCursor {
  readonly #output: MarkedOutput;
  readonly #context: OperatorContext;
  readonly #keyOf: (record: Row) => unknown;
  #watermark: number;
  /** First mark of the batch in hand that was not forwarded yet. */
  #mark = 0;

  /**
   * @param keyOf Refuses a null key, by throwing.
   * @param watermark What has been reached already.
   */
  constructor(output: MarkedOutput, context: OperatorContext, keyOf: (record: Row) => unknown, watermark = MIN_WATERMARK) {
    this.#watermark = watermark;
    this.#output = output;
    this.#context = context;
    this.#keyOf = keyOf;
  }

  /** The watermark at the row that `forwardThrough` was called with, or that fires. */
  get watermark(): number {
    return this.#watermark;
  }

  run(batch: Batch, keyColumn: Column, kernel: StretchKernel): void {
    const marks = batch.marks;
    this.#mark = 0;
    const rowsEnd = firstNullKey(batch, keyColumn);
    const lastWatermark = lastWatermarkOf(marks);
    let j = 0;
    for (;;) {
      const deadline = kernel.nextDeadline;
      const due = lastWatermark < deadline ? NO_MARK : this.#firstDueMark(marks, deadline);
      const limit = due === NO_MARK ? rowsEnd : firstRowFrom(batch, j, rowsEnd, marks.positions[due] as number);
      if (j < limit) j = kernel.addRows(batch, j, limit);
      // Something with an earlier deadline has come: an earlier mark may be due now.
      if (j < limit || kernel.nextDeadline < deadline) continue;
      if (limit === rowsEnd && rowsEnd < batch.selectedCount) this.#failOnNullKey(batch, batch.rowAt(rowsEnd), due);
      if (due === NO_MARK) break;
      this.#output.forward(marks, this.#mark, due);
      this.#watermark = marks.values[due] as number;
      kernel.fireDue(this.#watermark, marks.origins[due] as number);
      this.#output.forward(marks, due, due + 1);
      this.#mark = due + 1;
    }
    this.#output.finishBatch(marks, this.#mark);
    if (lastWatermark > this.#watermark) this.#watermark = lastWatermark;
  }

  /** Brings watermark and output up to physical row `i`. None of these marks reaches a deadline. */
  forwardThrough(marks: MarkList, i: number): void {
    const from = this.#mark;
    let m = from;
    for (; m < marks.count && (marks.positions[m] as number) <= i; m++) {
      if (marks.kinds[m] === WATERMARK) this.#watermark = Math.max(this.#watermark, marks.values[m] as number);
    }
    this.#output.forward(marks, from, m);
    this.#mark = m;
  }

  /** First mark not forwarded yet that reaches the deadline. */
  #firstDueMark(marks: MarkList, deadline: number): number {
    for (let m = this.#mark; m < marks.count; m++) {
      if (marks.kinds[m] === WATERMARK && (marks.values[m] as number) >= deadline) return m;
    }
    return NO_MARK;
  }

  /** The row with the null key is the next one, unless a due mark stands before it. */
  #failOnNullKey(batch: Batch, i: number, due: number): void {
    if (due !== NO_MARK && (batch.marks.positions[due] as number) <= i) return;
    this.forwardThrough(batch.marks, i);
    this.#output.flush();
    const key = keyOrFail(this.#keyOf, this.#context, batch.recordAt(i), batch.origins[i] as number);
    throw new Error(`Invariant violated: a null key is refused, not read as ${String(key)}`);
  }
}

/** The last watermark of a batch; the lowest of all when it has none. */
export function lastWatermarkOf(marks: MarkList): number {
  for (let m = marks.count - 1; m >= 0; m--) if (marks.kinds[m] === WATERMARK) return marks.values[m] as number;
  return MIN_WATERMARK;
}

/** First live row in `[from, to)` at or behind physical row `position`. */
export function firstRowFrom(batch: Batch, from: number, to: number, position: number): number {
  const selection = batch.selection;
  if (selection === null) return Math.max(from, Math.min(to, position));
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((selection[middle] as number) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First live row whose key is null, or the number of live rows. */
export function firstNullKey(batch: Batch, keyColumn: Column): number {
  const nulls = keyColumn.nulls;
  if (nulls === null) return batch.selectedCount;
  for (let j = 0; j < batch.selectedCount; j++) if (nulls[batch.rowAt(j)] === 1) return j;
  return batch.selectedCount;
}
