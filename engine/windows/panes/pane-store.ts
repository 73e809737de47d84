import { must } from '../../util/assert.ts';
import type { SlotUsers } from './pane-keys.ts';
import { Pane } from './pane.ts';

/** A dense pane has at most so many numbers (1 MB): as long as all of it stays in a near cache, no index is needed in front of it. */
const MAX_DENSE_CELLS = 1 << 17;
/**
 * At most so many cells of slot indexes (4 bytes each) over all open panes. Beyond, further panes are sparse: slow, but their size depends
 * only on the keys they hold. Reached by very many keys in very many windows that are open at the same time.
 */
const MAX_INDEX_CELLS = 1 << 25;
const POOLED_PANES = 4;

/** What a pane's memory looks like: cells per entry, and their content before the first record. */
export interface PaneLayout {
  readonly initialCells: readonly number[];
}

interface Body {
  readonly slots: Int32Array;
  /** As before the first record. */
  readonly cells: Float64Array;
}

/** The live panes of an operator, ordered by end (no two end together), and the memory of former ones for reuse. */
export class PaneStore implements SlotUsers {
  /** Ascending ends. Read-only for others. */
  readonly panes: Pane[] = [];
  readonly #initialCells: readonly number[];
  readonly #stride: number;
  readonly #startsAtZero: boolean;
  readonly #indexPool: Int32Array[] = [];
  readonly #bodyPool: Body[] = [];
  #isDense = true;

  constructor(layout: PaneLayout) {
    this.#initialCells = layout.initialCells;
    this.#stride = layout.initialCells.length;
    this.#startsAtZero = layout.initialCells.every((cell) => Object.is(cell, 0));
  }

  /** Panes that are fast are dense; otherwise they are indexed. */
  get isDense(): boolean {
    return this.#isDense;
  }

