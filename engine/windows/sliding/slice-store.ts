import type { SlotUsers } from '../panes/pane-keys.ts';
import { NO_SLOT } from '../panes/pane-keys.ts';

/** Below every slice and window there is. Slices and windows are numbered from somewhere near the first record, so that numbers stay small integers. */
export const BEFORE_ALL = -(2 ** 30);
/** Above every slice and window there is. */
export const BEHIND_ALL = 2 ** 30;

/** Of a window without keys. */
const NO_REGION = -1;

const NO_CELLS: Float64Array = new Float64Array(0);
const NO_SLOTS: Int32Array = new Int32Array(0);

/** The keys of a window: `slots[from…to)`. */
export interface SlotList {
  readonly slots: Int32Array;
  readonly from: number;
  readonly to: number;
}

/**
 * Slices (spans of one slide) with an accumulator per key, and windows with the keys in them in the order of their first records. Window `w` ends with slice `w`
 * and holds the `span` slices up to it. Both stand in rings of one size.
 */
export class SliceStore implements SlotUsers {
  readonly mask: number;
  readonly span: number;
  readonly stride: number;
  readonly #initialCells: readonly number[];
  readonly #startsAtZero: boolean;
  /** By ring place of a slice: accumulators by key slot. Empty: the slice has no records. */
  readonly slices: Float64Array[];
  /** By ring place of a slice: the keys that have records in it, and room for one more than there can be. */
  readonly touched: Int32Array[];
  readonly touchedCounts: Int32Array;
  /**
   * The keys of windows, in regions of `listCapacity`: those of ring place `p` from `begins[p]` up to `ends[p]`. One array, because most records write to one of
   * the lists; and a window that opens gets the region of the last that closed, which is still in a near cache.
   */
  order = NO_SLOTS;
  listCapacity = 0;
  /** -1: the window has no keys yet. */
  readonly begins: Int32Array;
  readonly ends: Int32Array;
  /**
   * By key slot: the highest window of the key, and a window from which on it is in all of them up to that, at least `span` of them but for those that have fired.
   * `BEHIND_ALL`: it is not known.
   */
  highest = new Int32Array(0);
  connected = new Int32Array(0);
  /** Of keys that are new in a slice, by their place in `touched`: the highest window before. For the loop over rows. */
  former = NO_SLOTS;
  /** By key slot: the accumulator over the slices `(fired - span + 1, fired]`; of minima and maxima nothing. */
  running: Float64Array = NO_CELLS;
  /** The last window that has fired, or that would have: no record is in it or before it. */
  fired = BEFORE_ALL;
  /** The last window that has keys. */
  last = BEFORE_ALL;
  /** The last window that had keys before a restore. */
  lastRestored = BEFORE_ALL;
  readonly #cellsPool: Float64Array[] = [];
  readonly #touchedPool: Int32Array[] = [];
  readonly #freeRegions: number[] = [];
  #regionCount = 0;

  /** @param ringSize A power of two. */
  constructor(span: number, ringSize: number, initialCells: readonly number[]) {
    this.span = span;
    this.mask = ringSize - 1;
    this.stride = initialCells.length;
    this.#initialCells = initialCells;
    this.#startsAtZero = initialCells.every((cell) => Object.is(cell, 0));
    this.slices = Array.from({ length: ringSize }, () => NO_CELLS);
    this.touched = Array.from({ length: ringSize }, () => NO_SLOTS);
    this.touchedCounts = new Int32Array(ringSize);
    this.begins = new Int32Array(ringSize).fill(NO_REGION);
    this.ends = new Int32Array(ringSize).fill(NO_REGION);
  }

  /** The highest slice for which there is a place. */
  get lastSlice(): number {
    return this.fired + this.mask + 2 - this.span;
  }

  get isEmpty(): boolean {
    return this.last <= this.fired;
  }

  /** Slices are numbered anew. There are none. */
  forget(): void {
    this.highest.fill(BEFORE_ALL);
    this.connected.fill(BEFORE_ALL);
    this.fired = BEFORE_ALL;
    this.last = BEFORE_ALL;
    this.lastRestored = BEFORE_ALL;
  }

  /** Makes key slots below `slotCount` addressable. */
  reserve(slotCount: number): void {
    const known = this.highest.length;
    if (known >= slotCount) return;
    const capacity = Math.max(slotCount, known * 2, 64);
    this.highest = grownInts(this.highest, capacity, BEFORE_ALL);
    this.connected = grownInts(this.connected, capacity, BEFORE_ALL);
    this.former = new Int32Array(capacity + 1);
    this.running = this.#grownCells(this.running);
    for (let at = 0; at <= this.mask; at++) {
      if ((this.slices[at] as Float64Array).length > 0) this.slices[at] = this.#grownCells(this.slices[at] as Float64Array);
    }
    this.#cellsPool.length = 0;
  }

