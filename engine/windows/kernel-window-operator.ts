import { BatchBuilder } from '../batch/batch-builder.ts';
import type { Batch } from '../batch/batch.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { Marks, WATERMARK } from '../elements/marks.ts';
import type { Operator, OperatorContext } from '../operators/operator.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import { must } from '../util/assert.ts';

/** Windows over columns. */
export interface WindowKernel {
  processBatch(batch: Batch): void;
  snapshot(): KeyedStateSnapshot;
  /** Before the first batch. */
  restore(snapshot: KeyedStateSnapshot): void;
}

/** Runs a columnar kernel. Single records become batches of one, so that both ways of driving it share the same state. */
export class KernelWindowOperator<K extends WindowKernel> implements Operator {
  readonly consumesBatches = true;
  readonly #newKernel: (context: OperatorContext) => K;
  readonly #single: BatchBuilder;
  #restored: KeyedStateSnapshot | null = null;
  #kernel: K | null = null;

  constructor(inputSchema: Schema, newKernel: (context: OperatorContext) => K) {
    this.#newKernel = newKernel;
    this.#single = new BatchBuilder(inputSchema, () => new Marks(1));
  }

  open(context: OperatorContext): void {
    this.#kernel = this.#newKernel(context);
    if (this.#restored !== null) this.#kernel.restore(this.#restored);
    this.#restored = null;
  }

  /** For tests of memory: what is alive. */
  get kernel(): K {
    return must(this.#kernel, 'the kernel of an open operator');
  }

  processElement(record: Row, timestamp: number, origin: number): void {
    this.#single.append(record, timestamp, origin);
    this.kernel.processBatch(this.#single.build());
  }

  processWatermark(watermark: number, origin: number): void {
    this.#single.mark(WATERMARK, watermark, origin);
    this.kernel.processBatch(this.#single.build());
  }

  processBatch(batch: Batch): void {
    this.kernel.processBatch(batch);
  }

  snapshot(): KeyedStateSnapshot {
    return this.kernel.snapshot();
  }

  restore(snapshot: KeyedStateSnapshot): void {
    this.#restored = snapshot;
  }
}