  /** Makes all fast panes of one kind, the one that is best for so many key slots. True: something has changed, and some may not be fast any more. */
  adapt(slotCount: number): boolean {
    const cells = slotCount * this.#stride;
    // A change costs a copy of everything: it must not happen back and forth.
    const isDense = this.#isDense ? cells <= MAX_DENSE_CELLS : cells <= MAX_DENSE_CELLS / 2;
    if (isDense === this.#isDense) return false;
    this.#isDense = isDense;
    for (const pane of this.panes) {
      if (!pane.isFast) continue;
      this.makeSparse(pane);
      this.makeFast(pane, slotCount);
    }
    return true;
  }

  /** The pane that ends there, or null. */
  find(end: number): Pane | null {
    const at = this.#position(end);
    const pane = this.panes[at];
    return pane !== undefined && pane.end === end ? pane : null;
  }

  /** `slotCount` key slots must be addressable. A `sparse` pane is one that will see few records (it is late already). */
  open(start: number, end: number, slotCount: number, sparse: boolean): Pane {
    const body = this.#bodyPool.pop();
    const pane = new Pane(start, end, this.#stride, body?.slots ?? new Int32Array(2), body?.cells ?? new Float64Array(0));
    this.panes.splice(this.#position(end), 0, pane);
    if (!sparse) this.makeFast(pane, slotCount);
    return pane;
  }

  /** Makes room for key slots below `slotCount` and for `more` further entries. */
  reserve(pane: Pane, slotCount: number, more: number): void {
    if (pane.index !== null && pane.index.length < slotCount) {
      const index = new Int32Array(Math.max(slotCount, pane.index.length * 2));
      index.set(pane.index);
      pane.index = index;
    }
    // Entries count from 1, and the loop writes to the one behind the last.
    const entries = pane.count + more + 2;
    if (pane.slots.length < entries) {
      const slots = new Int32Array(Math.max(entries, pane.slots.length * 2, 64));
      slots.set(pane.slots);
      pane.slots = slots;
    }
    const accumulators = pane.isDense ? slotCount : entries;
    if (pane.cells.length < accumulators * this.#stride) this.#growCells(pane, accumulators);
  }

  /** Lets the generated loop work on a sparse pane, if there is memory for that. */
  makeFast(pane: Pane, slotCount: number): void {
    if (!this.#isDense) {
      pane.index = this.#newIndex(slotCount);
      if (pane.index === null) return;
      for (let entry = 1; entry <= pane.count; entry++) pane.index[pane.slots[entry] as number] = entry;
    } else if (pane.count === 0) pane.isDense = true;
    else this.#move(pane, true, slotCount);
    pane.sparseIndex = null;
    this.reserve(pane, slotCount, 0);
  }

  /** The pane takes no more in-time records: from now on its size depends on the keys it holds. */
  makeSparse(pane: Pane): void {
    if (pane.isDense) this.#move(pane, false, pane.count + 2);
    const index = pane.index;
    if (index === null) return;
    clearIndex(index, pane);
    pane.index = null;
    if (this.#indexPool.length < POOLED_PANES) this.#indexPool.push(index);
  }

  /** The pane's state is gone; its memory may be used again. */
  close(pane: Pane): void {
    if (!pane.isDense) this.makeSparse(pane);
    this.panes.splice(this.#position(pane.end), 1);
    if (this.#bodyPool.length >= POOLED_PANES) return;
    this.#clearCells(pane);
    this.#bodyPool.push({ slots: pane.slots, cells: pane.cells });
  }

  markLive(live: Uint8Array): void {
    for (const { slots, count } of this.panes) {
      for (let entry = 1; entry <= count; entry++) live[slots[entry] as number] = 1;
    }
  }

  /** Memory kept for reuse is let go as well: it has the size of the time before. */
  renumber(newSlotOf: Int32Array): void {
    this.#indexPool.length = 0;
    this.#bodyPool.length = 0;
    let slotCount = 0;
    for (const slot of newSlotOf) slotCount = Math.max(slotCount, slot + 1);
    for (const pane of this.panes) {
      const { isFast } = pane;
      this.makeSparse(pane);
      for (let entry = 1; entry <= pane.count; entry++) pane.slots[entry] = newSlotOf[pane.slots[entry] as number] as number;
      pane.sparseIndex = null;
      if (isFast) this.makeFast(pane, slotCount);
    }
    this.#indexPool.length = 0;
    this.#bodyPool.length = 0;
  }

  /** First place whose end is not below `end`. */
  #position(end: number): number {
    let low = 0;
    let high = this.panes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (must(this.panes[middle], 'a pane').end < end) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #newIndex(slotCount: number): Int32Array | null {
    const pooled = this.#indexPool.pop();
    if (pooled !== undefined && pooled.length >= slotCount) return pooled;
    let cells = slotCount;
    for (const pane of this.panes) cells += pane.index?.length ?? 0;
    return cells > MAX_INDEX_CELLS ? null : new Int32Array(slotCount);
  }

  /** Moves the accumulators to where a pane that is dense, or is not, has them. */
  #move(pane: Pane, isDense: boolean, accumulators: number): void {
    const stride = this.#stride;
    const cells = new Float64Array(accumulators * stride);
    if (!this.#startsAtZero) this.#fill(cells, 0, accumulators);
    for (let entry = 1; entry <= pane.count; entry++) {
      const from = pane.offsetOf(entry);
      const to = (isDense ? (pane.slots[entry] as number) : entry) * stride;
      for (let cell = 0; cell < stride; cell++) cells[to + cell] = pane.cells[from + cell] as number;
    }
    pane.cells = cells;
    pane.isDense = isDense;
  }

  #growCells(pane: Pane, accumulators: number): void {
    const former = pane.cells.length / this.#stride;
    const capacity = Math.max(accumulators, former * 2, 64);
    const cells = new Float64Array(capacity * this.#stride);
    cells.set(pane.cells);
    if (!this.#startsAtZero) this.#fill(cells, former, capacity);
    pane.cells = cells;
  }

  #clearCells(pane: Pane): void {
    const { cells, count, isDense } = pane;
    const accumulators = cells.length / this.#stride;
    if (isDense && count * DENSE_SHARE < accumulators) {
      for (let entry = 1; entry <= count; entry++)
        this.#clear(cells, pane.offsetOf(entry) / this.#stride, pane.offsetOf(entry) / this.#stride + 1);
    } else this.#clear(cells, 0, isDense ? accumulators : count + 1);
  }

  #clear(cells: Float64Array, from: number, to: number): void {
    if (this.#startsAtZero) cells.fill(0, from * this.#stride, to * this.#stride);
    else this.#fill(cells, from, to);
  }

  /** Accumulators `[from, to)` are as before their first record. */
  #fill(cells: Float64Array, from: number, to: number): void {
    const initial = this.#initialCells;
    for (let at = from * this.#stride, cell = 0; at < to * this.#stride; at++) {
      cells[at] = initial[cell] as number;
      cell = cell + 1 === initial.length ? 0 : cell + 1;
    }
  }
}

/** Filling all of it is worth it from this share of used slots on. */
const DENSE_SHARE = 16;

/** Once per window: too seldom for V8 to ever compile a loop over the entries well, so mostly it has to be `fill`. */
function clearIndex(index: Int32Array, { slots, count }: Pane): void {
  if (count * DENSE_SHARE >= index.length) index.fill(0);
  else for (let entry = 1; entry <= count; entry++) index[slots[entry] as number] = 0;
}
