import type { Batch } from '../../batch/batch.ts';
import { Column } from '../../batch/column.ts';
import type { KeyBuffer, LiveSlots, PaneKeys } from './pane-keys.ts';
import { SlotAllocator } from './slot-allocator.ts';

/** An empty place of the hash table. */
const EMPTY = -1;

/**
 * Numeric keys: open addressing in typed arrays. All rows of a batch are looked up at its beginning, new keys included,
 * so the generated loop reads the slot from `codes` directly. NaN is one key; -0 and 0 are one key.
 */
export class NumberKeys implements PaneKeys {
  /** Here: the slot of each row. */
  codes = new Int32Array(0);
  /** Here: each number stands for itself. */
  slotOfCode = new Int32Array(0);
  readonly #slots: SlotAllocator;
  /** Slot by hash, a power of two long, at most half full. */
  #table = new Int32Array(1024).fill(EMPTY);
  #keys = new Float64Array(512);
  #keyCount = 0;

  constructor(live: LiveSlots) {
    this.#slots = new SlotAllocator(live);
  }

  get slotLimit(): number {
    return this.#slots.limit;
  }

  get keyCount(): number {
    return this.#keyCount;
  }

  beginBatch(batch: Batch, keyColumn: Column): void {
    if (this.#slots.isSweepDue) this.#sweep();
    if (this.codes.length < batch.rowCount) this.codes = new Int32Array(batch.rowCount);
    const keys = keyColumn.f64;
    const nulls = keyColumn.nulls;
    for (let j = 0; j < batch.selectedCount; j++) {
      const i = batch.rowAt(j);
      if (nulls === null || nulls[i] === 0) this.codes[i] = this.slotOfKey(keys[i]);
    }
    this.#growIdentity();
  }

  slotOfRow(i: number): number {
    return this.codes[i] as number;
  }

  slotOfKey(key: unknown): number {
    // Adding 0 turns -0 into 0.
    const value = (key as number) + 0;
    const table = this.#table;
    const mask = table.length - 1;
    let at = hashOf(value) & mask;
    for (;;) {
      const slot = table[at] as number;
      if (slot === EMPTY) return this.#add(value, at);
      const other = this.#keys[slot] as number;
      if (other === value || (other !== other && value !== value)) return slot;
      at = (at + 1) & mask;
    }
  }

  keyAt(slot: number): number {
    return this.#keys[slot] as number;
  }

  newBuffer(capacity: number): Float64Array {
    return new Float64Array(capacity);
  }

  writeKeys(buffer: KeyBuffer, at: number, slots: Int32Array, from: number, to: number): void {
    const values = buffer as Float64Array;
    const keys = this.#keys;
    for (let entry = from, row = at; entry < to; entry++, row++) values[row] = keys[slots[entry] as number] as number;
  }

  keyColumn(buffer: KeyBuffer, rowCount: number): Column {
    return Column.ofF64((buffer as Float64Array).subarray(0, rowCount));
  }

  #add(value: number, at: number): number {
    const slot = this.#slots.take();
    if (slot >= this.#keys.length) {
      const keys = new Float64Array(this.#keys.length * 2);
      keys.set(this.#keys);
      this.#keys = keys;
    }
    this.#keys[slot] = value;
    this.#table[at] = slot;
    this.#keyCount++;
    if (this.#keyCount * 2 > this.#table.length) this.#rehash(this.#table.length * 2, null);
    return slot;
  }

  /** Moves the keys (those that are live, if that is known) to a table of `capacity`. */
  #rehash(capacity: number, live: Uint8Array | null): void {
    const old = this.#table;
    this.#table = new Int32Array(capacity).fill(EMPTY);
    for (let place = 0; place < old.length; place++) {
      const slot = old[place] as number;
      if (slot === EMPTY || (live !== null && live[slot] === 0)) continue;
      let at = hashOf(this.#keys[slot] as number) & (capacity - 1);
      while (this.#table[at] !== EMPTY) at = (at + 1) & (capacity - 1);
      this.#table[at] = slot;
    }
  }

  #sweep(): void {
    const live = this.#slots.sweep();
    this.#keyCount = this.#slots.used;
    let capacity = 1024;
    while (capacity < this.#keyCount * 4) capacity *= 2;
    this.#rehash(capacity, live);
  }

  #growIdentity(): void {
    const from = this.slotOfCode.length;
    if (from >= this.#slots.limit) return;
    const identity = new Int32Array(Math.max(this.#slots.limit, from * 2));
    for (let slot = 0; slot < identity.length; slot++) identity[slot] = slot;
    this.slotOfCode = identity;
  }
}

const HASHED = new Float64Array(1);
const HASHED_WORDS = new Uint32Array(HASHED.buffer);

function hashOf(value: number): number {
  // Not every NaN has the same bits.
  if (value !== value) return 0;
  HASHED[0] = value;
  let h = (HASHED_WORDS[0] as number) ^ Math.imul(HASHED_WORDS[1] as number, 0x9e3779b1);
  // Integers differ in the high bits of the double only, so everything has to be mixed downwards.
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
