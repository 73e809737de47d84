import type { Batch } from '../../batch/batch.ts';
import type { SlotUsers } from '../panes/pane-keys.ts';
import { NO_SLOT } from '../panes/pane-keys.ts';

/** Below every slice and window there is. Slices and windows are numbered from somewhere near the first record, so that numbers stay small integers. */
export const BEFORE_ALL = -(2 ** 30);
/** Above every slice and window there is. */
export const BEHIND_ALL = 2 ** 30;

/** Of a window without keys. */
const NO_REGION = -1;

const NO_SLOTS: Int32Array = new Int32Array(0);

/** Accumulators by key slot: of slot `s` from `s * stride` on. The stride is the same for all windows. */
export interface Accumulators {
  readonly cells: Float64Array;
  readonly stride: number;
}

/** The keys of a window: `slots[from…to)`. */
export interface SlotList {
  readonly slots: Int32Array;
  readonly from: number;
  readonly to: number;
}

/**
 * Windows with the keys in them, in the order of their first records. Time is cut into slices, spans of one slide: window `w` ends with slice `w` and holds the `span`
 * slices up to it. Windows stand in a ring. Where accumulators are is up to subclasses.
 */
export abstract class WindowStore implements SlotUsers {
  readonly mask: number;
  readonly span: number;
  /** Cells of an accumulator. */
  readonly stride: number;
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
  /** For the loop over rows: of keys that are new in a slice the highest window before. */
  former = NO_SLOTS;
  /** For the loop over rows: keys that have not come to all of their windows yet. */
  waiting = NO_SLOTS;
  /** The last window that has fired, or that would have: no record is in it or before it. */
  fired = BEFORE_ALL;
  /** The last window that has keys. */
  last = BEFORE_ALL;
  /** The last window that had keys before a restore. */
  lastRestored = BEFORE_ALL;
  readonly #freeRegions: number[] = [];
  #regionCount = 0;

  /** @param ringSize A power of two. */
  constructor(span: number, ringSize: number, stride: number) {
    this.span = span;
    this.mask = ringSize - 1;
    this.stride = stride;
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
    this.waiting = new Int32Array(capacity + 1);
    this.growCells(capacity);
  }

  /** Room for what `rows` rows can add at most to the slices and windows that are open. */
  reserveLists(rows: number, slotCount: number): void {
    let highestCount = 0;
    for (let at = 0; at <= this.mask; at++) {
      highestCount = Math.max(highestCount, (this.ends[at] as number) - (this.begins[at] as number));
    }
    // The loop over rows writes a key behind the list before it knows whether it is one of it.
    const most = slotCount + 1;
    const needed = Math.min(most, highestCount + rows);
    if (needed > this.listCapacity) this.#moveLists(Math.max(needed, Math.min(most, this.listCapacity * 2)), this.#regionCount);
  }

  /** Accumulators by key slot get room for slots below `capacity`. */
  protected abstract growCells(capacity: number): void;

  /** Records of the slice can be added. */
  abstract isOpen(slice: number): boolean;

  /** Makes place for a slice and its windows that have not fired. `rows`: how many rows may come, for at most `slotCount` keys. */
  open(slice: number, _rows: number, _slotCount: number): void {
    const to = slice + this.span - 1;
    for (let window = Math.max(slice, this.fired + 1); window <= to; window++) this.openWindow(window & this.mask);
    this.last = Math.max(this.last, to);
  }

  /** Whether the key has records in the window that has not fired. */
  abstract has(window: number, slot: number): boolean;

  /** Adds row `i` to the windows of the slice that have not fired. The slice is open. */
  abstract addRow(slice: number, slot: number, batch: Batch, i: number): void;

  /** The first window that has not fired: `visit` gets its accumulators, then they are forgotten. Returns how many records nobody needs any more. */
  abstract fire(slotCount: number, visit: (accumulators: Accumulators) => void): number;

  /** All windows that have not fired, in order. */
  abstract visitAll(slotCount: number, visit: (window: number, accumulators: Accumulators) => void): void;

  /** What the key, the last in the list of the window, had in it before a restore. By cell. */
  protected abstract keepRestored(window: number, slot: number, accumulator: Float64Array): void;

  protected abstract renumberCells(newSlotOf: Int32Array): void;

  /** The key is in the window from here on. */
  append(window: number, slot: number): void {
    const at = window & this.mask;
    this.openWindow(at);
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
  restore(window: number, slot: number, accumulator: Float64Array): void {
    this.append(window, slot);
    this.keepRestored(window, slot, accumulator);
    this.connected[slot] = BEHIND_ALL;
    this.highest[slot] = BEHIND_ALL;
    this.lastRestored = Math.max(this.lastRestored, window);
  }

  /** The window has fired. */
  protected closeWindow(window: number): void {
    this.fired = window;
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
    const { highest, connected } = this;
    const known = Math.min(newSlotOf.length, highest.length);
    this.highest = new Int32Array(highest.length).fill(BEFORE_ALL);
    this.connected = new Int32Array(highest.length).fill(BEFORE_ALL);
    for (let slot = 0; slot < known; slot++) {
      const renumbered = newSlotOf[slot] as number;
      if (renumbered === NO_SLOT) continue;
      this.highest[renumbered] = highest[slot] as number;
      this.connected[renumbered] = connected[slot] as number;
    }
    const { order } = this;
    for (let at = 0; at <= this.mask; at++) {
      for (let n = this.begins[at] as number; n < (this.ends[at] as number); n++) order[n] = newSlotOf[order[n] as number] as number;
    }
    this.renumberCells(newSlotOf);
  }

  /** The keys of a window. */
  listOf(window: number): SlotList {
    const at = window & this.mask;
    return { slots: this.order, from: this.begins[at] as number, to: this.ends[at] as number };
  }

  protected openWindow(at: number): void {
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
