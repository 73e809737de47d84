import type { Batch } from '../batch/batch.ts';
import type { OperatorCounters } from '../checkpoint/snapshot/job-snapshot.ts';
import type { RecordProblemKind } from '../operators/operator.ts';

/** Counters of one operator of one subtask. Updated per batch, never per record, on the fused path. */
export class OperatorStats {
  readonly nodeId: string;
  recordsIn = 0;
  recordsOut = 0;
  /** Those of `recordsOut` that left through a side output. */
  sideRecordsOut = 0;
  watermark = Number.NEGATIVE_INFINITY;
  /** Timestamp of the record emitted last; NaN before the first. Paces the replay. */
  lastTimestamp = Number.NaN;
  late = 0;
  malformed = 0;
  failed = 0;
  #lastBatch: Batch | null = null;

  constructor(nodeId: string) {
    this.nodeId = nodeId;
  }

  /** The batch emitted last on the main output, for looking at records inside a chain; null in the specification path. */
  get lastBatch(): Batch | null {
    return this.#lastBatch;
  }

  /** Holds this batch from now on, instead of the one before. */
  keepLast(batch: Batch): void {
    batch.lease?.retain();
    this.#lastBatch?.lease?.release();
    this.#lastBatch = batch;
  }

  counters(): OperatorCounters {
    const { recordsIn, recordsOut, sideRecordsOut, lastTimestamp, late, malformed, failed } = this;
    return { recordsIn, recordsOut, sideRecordsOut, lastTimestamp, late, malformed, failed };
  }

  /** Goes on counting from there. */
  restore(counters: OperatorCounters): void {
    Object.assign(this, counters);
  }

  countProblem(kind: RecordProblemKind): number {
    if (kind === 'late') return ++this.late;
    if (kind === 'malformed') return ++this.malformed;
    return ++this.failed;
  }
}
