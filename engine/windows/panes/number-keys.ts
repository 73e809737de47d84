import type { Batch } from '../../batch/batch.ts';
import { Column } from '../../batch/column.ts';
import type { KeyBuffer, PaneKeys, SlotUsers } from './pane-keys.ts';
import { MIN_SWEEP, NO_SLOT } from './pane-keys.ts';

/**
 * Numeric keys: open addressing in typed arrays. All rows of a batch are looked up at its beginning, new keys included. NaN is one key; -0 and 0
 * are one key.
 */
export class NumberKeys implements PaneKeys {
  rowSlots: Int32Array = new Int32Array(0);
  readonly #users: SlotUsers;
  /** Slot by hash, a power of two long, at most half full; `NO_SLOT` = free. */
  #table = new Int32Array(1024).fill(NO_SLOT);
  #keys = new Float64Array(512);
  #slotCount = 0;
  #sweepAt = MIN_SWEEP;

  constructor(users: SlotUsers) {
    this.#users = users;
  }

  get slotCount(): number {
    return this.#slotCount;
  }

  beginBatch(batch: Batch, keyColumn: Column): void {
    if (this.#slotCount >= this.#sweepAt) this.#sweep();
    if (this.rowSlots.length < batch.rowCount) this.rowSlots = new Int32Array(batch.rowCount);
    const nulls = keyColumn.nulls;
    for (let j = 0; j < batch.selectedCount; ) {
      j = this.#lookUpKnown(batch, keyColumn, j);
      if (j === batch.selectedCount) break;
      const i = batch.rowAt(j++);
      // The row of a null key is never looked at.
      if (nulls === null || nulls[i] === 0) this.rowSlots[i] = this.slotOfKey(keyColumn.f64[i]);
    }
  }

  slotOfKey(key: unknown): number {
    // Adding 0 turns -0 into 0.
    const value = (key as number) + 0;
    const mask = this.#table.length - 1;
    for (let at = hashOf(value) & mask; ; at = (at + 1) & mask) {
      const slot = this.#table[at] as number;
      if (slot === NO_SLOT) return this.#add(value, at);
      const other = this.#keys[slot] as number;
      if (other === value || (other !== other && value !== value)) return slot;
    }
  }

  keyAt(slot: number): number {
    return this.#keys[slot] as number;
  }

  newBuffer(capacity: number): Float64Array {
    return new Float64Array(capacity);
  }

  writeKeys(buffer: KeyBuffer, at: number, slots: Int32Array, from: number, to: number): void {
    const keys = this.#keys;
    for (let entry = from, row = at; entry < to; entry++, row++) buffer[row] = keys[slots[entry] as number] as number;
  }

  keyColumn(buffer: KeyBuffer, rowCount: number): Column {
    return Column.ofF64((buffer as Float64Array).subarray(0, rowCount));
  }

  /** Looks up live rows from the `from`-th on, as far as their keys are found at the first place or near it; new keys stop it. */
  #lookUpKnown(batch: Batch, keyColumn: Column, from: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    const keys = this.#keys;
    const rowSlots = this.rowSlots;
    const values = keyColumn.f64;
    const selection = batch.selection;
    for (let j = from; j < batch.selectedCount; j++) {
      const i = selection === null ? j : (selection[j] as number);
      const value = (values[i] as number) + 0;
      let at = hashOf(value) & mask;
      let slot = table[at] as number;
      while (slot !== NO_SLOT && keys[slot] !== value) {
        at = (at + 1) & mask;
        slot = table[at] as number;
      }
      if (slot === NO_SLOT) return j;
      rowSlots[i] = slot;
    }
    return batch.selectedCount;
  }

  #add(value: number, at: number): number {
    const slot = this.#slotCount++;
    if (slot >= this.#keys.length) {
      const keys = new Float64Array(this.#keys.length * 2);
      keys.set(this.#keys);
      this.#keys = keys;
    }
    this.#keys[slot] = value;
    this.#table[at] = slot;
    if (this.#slotCount * 2 > this.#table.length) this.#rehash(this.#table.length * 2);
    return slot;
  }

  #rehash(capacity: number): void {
    const table = new Int32Array(capacity).fill(NO_SLOT);
    for (let slot = 0; slot < this.#slotCount; slot++) {
      let at = hashOf(this.#keys[slot] as number) & (capacity - 1);
      while (table[at] !== NO_SLOT) at = (at + 1) & (capacity - 1);
      table[at] = slot;
    }
    this.#table = table;
  }

  #sweep(): void {
    const live = new Uint8Array(this.#slotCount);
    this.#users.markLive(live);
    const newSlotOf = new Int32Array(live.length);
    let kept = 0;
    for (let slot = 0; slot < live.length; slot++) {
      if (live[slot] === 1) {
        this.#keys[kept] = this.#keys[slot] as number;
        newSlotOf[slot] = kept++;
      } else newSlotOf[slot] = NO_SLOT;
    }
    this.#slotCount = kept;
    this.#users.renumber(newSlotOf);
    let capacity = 1024;
    while (capacity < kept * 4) capacity *= 2;
    this.#keys = this.#keys.slice(0, capacity);
    this.#rehash(capacity);
    this.#sweepAt = Math.max(MIN_SWEEP, 2 * kept);
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
