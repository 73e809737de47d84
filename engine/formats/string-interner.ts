import { Dictionary } from '../batch/dictionary.ts';
import { decodeUtf8 } from './utf8.ts';

/** FNV-1a; callers hash while they look for the end of a value. */
export const HASH_START = 0x811c9dc5 | 0;
export const HASH_FACTOR = 16777619;

/** From here on a column of mostly new values gets a dictionary per batch. */
const MANY_ENTRIES = 65_536;
const MANY_BYTES = 8 << 20;
/** No dictionary grows beyond. */
const MAX_ENTRIES = 200_000;
const MAX_BYTES = 32 << 20;

const FIRST_SLOTS = 1 << 10;

export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_START;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), HASH_FACTOR);
  return hash;
}

/**
 * Finds the dictionary code of a UTF-8 value without making a string of it: hash of the bytes, candidate, comparison of the bytes.
 * Only a value that was never seen is decoded. Open addressing; the bytes of all known values lie in one arena.
 *
 * Memory stays bounded whatever the file holds: see `endBatch`.
 */
export class StringInterner {
  #dictionary = new Dictionary();
  #slots = new Int32Array(FIRST_SLOTS).fill(-1);
  #mask = FIRST_SLOTS - 1;
  #count = 0;
  #hashes = new Int32Array(FIRST_SLOTS >> 1);
  #codes = new Int32Array(FIRST_SLOTS >> 1);
  #ends = new Int32Array((FIRST_SLOTS >> 1) + 1);
  #arena = new Uint8Array(FIRST_SLOTS * 8);
  #sizeAtBatchStart = 0;
  #perBatch = false;

  /** The dictionary of the codes given out since the last `endBatch`. */
  get dictionary(): Dictionary {
    return this.#dictionary;
  }

  /** `hash` must be `hashBytes(bytes, start, end)`. */
  intern(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const hashes = this.#hashes;
    const ends = this.#ends;
    const arena = this.#arena;
    const mask = this.#mask;
    const length = end - start;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const entry = slots[slot] as number;
      if (entry < 0) return this.#add(bytes, start, end, hash, slot);
      if (hashes[entry] === hash) {
        const from = ends[entry] as number;
        if ((ends[entry + 1] as number) - from === length) {
          let k = 0;
          while (k < length && bytes[start + k] === arena[from + k]) k++;
          if (k === length) return this.#codes[entry] as number;
        }
      }
      slot = (slot + 1) & mask;
    }
  }

  /** For values that only exist as a string, e.g. after JSON escapes were resolved. */
  encode(value: string): number {
    return this.#dictionary.encode(value);
  }

  /**
   * The codes so far were put into a batch of `rowCount` rows. A column of mostly new values (UUIDs) gets a fresh dictionary for every
   * batch from now on, and any other one a fresh dictionary when it has become very large: a file of any size is read in flat memory.
   */
  endBatch(rowCount: number): void {
    const size = this.#dictionary.size;
    const fresh = size - this.#sizeAtBatchStart;
    this.#sizeAtBatchStart = size;
    if (this.#perBatch) {
      if (fresh * 4 < rowCount) this.#perBatch = false;
      else this.#startOver();
      return;
    }
    const bytes = this.#ends[this.#count] as number;
    const mostlyNew = fresh * 2 > rowCount;
    if (mostlyNew ? size > MANY_ENTRIES || bytes > MANY_BYTES : size > MAX_ENTRIES || bytes > MAX_BYTES) {
      this.#perBatch = mostlyNew;
      this.#startOver();
    }
  }

  #startOver(): void {
    this.#dictionary = new Dictionary();
    this.#sizeAtBatchStart = 0;
    this.#count = 0;
    // Tables that were sized for a large history would make every small batch pay for clearing them.
    if (this.#slots.length > FIRST_SLOTS * 16) this.#resizeSlots(FIRST_SLOTS * 16);
    else this.#slots.fill(-1);
    if (this.#arena.length > MANY_BYTES) this.#arena = new Uint8Array(FIRST_SLOTS * 8);
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const entry = this.#count++;
    if (this.#count > this.#hashes.length) this.#growEntries();
    const from = this.#ends[entry] as number;
    const to = from + (end - start);
    if (to > this.#arena.length) {
      const arena = new Uint8Array(Math.max(this.#arena.length * 2, to));
      arena.set(this.#arena);
      this.#arena = arena;
    }
    for (let i = start, k = from; i < end; i++, k++) this.#arena[k] = bytes[i] as number;
    this.#ends[entry + 1] = to;
    this.#hashes[entry] = hash;
    this.#slots[slot] = entry;
    // Two ill-formed byte sequences can decode to the same string, hence a code of its own beside the entry number.
    const code = this.#dictionary.encode(decodeUtf8(bytes, start, end));
    this.#codes[entry] = code;
    if (this.#count * 2 > this.#slots.length) this.#resizeSlots(this.#slots.length * 2);
    return code;
  }

  #growEntries(): void {
    const capacity = this.#hashes.length * 2;
    const hashes = new Int32Array(capacity);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    const codes = new Int32Array(capacity);
    codes.set(this.#codes);
    this.#codes = codes;
    const ends = new Int32Array(capacity + 1);
    ends.set(this.#ends);
    this.#ends = ends;
  }

  #resizeSlots(capacity: number): void {
    const slots = new Int32Array(capacity).fill(-1);
    const mask = capacity - 1;
    for (let entry = 0; entry < this.#count; entry++) {
      const hash = this.#hashes[entry] as number;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while ((slots[slot] as number) >= 0) slot = (slot + 1) & mask;
      slots[slot] = entry;
    }
    this.#slots = slots;
    this.#mask = mask;
  }
}
