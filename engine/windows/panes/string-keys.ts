import type { Batch } from '../../batch/batch.ts';
import { Column } from '../../batch/column.ts';
import { Dictionary } from '../../batch/dictionary.ts';
import { must } from '../../util/assert.ts';
import type { KeyBuffer, LiveSlots, PaneKeys } from './pane-keys.ts';
import { NO_SLOT } from './pane-keys.ts';
import { SlotAllocator } from './slot-allocator.ts';

/** Codes of one dictionary that have been mapped; outdated once slots were taken back. */
interface MappedCodes {
  readonly generation: number;
  readonly slotOfCode: Int32Array;
}

/** String keys: a dictionary code finds its slot through one array per dictionary, so that no string is hashed in the hot path. */
export class StringKeys implements PaneKeys {
  codes: Int32Array = new Int32Array(0);
  slotOfCode: Int32Array = new Int32Array(0);
  readonly #slots: SlotAllocator;
  readonly #slotOfKey = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #mapped = new WeakMap<Dictionary, MappedCodes>();
  #input = new Dictionary();
  #generation = 0;
  /** Dictionary of the results, and the code in it of each slot (-1 = not in it yet). Renewed with every sweep, so that it stays bounded. */
  #output = new Dictionary();
  #outputCodes = new Int32Array(0);

  constructor(live: LiveSlots) {
    this.#slots = new SlotAllocator(live);
  }

  get slotLimit(): number {
    return this.#slots.limit;
  }

  get keyCount(): number {
    return this.#slotOfKey.size;
  }

  beginBatch(_batch: Batch, keyColumn: Column): void {
    if (this.#slots.isSweepDue) this.#sweep();
    this.codes = keyColumn.codes;
    this.#input = keyColumn.dictionary;
    this.slotOfCode = this.#mappedCodes(keyColumn.dictionary);
  }

  slotOfRow(i: number): number {
    const code = this.codes[i] as number;
    const slot = this.slotOfKey(this.#input.values[code]);
    this.slotOfCode[code] = slot;
    return slot;
  }

  slotOfKey(key: unknown): number {
    const text = key as string;
    const known = this.#slotOfKey.get(text);
    if (known !== undefined) return known;
    const slot = this.#slots.take();
    this.#slotOfKey.set(text, slot);
    this.#keys[slot] = text;
    return slot;
  }

  keyAt(slot: number): string {
    return must(this.#keys[slot], 'the key of a slot');
  }

  newBuffer(capacity: number): Int32Array {
    return new Int32Array(capacity);
  }

  writeKeys(buffer: KeyBuffer, at: number, slots: Int32Array, from: number, to: number): void {
    if (this.#outputCodes.length < this.#slots.limit) this.#growOutputCodes();
    const outputCodes = this.#outputCodes;
    const codes = buffer as Int32Array;
    for (let entry = from, row = at; entry < to; entry++, row++) {
      const slot = slots[entry] as number;
      let code = outputCodes[slot] as number;
      if (code < 0) outputCodes[slot] = code = this.#output.encode(this.keyAt(slot));
      codes[row] = code;
    }
  }

  keyColumn(buffer: KeyBuffer, rowCount: number): Column {
    return Column.ofCodes((buffer as Int32Array).subarray(0, rowCount), this.#output);
  }

  #growOutputCodes(): void {
    const grown = new Int32Array(Math.max(this.#slots.limit, this.#outputCodes.length * 2)).fill(-1);
    grown.set(this.#outputCodes);
    this.#outputCodes = grown;
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
    const live = this.#slots.sweep();
    for (const [key, slot] of this.#slotOfKey) if (live[slot] === 0) this.#slotOfKey.delete(key);
    this.#keys.length = this.#slots.limit;
    this.#generation++;
    this.#output = new Dictionary();
    this.#outputCodes = new Int32Array(0);
  }
}
