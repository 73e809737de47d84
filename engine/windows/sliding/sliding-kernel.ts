import type { Batch } from '../../batch/batch.ts';
import { MIN_WATERMARK, WATERMARK } from '../../elements/marks.ts';
import type { OperatorContext } from '../../operators/operator.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import type { WindowKernel } from '../kernel-window-operator.ts';
import { PaneKernel } from '../pane-kernel.ts';
import type { Refusal, SliceKernelParts } from './slice-kernel.ts';
import { SliceKernel } from './slice-kernel.ts';

/** Batches before slices are tried again. */
const FIRST_WAIT = 8;

/**
 * Sliding windows over columns: made of slices as long as that gives what the specification gives, otherwise one pane per window. State moves from one to the other
 * as a snapshot. Sums that are not exact stay with panes; times far apart, and keys too many, are tried again.
 */
export class SlidingKernel implements WindowKernel {
  readonly #parts: SliceKernelParts;
  readonly #context: OperatorContext;
  #slices: SliceKernel | null;
  #panes: PaneKernel | null = null;
  #watermark = MIN_WATERMARK;
  #wait = FIRST_WAIT;
  #batchesLeft = 0;

  constructor(parts: SliceKernelParts, context: OperatorContext) {
    this.#parts = parts;
    this.#context = context;
    this.#slices = new SliceKernel(parts, context);
  }

  get isSliced(): boolean {
    return this.#slices !== null;
  }

  /** Key slots in use; some of their keys may have lost their state since. */
  get keyCount(): number {
    return (this.#slices ?? this.#panes)?.keyCount ?? 0;
  }

  processBatch(batch: Batch): void {
    if (this.#slices === null) this.#trySlices();
    const refusal = this.#slices?.refusalOf(batch) ?? null;
    if (refusal !== null) this.#toPanes(refusal);
    (this.#slices ?? this.#panes)?.processBatch(batch);
    const { marks } = batch;
    for (let m = marks.count - 1; m >= 0; m--) {
      if (marks.kinds[m] !== WATERMARK) continue;
      this.#watermark = Math.max(this.#watermark, marks.values[m] as number);
      break;
    }
  }

  snapshot(): KeyedStateSnapshot {
    const kernel = this.#slices ?? this.#panes;
    if (kernel === null) throw new Error('Invariant violated: there are slices or panes');
    return kernel.snapshot();
  }

  restore(snapshot: KeyedStateSnapshot): void {
    const refusal = this.#slices?.restore(snapshot) ?? null;
    if (refusal !== null) this.#toPanes(refusal, snapshot);
  }

  #toPanes(refusal: Refusal, restored: KeyedStateSnapshot | null = null): void {
    const snapshot = restored ?? this.snapshot();
    this.#slices = null;
    this.#panes = new PaneKernel(this.#parts, this.#context);
    this.#panes.restore(snapshot, this.#watermark);
    this.#batchesLeft = refusal === 'inexact' ? Number.POSITIVE_INFINITY : this.#wait;
    this.#wait *= 2;
  }

  #trySlices(): void {
    const panes = this.#panes;
    if (panes === null || --this.#batchesLeft > 0) return;
    const slices = new SliceKernel(this.#parts, this.#context, this.#watermark);
    const refusal = slices.restore(panes.snapshot());
    this.#batchesLeft = refusal === 'inexact' ? Number.POSITIVE_INFINITY : this.#wait;
    this.#wait *= 2;
    if (refusal !== null) return;
    this.#slices = slices;
    this.#panes = null;
  }
}
