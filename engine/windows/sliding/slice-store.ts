import type { Batch } from '../../batch/batch.ts';
import { addRowToCells, combined } from '../panes/cell-code.ts';
import type { PlacedCell } from '../panes/generate-pane-loop.ts';
import { NO_SLOT } from '../panes/pane-keys.ts';
import type { SliceSweep, SliceSweeps } from './generate-slice-sweeps.ts';
import { generateSliceSweeps } from './generate-slice-sweeps.ts';
import { SliceExtremes } from './slice-extremes.ts';
import type { SlicePlan } from './slice-plan.ts';
import { WindowStore } from './window-store.ts';
import type { Accumulators } from './window-store.ts';

const NO_CELLS: Float64Array = new Float64Array(0);
const NO_SLOTS: Int32Array = new Int32Array(0);
/** From this share of used key slots on a sweep goes through all. */
const DENSE_SHARE = 4;

/** Accumulators of a window from before a restore, aligned with the keys that stand first in its list. */
interface RestoredWindow {
  readonly cells: number[];
  count: number;
}

/**
 * An accumulator per slice and key, and a running one per key: a slice is added to it when the first window that it is in fires, and taken away after the last. That is
 * the same to the last bit as one accumulator per window only while sums are exact.
 */
export class SliceStore extends WindowStore {
  /** By ring place of a slice: accumulators by key slot. Empty: the slice has no records. */
  readonly slices: Float64Array[];
  /** By ring place of a slice: the keys that have records in it, and room for one more than there can be. */
  readonly touched: Int32Array[];
  readonly touchedCounts: Int32Array;
  /** By ring place of a slice: its records. */
  readonly recordCounts: Float64Array;
  readonly #plan: SlicePlan;
  readonly #sweeps: SliceSweeps;
  readonly #extremes: SliceExtremes;
  readonly #startsAtZero: boolean;
  /** By key slot: the accumulator over the slices `(fired - span + 1, fired]`; of minima and maxima nothing. */
  #running: Float64Array = NO_CELLS;
  #capacity = 0;
  readonly #restored = new Map<number, RestoredWindow>();
  readonly #cellsPool: { readonly cells: Float64Array; readonly isCleared: boolean }[] = [];
  readonly #touchedPool: Int32Array[] = [];

  /** @param ringSize A power of two. */
  constructor(span: number, ringSize: number, plan: SlicePlan, uniqueName: string) {
    super(span, ringSize, plan.cells.length);
    this.#plan = plan;
    this.#sweeps = generateSliceSweeps(plan.cells, uniqueName);
    this.#extremes = new SliceExtremes(plan);
    this.#startsAtZero = plan.initialCells.every((cell) => Object.is(cell, 0));
    this.slices = Array.from({ length: ringSize }, () => NO_CELLS);
    this.touched = Array.from({ length: ringSize }, () => NO_SLOTS);
    this.touchedCounts = new Int32Array(ringSize);
    this.recordCounts = new Float64Array(ringSize);
  }

  override reserveLists(rows: number, slotCount: number): void {
    super.reserveLists(rows, slotCount);
    for (let at = 0; at <= this.mask; at++) {
      const slots = this.touched[at] as Int32Array;
      if (slots.length > 0) this.touched[at] = withRoom(slots, this.touchedCounts[at] as number, rows, slotCount + 1);
    }
  }

  isOpen(slice: number): boolean {
    return (this.slices[slice & this.mask] as Float64Array).length > 0;
  }

