import { BatchBuilder } from '../batch/batch-builder.ts';
import type { Batch } from '../batch/batch.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { Marks, WATERMARK } from '../elements/marks.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import type { Operator, OperatorContext, Output } from './operator.ts';

/**
 * The runtime of every sink whose rows the coordinator takes from here; where they go from there is the definition's `delivery`.
 * Whole batches are handed through. Single records are collected until the runtime asks for a flush.
 */
export class DeliveringSink implements Operator {
  readonly #collected: BatchBuilder;
  #context!: OperatorContext;
  #output!: Output;

  constructor(schema: Schema) {
    this.#collected = new BatchBuilder(schema, () => new Marks(0));
  }

  open(context: OperatorContext): void {
    this.#context = context;
    this.#output = context.output;
  }

  processElement(record: Row, timestamp: number, origin: number): void {
    this.#collected.append(record, timestamp, origin);
    if (this.#collected.isFull) this.#deliverCollected();
  }

  processBatch(batch: Batch): void {
    // Records may have come one by one before, and order is kept.
    this.#deliverCollected();
    const { marks } = batch;
    if (batch.selectedCount > 0) {
      batch.lease?.retain();
      this.#context.deliver(batch);
    }
    for (let m = 0; m < marks.count; m++) {
      if (marks.kinds[m] === WATERMARK) this.#output.emitWatermark(marks.values[m] as number, marks.origins[m] as number);
    }
    batch.lease?.release();
  }

  flush(): void {
    this.#deliverCollected();
  }

  /** Collected records are delivered first, so that nothing has to be kept. */
  snapshot(): KeyedStateSnapshot {
    this.#deliverCollected();
    return { version: 1, keyGroups: new Map() };
  }

  restore(): void {}

  #deliverCollected(): void {
    if (this.#collected.rowCount > 0) this.#context.deliver(this.#collected.build());
  }
}
