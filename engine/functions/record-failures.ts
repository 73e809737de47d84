import type { Batch } from '../batch/batch.ts';
import type { Row } from '../batch/schema.ts';
import { FieldTypeError } from '../batch/batch-builder.ts';
import { Marks } from '../elements/marks.ts';
import type { MarkKind } from '../elements/marks.ts';
import { positionOf } from '../elements/origin.ts';
import { NotARecordError } from './conform-record.ts';
import type { RowErrorHandler } from './kernel-code.ts';
import { userErrorText } from './user-error.ts';

/** What failures need of an operator's context; the layers keep `functions` below `operators`. */
export interface FailureContext {
  report(kind: 'failed', position: number, reason: string, content: unknown): void;
  fail(reason: string, position: number, content: unknown, cause?: unknown): never;
}

/**
 * What becomes of records that a user function cannot process: `skip` reports and leaves them out, `fail` fails the job.
 * Over batches the job fails only after everything before the record was emitted, as it is when records come one by one.
 */
export class RecordFailures {
  /** Rows of the present batch that were left out, ascending. */
  readonly skippedRows: number[] = [];
  readonly #context: FailureContext;
  readonly #policy: 'skip' | 'fail';
  readonly #subject: string;
  #batch: Batch | null = null;
  #stop: { readonly row: number; readonly error: unknown } | null = null;

  /** @param subject What failed, to begin a sentence with: "The predicate". */
  constructor(context: FailureContext, policy: 'skip' | 'fail', subject: string) {
    this.#context = context;
    this.#policy = policy;
    this.#subject = subject;
  }

  /** One record failed: reports it, or fails the job. */
  add(error: unknown, record: Row, origin: number): void {
    if (this.#policy === 'fail') this.#fail(error, record, origin);
    this.#context.report('failed', positionOf(origin), this.#reason(error), record);
  }

  /** For the kernel that runs over `batch`. */
  begin(batch: Batch): RowErrorHandler {
    this.#batch = batch;
    this.#stop = null;
    // Even when there is nothing to forget, setting the length is slow.
    if (this.skippedRows.length > 0) this.skippedRows.length = 0;
    return this.#onRowError;
  }

  /** The row that will fail the job once what stands before it has been emitted; null when there is none. */
  get stopRow(): number | null {
    return this.#stop?.row ?? null;
  }

  /** After the rows before `stopRow` were emitted: fails the job if there is such a row. */
  finish(): void {
    const batch = this.#batch;
    this.#batch = null;
    if (batch === null || this.#stop === null) return;
    const { row, error } = this.#stop;
    this.#fail(error, batch.recordAt(row), batch.origins[row] as number);
  }

  readonly #onRowError = (row: number, error: unknown): boolean => {
    const batch = this.#batch as Batch;
    if (this.#policy === 'fail') {
      this.#stop = { row, error };
      return false;
    }
    this.skippedRows.push(row);
    this.add(error, batch.recordAt(row), batch.origins[row] as number);
    return true;
  };

  #fail(error: unknown, record: Row, origin: number): never {
    const cause = isRefusedResult(error) ? undefined : error;
    return this.#context.fail(this.#reason(error), positionOf(origin), record, cause);
  }

  #reason(error: unknown): string {
    return isRefusedResult(error) ? error.message : `${this.#subject} threw ${userErrorText(error)}.`;
  }
}

/** The function returned normally, but not what it has to. */
function isRefusedResult(error: unknown): error is Error {
  return error instanceof FieldTypeError || error instanceof NotARecordError;
}

/** The marks that stand before row `row`. */
export function marksBefore(batch: Batch, row: number): Marks {
  const kept = new Marks(batch.marks.count);
  const { positions, kinds, values, origins } = batch.marks;
  for (let m = 0; m < batch.marks.count && (positions[m] as number) <= row; m++) {
    kept.push(positions[m] as number, kinds[m] as MarkKind, values[m] as number, origins[m] as number);
  }
  return kept;
}
