import type { Batch } from '../batch/batch.ts';
import type { Row } from '../batch/schema.ts';
import { WATERMARK, WATERMARK_STATUS } from '../elements/marks.ts';
import type { ArrivalClock } from '../elements/processing-time.ts';
import type { Operator } from '../operators/operator.ts';
import type { ChainOutput, Receiver, RecordReceiver } from './chain-output.ts';
import type { InputWatermarks } from './input-watermarks.ts';
import type { OperatorStats } from './operator-stats.ts';
import type { TaskEnvironment } from './task-environment.ts';

/** One operator of a chain with one of its inputs: feeds it batches or single records, and keeps count. */
export class OperatorStage implements Receiver, RecordReceiver {
  readonly #operator: Operator;
  readonly #stats: OperatorStats;
  readonly #output: ChainOutput;
  readonly #input: number;
  readonly #runningIndex: number;
  readonly #environment: TaskEnvironment;
  readonly #clock: ArrivalClock;
  /** Shared by the stages of all inputs of the operator; null when it has one. */
  readonly #watermarks: InputWatermarks | null;
  /** Asked once: operators are of many classes, and looking a property up in all of them costs as much as a call. */
  readonly #takesBatches: boolean;
  readonly #consumesBatches: boolean;

  constructor(
    operator: Operator,
    stats: OperatorStats,
    output: ChainOutput,
    input: number,
    watermarks: InputWatermarks | null,
    clock: ArrivalClock,
    environment: TaskEnvironment,
  ) {
    this.#operator = operator;
    this.#stats = stats;
    this.#output = output;
    this.#input = input;
    this.#watermarks = watermarks;
    this.#clock = clock;
    this.#environment = environment;
    this.#runningIndex = environment.operatorIds.indexOf(stats.nodeId);
    // An operator that follows processing time must see the clock rise between the rows.
    this.#takesBatches = environment.fused && operator.processBatch !== undefined && operator.processProcessingTime === undefined;
    // Records are copies.
    this.#consumesBatches = !this.#takesBatches || operator.consumesBatches === true;
  }

  get byRecord(): RecordReceiver {
    return this;
  }

  receiveBatch(received: Batch): void {
    this.#environment.setRunning(this.#runningIndex);
    const batch = this.#watermarks === null ? received : this.#watermarks.combine(received, this.#input);
    if (this.#takesBatches) {
      this.#stats.recordsIn += batch.selectedCount;
      this.#operator.processBatch?.(batch, this.#input);
      // Downstream operators have run inside; what is left to do belongs to this one again.
      this.#environment.setRunning(this.#runningIndex);
    } else this.#feedRecords(batch);
    this.#output.flush();
    if (this.#consumesBatches) received.lease?.release();
  }

  receiveRecord(record: Row, timestamp: number, origin: number): void {
    this.#environment.setRunning(this.#runningIndex);
    this.#stats.recordsIn++;
    this.#operator.processProcessingTime?.(this.#clock.at(origin), origin);
    this.#operator.processElement(record, timestamp, origin, this.#input);
  }

  receiveWatermark(watermark: number, origin: number): void {
    this.#operator.processProcessingTime?.(this.#clock.at(origin), origin);
    if (this.#operator.processWatermark === undefined) this.#output.emitWatermark(watermark, origin);
    else {
      this.#environment.setRunning(this.#runningIndex);
      this.#operator.processWatermark(watermark, origin);
    }
  }

  receiveWatermarkStatus(idle: boolean, origin: number): void {
    this.#operator.processProcessingTime?.(this.#clock.at(origin), origin);
    if (this.#operator.processWatermarkStatus === undefined) this.#output.emitWatermarkStatus(idle, origin);
    else this.#operator.processWatermarkStatus(idle, origin);
  }

  #feedRecords(batch: Batch): void {
    const marks = batch.marks;
    let m = 0;
    for (let j = 0; j < batch.selectedCount; j++) {
      const i = batch.rowAt(j);
      while (m < marks.count && (marks.positions[m] as number) <= i) this.#feedMark(batch, m++);
      this.receiveRecord(batch.recordAt(i), batch.timestamps[i] as number, batch.origins[i] as number);
    }
    while (m < marks.count) this.#feedMark(batch, m++);
  }

  #feedMark(batch: Batch, m: number): void {
    const value = batch.marks.values[m] as number;
    const origin = batch.marks.origins[m] as number;
    if (batch.marks.kinds[m] === WATERMARK) this.receiveWatermark(value, origin);
    else if (batch.marks.kinds[m] === WATERMARK_STATUS) this.receiveWatermarkStatus(value === 1, origin);
  }
}