  /** Room for what `rows` rows can add at most to the slices and windows that are open. */
  reserveLists(rows: number, slotCount: number): void {
    let highestCount = 0;
    for (let at = 0; at <= this.mask; at++) {
      highestCount = Math.max(highestCount, (this.ends[at] as number) - (this.begins[at] as number));
      const slots = this.touched[at] as Int32Array;
      if (slots.length > 0) this.touched[at] = withRoom(slots, this.touchedCounts[at] as number, rows, slotCount + 1);
    }
    const needed = Math.min(slotCount, highestCount + rows);
    if (needed > this.listCapacity) this.#moveLists(Math.max(needed, Math.min(slotCount, this.listCapacity * 2)), this.#regionCount);
  }

  isOpen(slice: number): boolean {
    return (this.slices[slice & this.mask] as Float64Array).length > 0;
  }

  /** Makes place for a slice and its windows that have not fired. */
  open(slice: number, rows: number, slotCount: number): void {
    const at = slice & this.mask;
    this.slices[at] = this.#cellsPool.pop() ?? this.#grownCells(NO_CELLS);
    this.touched[at] = withRoom(this.#touchedPool.pop() ?? NO_SLOTS, 0, rows, slotCount + 1);
    const to = slice + this.span - 1;
    for (let window = Math.max(slice, this.fired + 1); window <= to; window++) this.#openWindow(window & this.mask);
    this.last = Math.max(this.last, to);
  }

  /** The key is in the window from here on. */
  append(window: number, slot: number): void {
    const at = window & this.mask;
    this.#openWindow(at);
    if (this.ends[at] === (this.begins[at] as number) + this.listCapacity)
      this.#moveLists(Math.max(16, this.listCapacity * 2), this.#regionCount);
    const end = this.ends[at] as number;
    this.order[end] = slot;
    this.ends[at] = end + 1;
    this.last = Math.max(this.last, window);
  }

  /** The key is in windows `[from, to]`, as many as a window has slices; of several such stretches the last one is remembered. */
  connect(slot: number, from: number, to: number): void {
    const top = this.highest[slot] as number;
    const bottom = this.connected[slot] as number;
    const isUnknown = bottom === BEHIND_ALL;
    if (!isUnknown && from <= top + 1 && to >= bottom - 1) {
      this.connected[slot] = Math.min(bottom, from);
      this.highest[slot] = Math.max(top, to);
    } else if (isUnknown ? to >= this.lastRestored : to > top) {
      this.connected[slot] = from;
      this.highest[slot] = to;
    }
  }

  /** The key was in the window before a restore. In which others it is as well has to be looked up, until it has a record behind all of them. */
  restore(window: number, slot: number): void {
    this.append(window, slot);
    this.connected[slot] = BEHIND_ALL;
    this.highest[slot] = BEHIND_ALL;
    this.lastRestored = Math.max(this.lastRestored, window);
  }

  /** The key has its first record in the slice. */
  touch(slice: number, slot: number): void {
    const at = slice & this.mask;
    const count = this.touchedCounts[at] as number;
    const slots = withRoom(this.touched[at] as Int32Array, count, 1, count + 1);
    slots[count] = slot;
    this.touched[at] = slots;
    this.touchedCounts[at] = count + 1;
  }

  /** The slice leaves the last window that it was in. */
  closeSlice(slice: number): void {
    if (!this.isOpen(slice)) return;
    const at = slice & this.mask;
    const cells = this.slices[at] as Float64Array;
    const slots = this.touched[at] as Int32Array;
    const initial = this.#initialCells;
    if (this.#startsAtZero) cells.fill(0);
    else
      for (let n = 0; n < (this.touchedCounts[at] as number); n++) {
        const from = (slots[n] as number) * this.stride;
        for (let c = 0; c < initial.length; c++) cells[from + c] = initial[c] as number;
      }
    this.#cellsPool.push(cells);
    this.#touchedPool.push(slots);
    this.slices[at] = NO_CELLS;
    this.touched[at] = NO_SLOTS;
    this.touchedCounts[at] = 0;
  }

  /** The window has fired. */
  closeWindow(window: number): void {
    const at = window & this.mask;
    const begin = this.begins[at] as number;
    if (begin !== NO_REGION) this.#freeRegions.push(begin / this.listCapacity);
    this.begins[at] = NO_REGION;
    this.ends[at] = NO_REGION;
  }

  markLive(live: Uint8Array): void {
    for (let at = 0; at <= this.mask; at++) {
      for (let n = this.begins[at] as number; n < (this.ends[at] as number); n++) live[this.order[n] as number] = 1;
    }
  }

  renumber(newSlotOf: Int32Array): void {
    this.#cellsPool.length = 0;
    const { highest, connected, running } = this;
    const known = Math.min(newSlotOf.length, highest.length);
    this.highest = new Int32Array(highest.length).fill(BEFORE_ALL);
    this.connected = new Int32Array(highest.length).fill(BEFORE_ALL);
    this.running = this.#grownCells(NO_CELLS);
    for (let slot = 0; slot < known; slot++) {
      const renumbered = newSlotOf[slot] as number;
      if (renumbered === NO_SLOT) continue;
      this.highest[renumbered] = highest[slot] as number;
      this.connected[renumbered] = connected[slot] as number;
      this.#moveCells(running, slot, this.running, renumbered);
    }
    for (let at = 0; at <= this.mask; at++) this.#renumberPlace(at, newSlotOf);
  }

  #renumberPlace(at: number, newSlotOf: Int32Array): void {
    const former = this.slices[at] as Float64Array;
    const slots = this.touched[at] as Int32Array;
    if (former.length > 0) {
      const cells = this.#grownCells(NO_CELLS);
      for (let n = 0; n < (this.touchedCounts[at] as number); n++) {
        const slot = slots[n] as number;
        slots[n] = newSlotOf[slot] as number;
        this.#moveCells(former, slot, cells, slots[n] as number);
      }
      this.slices[at] = cells;
    }
    const { order } = this;
    for (let n = this.begins[at] as number; n < (this.ends[at] as number); n++) order[n] = newSlotOf[order[n] as number] as number;
  }

  #moveCells(from: Float64Array, slot: number, to: Float64Array, newSlot: number): void {
    for (let c = 0; c < this.stride; c++) to[newSlot * this.stride + c] = from[slot * this.stride + c] as number;
  }

