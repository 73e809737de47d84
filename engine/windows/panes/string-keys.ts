import type { Batch } from '../../batch/batch.ts';
import { Column } from '../../batch/column.ts';
import { Dictionary } from '../../batch/dictionary.ts';
import type { KeyBuffer, PaneKeys, SlotUsers } from './pane-keys.ts';
import { MIN_SWEEP, NO_SLOT } from './pane-keys.ts';

/** From so many on they are copied faster as a block. */
const MANY_KEYS = 64;

/** Codes of one input dictionary, as far as they have been mapped; void once slots were renumbered. */
interface MappedCodes {
  readonly generation: number;
  readonly slotOfCode: Int32Array;
}

/**
 * String keys. A slot is the key's code in one dictionary, which is also the dictionary of the results, so no string is hashed in the hot path
 * and result keys are copied as numbers.
 *
 * As long as all batches share one dictionary, it is that one: the codes of a batch are its slots. The first batch with another dictionary
 * (or a restored key) makes us keep a dictionary of our own, and an input code then finds its slot through one array per input dictionary.
 */
export class StringKeys implements PaneKeys {
  rowSlots: Int32Array = new Int32Array(0);
  readonly #users: SlotUsers;
  readonly #mapped = new WeakMap<Dictionary, MappedCodes>();
  #keys = new Dictionary();
  /** `#keys` belongs to whoever makes the batches: we only read it. */
  #isShared = false;
  #ownRowSlots: Int32Array = new Int32Array(0);
  #generation = 0;
  #sweepAt = MIN_SWEEP;

  constructor(users: SlotUsers) {
    this.#users = users;
  }

  get slotCount(): number {
    return this.#keys.size;
  }

  beginBatch(batch: Batch, keyColumn: Column): void {
    const dictionary = keyColumn.dictionary;
    if (this.#keys.size === 0 && batch.selectedCount > 0) {
      this.#keys = dictionary;
      this.#isShared = true;
    }
    if (dictionary === this.#keys) this.rowSlots = keyColumn.codes;
    else this.#translate(batch, keyColumn);
  }

  slotOfKey(key: unknown): number {
    this.#own();
    return this.#keys.encode(key as string);
  }

  keyAt(slot: number): string {
    return this.#keys.decode(slot);
  }

  newBuffer(capacity: number): Int32Array {
    return new Int32Array(capacity);
  }

  writeKeys(buffer: KeyBuffer, at: number, slots: Int32Array, from: number, to: number): void {
    if (to - from >= MANY_KEYS) buffer.set(slots.subarray(from, to), at);
    else for (let entry = from, row = at; entry < to; entry++, row++) buffer[row] = slots[entry] as number;
  }

  keyColumn(buffer: KeyBuffer, rowCount: number): Column {
    return Column.ofCodes((buffer as Int32Array).subarray(0, rowCount), this.#keys);
  }

  /** A copy in which the keys so far have the same codes, so that slots stay what they are. */
  #own(): void {
    if (!this.#isShared) return;
    const own = new Dictionary();
    for (const key of this.#keys.values) own.encode(key);
    this.#keys = own;
    this.#isShared = false;
  }

  #translate(batch: Batch, { codes, nulls, dictionary }: Column): void {
    this.#own();
    // Keys that the input keeps anyway are not worth forgetting: they would have to be mapped again.
    if (this.#keys.size >= this.#sweepAt && this.#keys.size >= 2 * dictionary.size) this.#sweep();
    if (this.#ownRowSlots.length < batch.rowCount) this.#ownRowSlots = new Int32Array(batch.rowCount);
    const rowSlots = this.#ownRowSlots;
    const slotOfCode = this.#mappedCodes(dictionary);
    for (let j = 0; j < batch.selectedCount; j++) {
      const i = batch.rowAt(j);
      // The code of a null is unspecified.
      if (nulls !== null && nulls[i] === 1) continue;
      const code = codes[i] as number;
      let slot = slotOfCode[code] as number;
      if (slot === NO_SLOT) slotOfCode[code] = slot = this.#keys.encode(dictionary.values[code] as string);
      rowSlots[i] = slot;
    }
    this.rowSlots = rowSlots;
  }

  #mappedCodes(dictionary: Dictionary): Int32Array {
    const mapped = this.#mapped.get(dictionary);
    const isCurrent = mapped !== undefined && mapped.generation === this.#generation;
    if (isCurrent && mapped.slotOfCode.length >= dictionary.size) return mapped.slotOfCode;
    const slotOfCode = new Int32Array(Math.max(dictionary.size, isCurrent ? mapped.slotOfCode.length * 2 : 0)).fill(NO_SLOT);
    if (isCurrent) slotOfCode.set(mapped.slotOfCode);
    this.#mapped.set(dictionary, { generation: this.#generation, slotOfCode });
    return slotOfCode;
  }

  #sweep(): void {
    const live = new Uint8Array(this.#keys.size);
    this.#users.markLive(live);
    const newSlotOf = new Int32Array(this.#keys.size);
    // Batches on their way still refer to the old dictionary, so it stays as it is.
    const kept = new Dictionary();
    for (let slot = 0; slot < live.length; slot++) newSlotOf[slot] = live[slot] === 1 ? kept.encode(this.keyAt(slot)) : NO_SLOT;
    this.#keys = kept;
    this.#users.renumber(newSlotOf);
    this.#generation++;
    this.#sweepAt = Math.max(MIN_SWEEP, 2 * kept.size);
  }
}
