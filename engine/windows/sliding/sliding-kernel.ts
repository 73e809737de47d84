import type { Batch } from '../../batch/batch.ts';
import { MIN_WATERMARK, WATERMARK } from '../../elements/marks.ts';
import type { OperatorContext } from '../../operators/operator.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { must } from '../../util/assert.ts';
import type { WindowKernel } from '../kernel-window-operator.ts';
import { PaneKernel } from '../pane-kernel.ts';
import type { Refusal, SliceKernelParts } from './slice-kernel.ts';
import { SliceKernel } from './slice-kernel.ts';

/** Batches before panes are left; each time they were needed twice as many. */
const FIRST_WAIT = 4;

/**
 * Sliding windows over columns. As long as sums are exact, records are added to slices, otherwise to all their windows; where time leaps or keys are too many, windows have a
 * pane each, until that is over. State moves from one to the other as a snapshot.
 */
export class SlidingKernel implements WindowKernel {
  readonly #parts: SliceKernelParts;
  readonly #context: OperatorContext;
  #slices: SliceKernel | null;
  #panes: PaneKernel | null = null;
  #isExact = true;
  #watermark = MIN_WATERMARK;
  #wait = FIRST_WAIT;
  #batchesLeft = 0;

  constructor(parts: SliceKernelParts, context: OperatorContext) {
    this.#parts = parts;
    this.#context = context;
    this.#slices = new SliceKernel(parts, context, true);
  }

  /** How windows are kept now. */
  get layout(): 'slices' | 'ring' | 'panes' {
    if (this.#slices === null) return 'panes';
    return this.#isExact ? 'slices' : 'ring';
  }

  /** Key slots in use; some of their keys may have lost their state since. */
  get keyCount(): number {
    return this.#kernel.keyCount;
  }

  processBatch(batch: Batch): void {
    if (this.#panes !== null && --this.#batchesLeft <= 0) this.#leavePanes(this.#panes);
    this.#makeWay(batch);
    this.#kernel.processBatch(batch);
    const { marks } = batch;
    for (let m = marks.count - 1; m >= 0; m--) {
      if (marks.kinds[m] !== WATERMARK) continue;
      this.#watermark = Math.max(this.#watermark, marks.values[m] as number);
      break;
    }
  }

  snapshot(): KeyedStateSnapshot {
    return this.#kernel.snapshot();
  }

  restore(snapshot: KeyedStateSnapshot): void {
    this.#slices = this.#newSlices((slices) => slices.restore(snapshot));
    if (this.#slices !== null) return;
    this.#startPanes((panes) => panes.restore(snapshot));
  }

  get #kernel(): SliceKernel | PaneKernel {
    return must(this.#slices ?? this.#panes, 'slices or panes');
  }

  /** Changes over to what can take the batch. */
  #makeWay(batch: Batch): void {
    while (this.#slices !== null) {
      const refusal = this.#slices.refusalOf(batch);
      if (refusal === null) return;
      const contents = this.#slices.contents();
      if (refusal === 'inexact') this.#isExact = false;
      this.#slices = refusal === 'inexact' ? this.#newSlices((slices) => slices.takeOver(contents)) : null;
      if (this.#slices === null) this.#startPanes((panes) => panes.takeOver(contents, this.#watermark));
    }
  }

  /** Null: slices are of no use for now. */
  #newSlices(fill: (slices: SliceKernel) => Refusal | null): SliceKernel | null {
    const slices = new SliceKernel(this.#parts, this.#context, this.#isExact, this.#watermark);
    const refusal = fill(slices);
    if (refusal === null) return slices;
    if (refusal === 'misfit') return null;
    this.#isExact = false;
    return this.#newSlices(fill);
  }

  #startPanes(fill: (panes: PaneKernel) => void): void {
    this.#panes = new PaneKernel(this.#parts, this.#context);
    fill(this.#panes);
    this.#wait *= 2;
    this.#batchesLeft = this.#wait;
  }

  #leavePanes(panes: PaneKernel): void {
    this.#wait *= 2;
    this.#batchesLeft = this.#wait;
    const contents = panes.contents();
    this.#slices = this.#newSlices((slices) => slices.takeOver(contents));
    if (this.#slices !== null) this.#panes = null;
  }
}
