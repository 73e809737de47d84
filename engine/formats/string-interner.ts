import { Dictionary } from '../batch/dictionary.ts';
import { decodeUtf8 } from './utf8.ts';

/** From here on a column of mostly new values gets a dictionary per batch. */
const MANY_ENTRIES = 65_536;
const MANY_BYTES = 8 << 20;
/** No dictionary grows beyond. */
const MAX_ENTRIES = 200_000;
const MAX_BYTES = 32 << 20;

const FIRST_SLOTS = 1 << 10;

/** Int32 per slot of the table: hash, start and end in the arena, code (-1 = empty). Together, because a look-up that misses the cache should miss it once. */
const SLOT = 4;
const FACTOR = 0x9e3779b1 | 0;

/**
 * Finds the dictionary code of a UTF-8 value without making a string of it: hash of the bytes, candidate, comparison of the bytes.
 * Only a value that was never seen is decoded. Open addressing; the bytes of all known values lie in one arena. Bytes are taken
 * four at a time: the last four overlap the ones before, so that nothing outside the value is read.
 *
 * Memory stays bounded whatever the file holds: see `endBatch`.
 */
export class StringInterner {
  #dictionary = new Dictionary();
  #slots = emptySlots(FIRST_SLOTS);
  #mask = FIRST_SLOTS - 1;
  #count = 0;
  #arena = new Uint8Array(FIRST_SLOTS * 8);
  #arenaWords = new DataView(this.#arena.buffer);
  #arenaEnd = 0;
  /** The buffer that values were last taken from, and its words. */
  #bytes = this.#arena;
  #words = this.#arenaWords;
  #sizeAtBatchStart = 0;
  #perBatch = false;

  /** The dictionary of the codes given out since the last `endBatch`. */
  get dictionary(): Dictionary {
    return this.#dictionary;
  }

  intern(bytes: Uint8Array, start: number, end: number): number {
    if (bytes !== this.#bytes) this.#takeFrom(bytes);
    const words = this.#words;
    const length = end - start;
    let hash = length;
    if (length >= 4) {
      const last = end - 4;
      for (let i = start; i < last; i += 4) {
        hash = Math.imul(hash ^ words.getInt32(i, true), FACTOR);
        hash ^= hash >>> 15;
      }
      hash = Math.imul(hash ^ words.getInt32(last, true), FACTOR);
    } else {
      for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), FACTOR);
    }
    hash ^= hash >>> 15;
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slot * SLOT;
      const code = slots[at + 3] as number;
      if (code < 0) return this.#add(bytes, start, end, hash, at);
      if (slots[at] !== hash) continue;
      const from = slots[at + 1] as number;
      if ((slots[at + 2] as number) - from === length && this.#isAt(bytes, start, length, from)) return code;
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
    const bytes = this.#arenaEnd;
    const mostlyNew = fresh * 2 > rowCount;
    if (mostlyNew ? size > MANY_ENTRIES || bytes > MANY_BYTES : size > MAX_ENTRIES || bytes > MAX_BYTES) {
      this.#perBatch = mostlyNew;
      this.#startOver();
    }
  }

  #isAt(bytes: Uint8Array, start: number, length: number, from: number): boolean {
    if (length < 4) {
      const arena = this.#arena;
      for (let k = 0; k < length; k++) if (bytes[start + k] !== arena[from + k]) return false;
      return true;
    }
    const words = this.#words;
    const arenaWords = this.#arenaWords;
    const last = length - 4;
    for (let k = 0; k < last; k += 4) if (words.getInt32(start + k, true) !== arenaWords.getInt32(from + k, true)) return false;
    return words.getInt32(start + last, true) === arenaWords.getInt32(from + last, true);
  }

  #takeFrom(bytes: Uint8Array): void {
    this.#bytes = bytes as Uint8Array<ArrayBuffer>;
    this.#words = new DataView(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
  }

  #startOver(): void {
    this.#dictionary = new Dictionary();
    this.#sizeAtBatchStart = 0;
    this.#count = 0;
    this.#arenaEnd = 0;
    // Tables that were sized for a large history would make every small batch pay for clearing them.
    this.#mask = Math.min(this.#mask, FIRST_SLOTS * 16 - 1);
    this.#slots = emptySlots(this.#mask + 1);
    if (this.#arena.length > MANY_BYTES) this.#growArena(new Uint8Array(FIRST_SLOTS * 8));
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, at: number): number {
    const from = this.#arenaEnd;
    const to = from + (end - start);
    if (to > this.#arena.length) this.#growArena(new Uint8Array(Math.max(this.#arena.length * 2, to)));
    const arena = this.#arena;
    for (let i = start, k = from; i < end; i++, k++) arena[k] = bytes[i] as number;
    this.#arenaEnd = to;
    // Two ill-formed byte sequences can decode to the same string: then they share its code.
    const code = this.#dictionary.encode(decodeUtf8(bytes, start, end));
    const slots = this.#slots;
    slots[at] = hash;
    slots[at + 1] = from;
    slots[at + 2] = to;
    slots[at + 3] = code;
    if (++this.#count * 2 > this.#mask) this.#growSlots();
    return code;
  }

  #growArena(arena: Uint8Array<ArrayBuffer>): void {
    arena.set(this.#arena.subarray(0, this.#arenaEnd));
    this.#arena = arena;
    this.#arenaWords = new DataView(arena.buffer);
  }

  #growSlots(): void {
    const old = this.#slots;
    const mask = this.#mask * 2 + 1;
    const slots = emptySlots(mask + 1);
    for (let at = 0; at < old.length; at += SLOT) {
      if ((old[at + 3] as number) < 0) continue;
      let slot = (old[at] as number) & mask;
      while ((slots[slot * SLOT + 3] as number) >= 0) slot = (slot + 1) & mask;
      for (let k = 0; k < SLOT; k++) slots[slot * SLOT + k] = old[at + k] as number;
    }
    this.#slots = slots;
    this.#mask = mask;
  }
}

function emptySlots(count: number): Int32Array<ArrayBuffer> {
  return new Int32Array(count * SLOT).fill(-1);
}