  override open(slice: number, rows: number, slotCount: number): void {
    super.open(slice, rows, slotCount);
    const at = slice & this.mask;
    this.slices[at] = this.#clearedCells() ?? this.#grownCells(NO_CELLS);
    this.recordCounts[at] = 0;
    this.touched[at] = withRoom(this.#touchedPool.pop() ?? NO_SLOTS, 0, rows, slotCount + 1);
  }

  has(window: number, slot: number): boolean {
    for (let slice = window - this.span + 1; slice <= window; slice++) {
      if (this.isOpen(slice) && (this.slices[slice & this.mask] as Float64Array)[slot * this.stride] !== 0) return true;
    }
    const restored = this.#restored.get(window);
    const { slots, from } = this.listOf(window);
    return restored !== undefined && slots.subarray(from, from + restored.count).includes(slot);
  }

  addRow(slice: number, slot: number, batch: Batch, i: number): void {
    const cells = this.slices[slice & this.mask] as Float64Array;
    const at = slot * this.stride;
    if (cells[at] === 0) this.#touch(slice, slot);
    addRowToCells(cells, at, this.#plan.cells, batch, i);
    const place = slice & this.mask;
    this.recordCounts[place] = (this.recordCounts[place] as number) + 1;
    if (slice <= this.fired) addRowToCells(this.#running, at, this.#plan.cells, batch, i);
  }

  fire(slotCount: number, visit: (accumulators: Accumulators) => void): number {
    const window = this.fired + 1;
    this.#addSlice(window, slotCount);
    visit(this.#accumulatorsOf(window));
    const oldest = window - this.span + 1;
    const gone = this.isOpen(oldest) ? (this.recordCounts[oldest & this.mask] as number) : 0;
    this.#takeSlice(oldest, slotCount);
    this.#closeSlice(oldest, slotCount);
    this.#restored.delete(window);
    this.closeWindow(window);
    return gone;
  }

  visitAll(slotCount: number, visit: (window: number, accumulators: Accumulators) => void): void {
    const running = this.#running;
    this.#running = running.slice();
    for (let window = this.fired + 1; window <= this.last; window++) {
      this.#addSlice(window, slotCount);
      visit(window, this.#accumulatorsOf(window));
      this.#takeSlice(window - this.span + 1, slotCount);
    }
    this.#running = running;
  }

  protected growCells(capacity: number): void {
    this.#capacity = capacity;
    this.#running = this.#grownCells(this.#running);
    for (let at = 0; at <= this.mask; at++) {
      if ((this.slices[at] as Float64Array).length > 0) this.slices[at] = this.#grownCells(this.slices[at] as Float64Array);
    }
    this.#cellsPool.length = 0;
  }

  protected keepRestored(window: number, _slot: number, accumulator: Float64Array): void {
    let restored = this.#restored.get(window);
    if (restored === undefined) this.#restored.set(window, (restored = { cells: [], count: 0 }));
    restored.cells.push(...accumulator);
    restored.count++;
  }

  protected renumberCells(newSlotOf: Int32Array): void {
    this.#cellsPool.length = 0;
    const running = this.#running;
    this.#running = this.#grownCells(NO_CELLS);
    for (let slot = 0; slot < newSlotOf.length && slot < this.#capacity; slot++) {
      const renumbered = newSlotOf[slot] as number;
      if (renumbered !== NO_SLOT) this.#moveCells(running, slot, this.#running, renumbered);
    }
    for (let at = 0; at <= this.mask; at++) this.#renumberSlice(at, newSlotOf);
  }

  #renumberSlice(at: number, newSlotOf: Int32Array): void {
    const former = this.slices[at] as Float64Array;
    if (former.length === 0) return;
    const slots = this.touched[at] as Int32Array;
    const cells = this.#grownCells(NO_CELLS);
    for (let n = 0; n < (this.touchedCounts[at] as number); n++) {
      const slot = slots[n] as number;
      slots[n] = newSlotOf[slot] as number;
      this.#moveCells(former, slot, cells, slots[n] as number);
    }
    this.slices[at] = cells;
  }

  #moveCells(from: Float64Array, slot: number, to: Float64Array, newSlot: number): void {
    for (let c = 0; c < this.stride; c++) to[newSlot * this.stride + c] = from[slot * this.stride + c] as number;
  }

  #addSlice(slice: number, slotCount: number): void {
    if (this.isOpen(slice)) this.#sweep(slice, slotCount, this.#sweeps.add, this.#sweeps.addAll);
  }

  #takeSlice(slice: number, slotCount: number): void {
    if (this.isOpen(slice)) this.#sweep(slice, slotCount, this.#sweeps.take, this.#sweeps.takeAll);
  }

  #sweep(slice: number, slotCount: number, ofSome: SliceSweep, ofAll: SliceSweep): void {
    const at = slice & this.mask;
    const isDense = this.#isDense(slice, slotCount);
    const count = isDense ? slotCount : (this.touchedCounts[at] as number);
    (isDense ? ofAll : ofSome)(this.#running, this.slices[at] as Float64Array, this.touched[at] as Int32Array, count);
  }

  /** Keys in the order of their first records are all over the place; when there are many of them, going through all in order of memory is faster. */
  #isDense(slice: number, slotCount: number): boolean {
    return (this.touchedCounts[slice & this.mask] as number) * DENSE_SHARE > slotCount;
  }

