import type { Batch } from '../batch/batch.ts';
import { WATERMARK, WATERMARK_STATUS } from '../elements/marks.ts';
import type { Interleaved } from '../batch/interleaved.ts';
import type { Operator } from '../operators/operator.ts';
import type { ChainOutput } from './chain-output.ts';
import type { InputWatermarks } from './input-watermarks.ts';
import type { OperatorStage } from './operator-stage.ts';
import type { OperatorStats } from './operator-stats.ts';
import type { TaskEnvironment } from './task-environment.ts';

/** The head of a chain with two inputs, of which it gets the elements in one order: streams that alternate would come to it in batches of one. */
export class InterleavedStage {
  readonly #operator: Operator;
  readonly #stages: readonly [OperatorStage, OperatorStage];
  readonly #stats: OperatorStats;
  readonly #output: ChainOutput;
  readonly #watermarks: InputWatermarks;
  readonly #environment: TaskEnvironment;
  readonly #runningIndex: number;

  /** @param stages The operator with each of its inputs, for records one by one. */
  constructor(
    operator: Operator,
    stages: readonly [OperatorStage, OperatorStage],
    stats: OperatorStats,
    output: ChainOutput,
    watermarks: InputWatermarks,
    environment: TaskEnvironment,
  ) {
    this.#operator = operator;
    this.#stages = stages;
    this.#stats = stats;
    this.#output = output;
    this.#watermarks = watermarks;
    this.#environment = environment;
    this.#runningIndex = environment.operatorIds.indexOf(stats.nodeId);
  }

  receive(batches: readonly [Batch | null, Batch | null]): void {
    const interleaved = this.#watermarks.interleave(batches);
    // An operator that follows processing time must see the clock rise between the rows.
    const goesRecordByRecord = this.#operator.processInterleaved === undefined || this.#operator.processProcessingTime !== undefined;
    if (!goesRecordByRecord) {
      this.#environment.setRunning(this.#runningIndex);
      this.#stats.recordsIn += interleaved.count;
      this.#operator.processInterleaved?.(interleaved);
      this.#environment.setRunning(this.#runningIndex);
    } else this.#feedElements(interleaved, batches);
    this.#output.flush();
    // Records are copies.
    if (goesRecordByRecord || this.#operator.consumesBatches === true) for (const batch of batches) batch?.lease?.release();
  }

  #feedElements({ inputs, count, marks }: Interleaved, batches: readonly [Batch | null, Batch | null]): void {
    const rows = [0, 0];
    let m = 0;
    for (let q = 0; q <= count; q++) {
      for (; m < marks.count && (marks.positions[m] as number) <= q; m++) {
        const origin = marks.origins[m] as number;
        if (marks.kinds[m] === WATERMARK) this.#stages[0].receiveWatermark(marks.values[m] as number, origin);
        else if (marks.kinds[m] === WATERMARK_STATUS) this.#stages[0].receiveWatermarkStatus(marks.values[m] === 1, origin);
      }
      if (q === count) break;
      const input = inputs[q] as 0 | 1;
      const batch = batches[input] as Batch;
      const i = batch.rowAt(rows[input] as number);
      rows[input] = (rows[input] as number) + 1;
      this.#stages[input].receiveRecord(batch.recordAt(i), batch.timestamps[i] as number, batch.origins[i] as number);
    }
  }
}
