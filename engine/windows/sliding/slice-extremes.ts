import type { SlicePlan } from './slice-plan.ts';
import type { SliceStore } from './slice-store.ts';

/** A minimum or maximum. */
interface Extreme {
  readonly cell: number;
  readonly initial: number;
  readonly combine: (current: number, value: number) => number;
}

/** Minima and maxima of windows, combined from all their slices whenever one fires: what has been taken into them cannot be taken out again. */
export class SliceExtremes {
  readonly #extremes: readonly Extreme[];

  constructor({ cells }: SlicePlan) {
    this.#extremes = cells.flatMap(({ cell: { kind, initial } }, cell): Extreme[] => {
      if (kind !== 'min' && kind !== 'max') return [];
      return [{ cell, initial: initial as number, combine: kind === 'min' ? lower : higher }];
    });
  }

  /** Fills in the cells of the keys of the window, by key slot. */
  gather(results: Float64Array, store: SliceStore, window: number): void {
    for (const extreme of this.#extremes) gatherOne(extreme, results, store, window);
  }
}

function gatherOne({ cell, initial, combine }: Extreme, results: Float64Array, store: SliceStore, window: number): void {
  const { stride, mask, span } = store;
  const { slots, from, to } = store.listOf(window);
  for (let n = from; n < to; n++) results[(slots[n] as number) * stride + cell] = initial;
  for (let slice = window - span + 1; slice <= window; slice++) {
    if (!store.isOpen(slice)) continue;
    const cells = store.slices[slice & mask] as Float64Array;
    const touched = store.touched[slice & mask] as Int32Array;
    const touchedCount = store.touchedCounts[slice & mask] as number;
    for (let n = 0; n < touchedCount; n++) {
      const at = (touched[n] as number) * stride + cell;
      results[at] = combine(results[at] as number, cells[at] as number);
    }
  }
}

/** As the cells of accumulators do it. */
function lower(current: number, value: number): number {
  return value < current || current !== current ? value : current;
}

function higher(current: number, value: number): number {
  return value > current || value !== value ? value : current;
}
