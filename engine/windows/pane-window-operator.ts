import { BatchBuilder } from '../batch/batch-builder.ts';
import type { Batch } from '../batch/batch.ts';
import type { Row } from '../batch/schema.ts';
import { Marks, WATERMARK } from '../elements/marks.ts';
import type { Operator, OperatorContext } from '../operators/operator.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import { must } from '../util/assert.ts';
import type { PaneKernelParts } from './pane-kernel.ts';
import { PaneKernel } from './pane-kernel.ts';

/** Runs a `PaneKernel`. Single records become batches of one, so that both ways of driving it share the same state. */
export class PaneWindowOperator implements Operator {
  readonly consumesBatches = true;
  readonly #parts: PaneKernelParts;
  readonly #single: BatchBuilder;
  #restored: KeyedStateSnapshot | null = null;
  #kernel: PaneKernel | null = null;

  constructor(parts: PaneKernelParts) {
    this.#parts = parts;
    this.#single = new BatchBuilder(parts.inputSchema, () => new Marks(1));
  }

  open(context: OperatorContext): void {
    this.#kernel = new PaneKernel(this.#parts, context);
    if (this.#restored !== null) this.#kernel.restore(this.#restored);
    this.#restored = null;
  }

  /** For tests of memory: key slots and panes alive. */
  get kernel(): PaneKernel {
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
