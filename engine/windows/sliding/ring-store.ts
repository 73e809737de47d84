import type { Batch } from '../../batch/batch.ts';
import { addRowToCells } from '../panes/cell-code.ts';
import { NO_SLOT } from '../panes/pane-keys.ts';
import type { SlicePlan } from './slice-plan.ts';
import { WindowStore } from './window-store.ts';
import type { Accumulators } from './window-store.ts';

/**
 * An accumulator per window and key. Those of one key stand next to each other, by ring place of the window, so that a record goes through one short stretch of
 * memory for all its windows. Every window adds up in the order of arrival: for sums that are rounded.
 */
export class RingStore extends WindowStore {
  /** Accumulators of a key slot, from `slot * (mask + 1) * stride` on. */
  ring = new Float64Array(0);
  /** By ring place of a slice: 1 when it and all its windows have places. */
  readonly opened: Uint8Array;
  /** New keys of a stretch of rows, for the loop. */
  fresh = new Int32Array(0);
  readonly #plan: SlicePlan;
  readonly #ringStride: number;

  /** @param ringSize A power of two. */
  constructor(span: number, ringSize: number, plan: SlicePlan) {
    super(span, ringSize, plan.cells.length);
    this.opened = new Uint8Array(ringSize);
    this.#plan = plan;
    this.#ringStride = ringSize * plan.cells.length;
  }

  isOpen(slice: number): boolean {
    return slice <= this.fired || this.opened[slice & this.mask] === 1;
  }

  override open(slice: number, rows: number, slotCount: number): void {
    super.open(slice, rows, slotCount);
    this.opened[slice & this.mask] = 1;
  }

  has(window: number, slot: number): boolean {
    return this.ring[this.#offsetOf(window, slot)] !== 0;
  }

  addRow(slice: number, slot: number, batch: Batch, i: number): void {
    for (let window = Math.max(slice, this.fired + 1); window < slice + this.span; window++) {
      addRowToCells(this.ring, this.#offsetOf(window, slot), this.#plan.cells, batch, i);
    }
  }

  fire(_slotCount: number, visit: (accumulators: Accumulators) => void): number {
    const window = this.fired + 1;
    visit(this.#accumulatorsOf(window));
    const { slots, from, to } = this.listOf(window);
    const initial = this.#plan.initialCells;
    for (let n = from; n < to; n++) {
      const at = this.#offsetOf(window, slots[n] as number);
      for (let c = 0; c < initial.length; c++) this.ring[at + c] = initial[c] as number;
    }
    this.opened[window & this.mask] = 0;
    this.closeWindow(window);
    return 0;
  }

  visitAll(_slotCount: number, visit: (window: number, accumulators: Accumulators) => void): void {
    for (let window = this.fired + 1; window <= this.last; window++) visit(window, this.#accumulatorsOf(window));
  }

  protected growCells(capacity: number): void {
    this.fresh = new Int32Array(capacity + 1);
    const ring = this.#newRing(capacity);
    ring.set(this.ring);
    this.ring = ring;
  }

  protected keepRestored(window: number, slot: number, accumulator: Float64Array): void {
    this.ring.set(accumulator, this.#offsetOf(window, slot));
  }

  protected renumberCells(newSlotOf: Int32Array): void {
    const former = this.ring;
    const stride = this.#ringStride;
    this.ring = this.#newRing(former.length / stride);
    for (let slot = 0; slot < newSlotOf.length && (slot + 1) * stride <= former.length; slot++) {
      const renumbered = newSlotOf[slot] as number;
      if (renumbered !== NO_SLOT) this.ring.set(former.subarray(slot * stride, (slot + 1) * stride), renumbered * stride);
    }
  }

  #newRing(capacity: number): Float64Array<ArrayBuffer> {
    const initial = this.#plan.initialCells;
    const ring = new Float64Array(capacity * this.#ringStride);
    if (initial.every((cell) => Object.is(cell, 0))) return ring;
    for (let at = 0, c = 0; at < ring.length; at++, c = c + 1 === this.stride ? 0 : c + 1) ring[at] = initial[c] as number;
    return ring;
  }

  #accumulatorsOf(window: number): Accumulators {
    return { cells: this.ring.subarray((window & this.mask) * this.stride), stride: this.#ringStride };
  }

  #offsetOf(window: number, slot: number): number {
    return slot * this.#ringStride + (window & this.mask) * this.stride;
  }
}