  /** While the running accumulators are those of the window. */
  #accumulatorsOf(window: number): Accumulators {
    this.#extremes.gather(this.#running, this, window);
    const restored = this.#restored.get(window);
    return { cells: restored === undefined ? this.#running : this.#withRestored(window, restored), stride: this.stride };
  }

  #withRestored(window: number, { cells, count }: RestoredWindow): Float64Array {
    const results = this.#running.slice();
    const { slots, from } = this.listOf(window);
    for (let n = 0; n < count; n++) {
      for (let c = 0; c < this.stride; c++) {
        const at = (slots[from + n] as number) * this.stride + c;
        const { kind } = (this.#plan.cells[c] as PlacedCell).cell;
        results[at] = combined(kind, results[at] as number, cells[n * this.stride + c] as number);
      }
    }
    return results;
  }

  /** The key has its first record in the slice. */
  #touch(slice: number, slot: number): void {
    const at = slice & this.mask;
    const count = this.touchedCounts[at] as number;
    const slots = withRoom(this.touched[at] as Int32Array, count, 1, count + 1);
    slots[count] = slot;
    this.touched[at] = slots;
    this.touchedCounts[at] = count + 1;
  }

  #closeSlice(slice: number, slotCount: number): void {
    if (!this.isOpen(slice)) return;
    const at = slice & this.mask;
    const cells = this.slices[at] as Float64Array;
    const slots = this.touched[at] as Int32Array;
    const isDense = this.#isDense(slice, slotCount);
    if (!isDense) this.#clear(cells, slots, this.touchedCounts[at] as number);
    this.#cellsPool.push({ cells, isCleared: !isDense });
    this.#touchedPool.push(slots);
    this.slices[at] = NO_CELLS;
    this.touched[at] = NO_SLOTS;
    this.touchedCounts[at] = 0;
  }

  /**
   * Of a slice that was closed. What many keys had touched is cleared now and not before, because that brings it into the near caches in order of memory; the first
   * records would go and get it from everywhere.
   */
  #clearedCells(): Float64Array | null {
    const closed = this.#cellsPool.pop();
    if (closed === undefined) return null;
    if (!closed.isCleared) fillWith(closed.cells, this.#plan.initialCells, 0);
    return closed.cells;
  }

  #clear(cells: Float64Array, slots: Int32Array, count: number): void {
    const initial = this.#plan.initialCells;
    for (let n = 0; n < count; n++) {
      const from = (slots[n] as number) * this.stride;
      for (let c = 0; c < initial.length; c++) cells[from + c] = initial[c] as number;
    }
  }

  #grownCells(cells: Float64Array): Float64Array {
    const grown = new Float64Array(this.#capacity * this.stride);
    grown.set(cells);
    if (!this.#startsAtZero) fillWith(grown, this.#plan.initialCells, cells.length);
    return grown;
  }
}

/** From `from` on one initial accumulator after the other. */
function fillWith(cells: Float64Array, initial: readonly number[], from: number): void {
  if (initial.every((cell) => Object.is(cell, 0))) {
    cells.fill(0, from);
    return;
  }
  for (const [c, cell] of initial.entries()) for (let at = from + c; at < cells.length; at += initial.length) cells[at] = cell;
}

/** Never empty, because an empty list is one that is not there. */
function withRoom(list: Int32Array, count: number, more: number, limit: number): Int32Array {
  const needed = Math.max(1, Math.min(limit, count + more));
  if (list.length >= needed) return list;
  const grown = new Int32Array(Math.max(needed, Math.min(limit, list.length * 2), 16));
  grown.set(list);
  return grown;
}
