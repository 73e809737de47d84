import type { SlotUsers } from '../panes/pane-keys.ts';
import { NO_SLOT } from '../panes/pane-keys.ts';

/** Cells of a session before its accumulator. */
export const START = 0;
/** Exclusive: the last record and the gap. */
export const END = 1;
/** Rank of the record that last changed the window or set it to fire: the order in which sessions that end together fire. */
export const ORDER = 2;
export const HEADER_CELLS = 3;

/** Instead of a session; its cells are those of a session that no record belongs to. */
export const NO_SESSION = 0;

/**
 * The sessions of all keys as columns, numbered from 1. Those of one key are chained, the latest first; they never meet.
 */
export class SessionSlab implements SlotUsers {
  readonly stride: number;
  /** Session `s` from `s * stride`: header, accumulator. */
  cells: Float64Array;
  /**
   * By key slot: where the cells of the latest session of the key begin, if that one waits to be fired, so that a record within it can do nothing but add to it and
   * prolong it; otherwise 0.
   */
  open = new Int32Array(0);
  /** By key slot: the latest session. */
  first = new Int32Array(0);
  /** By session: the one before it of the same key. */
  previous = new Int32Array(0);
  /** By session; `NO_SLOT`: it is over or was merged into another. */
  slotOf = new Int32Array(0);
  /** By session: 1 when it waits to be fired, 0 when it has been and is kept for late records. */
  pending = new Uint8Array(0);
  readonly #initialCells: readonly number[];
  #count = 1;
  readonly #free: number[] = [];
  #liveCount = 0;

  constructor(initialCells: readonly number[]) {
    this.#initialCells = initialCells;
    this.stride = HEADER_CELLS + initialCells.length;
    this.cells = new Float64Array(0);
    this.#grow(64);
    this.cells[START] = Number.POSITIVE_INFINITY;
    this.cells[END] = Number.NEGATIVE_INFINITY;
  }

  /** Sessions are below this. */
  get capacity(): number {
    return this.slotOf.length;
  }

  get liveCount(): number {
    return this.#liveCount;
  }

  /** Places taken: `[1, placeCount)`. */
  get placeCount(): number {
    return this.#count;
  }

  /** Makes key slots below `slotCount` addressable. */
  reserve(slotCount: number): void {
    if (this.first.length >= slotCount) return;
    const capacity = Math.max(slotCount, this.first.length * 2, 64);
    this.open = grown(this.open, capacity);
    this.first = grown(this.first, capacity);
  }

  /** A session without records, in the chain of its key. */
  begin(slot: number, start: number, end: number): number {
    const session = this.#free.pop() ?? this.#count++;
    if (session === this.slotOf.length) this.#grow(session * 2);
    const at = session * this.stride;
    this.cells[at + START] = start;
    this.cells[at + END] = end;
    for (let c = 0; c < this.#initialCells.length; c++) this.cells[at + HEADER_CELLS + c] = this.#initialCells[c] as number;
    this.slotOf[session] = slot;
    this.pending[session] = 0;
    let after = NO_SESSION;
    let before = this.first[slot] as number;
    while (before !== NO_SESSION && (this.cells[before * this.stride + START] as number) > start) {
      after = before;
      before = this.previous[before] as number;
    }
    this.previous[session] = before;
    if (after === NO_SESSION) this.first[slot] = session;
    else this.previous[after] = session;
    this.#liveCount++;
    return session;
  }

  /** The session is over, or part of another one, and its place is free: no deadline may mention it. */
  end(session: number): void {
    const slot = this.slotOf[session] as number;
    const before = this.previous[session] as number;
    if (this.first[slot] === session) this.first[slot] = before;
    else {
      let after = this.first[slot] as number;
      while (this.previous[after] !== session) after = this.previous[after] as number;
      this.previous[after] = before;
    }
    this.slotOf[session] = NO_SLOT;
    this.#liveCount--;
    this.#free.push(session);
    this.refreshOpen(slot);
  }

  /** After sessions of the key came, went, or began or ceased to wait. */
  refreshOpen(slot: number): void {
    const latest = this.first[slot] as number;
    this.open[slot] = this.pending[latest] === 1 ? latest * this.stride : 0;
  }

  markLive(live: Uint8Array): void {
    for (let session = 1; session < this.#count; session++) {
      const slot = this.slotOf[session] as number;
      if (slot !== NO_SLOT) live[slot] = 1;
    }
  }

  renumber(newSlotOf: Int32Array): void {
    const former = this.first;
    this.first = new Int32Array(former.length);
    this.open = new Int32Array(former.length);
    for (let session = 1; session < this.#count; session++) {
      const slot = this.slotOf[session] as number;
      if (slot !== NO_SLOT) this.slotOf[session] = newSlotOf[slot] as number;
    }
    for (let slot = 0; slot < newSlotOf.length && slot < former.length; slot++) {
      const renumbered = newSlotOf[slot] as number;
      if (renumbered === NO_SLOT) continue;
      this.first[renumbered] = former[slot] as number;
      this.refreshOpen(renumbered);
    }
  }

  #grow(capacity: number): void {
    const cells = new Float64Array(capacity * this.stride);
    cells.set(this.cells);
    this.cells = cells;
    this.previous = grown(this.previous, capacity);
    this.slotOf = grown(this.slotOf, capacity);
    const pending = new Uint8Array(capacity);
    pending.set(this.pending);
    this.pending = pending;
  }
}

function grown(old: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const array = new Int32Array(capacity);
  array.set(old);
  return array;
}
