import { must } from '../../util/assert.ts';
import type { SlotUsers } from './pane-keys.ts';
import { Pane } from './pane.ts';

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

/** The live panes of an operator, ordered by end (no two end together), and the memory of former ones for reuse. */
export class PaneStore implements SlotUsers {
  /** Ascending ends. Read-only for others. */
  readonly panes: Pane[] = [];
  readonly #initialCells: readonly number[];
  readonly #stride: number;
  readonly #startsAtZero: boolean;
  readonly #indexPool: Int32Array[] = [];
  readonly #bodyPool: { readonly slots: Int32Array; readonly cells: Float64Array }[] = [];

  constructor(layout: PaneLayout) {
    this.#initialCells = layout.initialCells;
    this.#stride = layout.initialCells.length;
    this.#startsAtZero = layout.initialCells.every((cell) => Object.is(cell, 0));
  }

  /** The pane that ends there, or null. */
  find(end: number): Pane | null {
    const at = this.#position(end);
    const pane = this.panes[at];
    return pane !== undefined && pane.end === end ? pane : null;
  }

  /** `slotCount` key slots must be addressable. A `sparse` pane is one that will see few records (it is late already). */
  open(start: number, end: number, slotCount: number, sparse: boolean): Pane {
    const index = sparse ? null : this.#newIndex(slotCount);
    const body = this.#bodyPool.pop();
    const pane = new Pane(start, end, index, body?.slots ?? new Int32Array(0), body?.cells ?? new Float64Array(0));
    this.panes.splice(this.#position(end), 0, pane);
    return pane;
  }

  /** Makes room for key slots below `slotCount` and for `more` further entries. */
  reserve(pane: Pane, slotCount: number, more: number): void {
    if (pane.index !== null && pane.index.length < slotCount) {
      const index = new Int32Array(Math.max(slotCount, pane.index.length * 2));
      index.set(pane.index);
      pane.index = index;
    }
    const needed = pane.count + more + 1;
    if (pane.slots.length < needed) this.#growBody(pane, Math.max(needed, pane.slots.length * 2, 64));
  }

  /** The pane takes no more in-time records: its index is wanted elsewhere. */
  releaseIndex(pane: Pane): void {
    const index = pane.index;
    if (index === null) return;
    clearIndex(index, pane);
    pane.index = null;
    if (this.#indexPool.length < POOLED_PANES) this.#indexPool.push(index);
  }

  /** The pane's state is gone; its memory may be used again. */
  close(pane: Pane): void {
    this.releaseIndex(pane);
    this.panes.splice(this.#position(pane.end), 1);
    if (this.#bodyPool.length >= POOLED_PANES) return;
    this.#clearCells(pane.cells, pane.count);
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
    for (const pane of this.panes) {
      const { slots, index, count } = pane;
      if (index !== null) for (let entry = 1; entry <= count; entry++) index[slots[entry] as number] = 0;
      for (let entry = 1; entry <= count; entry++) {
        const slot = newSlotOf[slots[entry] as number] as number;
        slots[entry] = slot;
        if (index !== null) index[slot] = entry;
      }
      pane.sparseIndex = null;
    }
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

  #growBody(pane: Pane, capacity: number): void {
    const slots = new Int32Array(capacity);
    slots.set(pane.slots);
    const cells = new Float64Array(capacity * this.#stride);
    cells.set(pane.cells);
    if (!this.#startsAtZero) this.#fill(cells, pane.slots.length, capacity);
    pane.slots = slots;
    pane.cells = cells;
  }

  #clearCells(cells: Float64Array, count: number): void {
    if (this.#startsAtZero) cells.fill(0, 0, (count + 1) * this.#stride);
    else this.#fill(cells, 0, count + 1);
  }

  #fill(cells: Float64Array, fromEntry: number, toEntry: number): void {
    const initial = this.#initialCells;
    for (let at = fromEntry * this.#stride, cell = 0; at < toEntry * this.#stride; at++) {
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
