import type { SlotKeys } from './slot-keys.ts';

/** What a cell holds. Numbers and everything else have an array each; a boolean is its own tag. */
export const EMPTY = 0;
export const NUMBER = 1;
export const FALSE = 2;
export const TRUE = 3;
export const OTHER = 4;

const NO_NUMBERS = new Float64Array(0);

/**
 * One state of an operator: a cell per key slot. Numbers lie in a typed array, which is made when the first comes; so a state that holds booleans takes
 * a byte per key and one that holds numbers nine.
 */
export class SlotCells {
  tags = new Uint8Array(0);
  numbers: Float64Array = NO_NUMBERS;
  others: unknown[] = [];
  readonly #keys: SlotKeys;

  constructor(keys: SlotKeys) {
    this.#keys = keys;
  }

  /** Room for slots below `slotCount`. */
  ensure(slotCount: number): void {
    if (slotCount <= this.tags.length) return;
    const tags = new Uint8Array(Math.max(1024, slotCount, this.tags.length * 2));
    tags.set(this.tags);
    this.tags = tags;
    if (this.numbers.length > 0) this.#growNumbers();
    if (this.others.length > 0) this.#growOthers();
  }

  /** Undefined: the cell is empty. */
  read(slot: number): unknown {
    const tag = this.tags[slot] as number;
    if (tag === EMPTY) return undefined;
    if (tag === NUMBER) return this.numbers[slot];
    return tag === OTHER ? this.others[slot] : tag === TRUE;
  }

  /** `undefined` empties the cell. */
  write(slot: number, content: unknown): void {
    if (typeof content === 'number') this.writeNumber(slot, content);
    else if (typeof content === 'boolean') this.#tag(slot, content ? TRUE : FALSE);
    else if (content === undefined) this.remove(slot);
    else {
      if (this.others.length === 0) this.#growOthers();
      this.#tag(slot, OTHER);
      this.others[slot] = content;
    }
  }

  writeNumber(slot: number, content: number): void {
    if (this.numbers.length === 0) this.#growNumbers();
    this.#tag(slot, NUMBER);
    this.numbers[slot] = content;
  }

  remove(slot: number): void {
    const tag = this.tags[slot] as number;
    if (tag === EMPTY) return;
    // Nothing of it may be kept alive.
    if (tag === OTHER) this.others[slot] = undefined;
    this.tags[slot] = EMPTY;
    this.#keys.lost(slot);
  }

  /** Slot `s` is `newSlotOf[s]` from now on, below `capacity`; slots that have none, below 0, are empty. */
  renumber(newSlotOf: Int32Array, capacity: number): void {
    const { tags, numbers, others } = this;
    this.tags = new Uint8Array(capacity);
    this.numbers = numbers.length > 0 ? new Float64Array(capacity) : NO_NUMBERS;
    this.others = others.length > 0 ? new Array<unknown>(capacity).fill(undefined) : [];
    for (let old = 0; old < newSlotOf.length; old++) {
      const slot = newSlotOf[old] as number;
      const tag = tags[old] as number;
      if (slot < 0 || tag === EMPTY) continue;
      this.tags[slot] = tag;
      if (tag === NUMBER) this.numbers[slot] = numbers[old] as number;
      else if (tag === OTHER) this.others[slot] = others[old];
    }
  }

  #tag(slot: number, tag: number): void {
    const before = this.tags[slot] as number;
    if (before === tag) return;
    this.tags[slot] = tag;
    if (before === EMPTY) this.#keys.gained(slot);
    else if (before === OTHER) this.others[slot] = undefined;
  }

  #growNumbers(): void {
    const numbers = new Float64Array(this.tags.length);
    numbers.set(this.numbers);
    this.numbers = numbers;
  }

  /** An array without holes, made in one piece: V8 would turn one that is written far behind its end into a dictionary. */
  #growOthers(): void {
    const others = new Array<unknown>(this.tags.length).fill(undefined);
    for (let slot = 0; slot < this.others.length; slot++) others[slot] = this.others[slot];
    this.others = others;
  }
}