  #grownCells(cells: Float64Array): Float64Array {
    const initial = this.#initialCells;
    const grown = new Float64Array(this.highest.length * this.stride);
    grown.set(cells);
    if (this.#startsAtZero) return grown;
    for (let at = cells.length, c = 0; at < grown.length; at++, c = c + 1 === this.stride ? 0 : c + 1) grown[at] = initial[c] as number;
    return grown;
  }

  /** The keys of a window. */
  listOf(window: number): SlotList {
    const at = window & this.mask;
    return { slots: this.order, from: this.begins[at] as number, to: this.ends[at] as number };
  }

  #openWindow(at: number): void {
    if (this.begins[at] !== NO_REGION) return;
    const free = this.#freeRegions.pop();
    const region = free ?? this.#regionCount;
    if (free === undefined) this.#moveLists(Math.max(1, this.listCapacity), region + 1);
    this.begins[at] = region * this.listCapacity;
    this.ends[at] = region * this.listCapacity;
  }

  /** Makes room for so many regions of this capacity. */
  #moveLists(capacity: number, regions: number): void {
    const former = this.listCapacity;
    this.#regionCount = regions;
    this.listCapacity = capacity;
    if (former === capacity && this.order.length >= regions * capacity) return;
    const order = new Int32Array(capacity * (former === capacity ? regions * 2 : regions));
    for (let at = 0; at <= this.mask; at++) {
      const begin = this.begins[at] as number;
      const end = this.ends[at] as number;
      if (begin === NO_REGION) continue;
      const moved = (begin / former) * capacity;
      order.set(this.order.subarray(begin, end), moved);
      this.begins[at] = moved;
      this.ends[at] = moved + end - begin;
    }
    this.order = order;
  }
}

function grownInts(old: Int32Array, capacity: number, value: number): Int32Array<ArrayBuffer> {
  const array = new Int32Array(capacity).fill(value);
  array.set(old);
  return array;
}

/** Never empty, because an empty list is one that is not there. */
function withRoom(list: Int32Array, count: number, more: number, limit: number): Int32Array {
  const needed = Math.max(1, Math.min(limit, count + more));
  if (list.length >= needed) return list;
  const grown = new Int32Array(Math.max(needed, Math.min(limit, list.length * 2), 16));
  grown.set(list);
  return grown;
}
