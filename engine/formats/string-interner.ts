import { Dictionary } from '../batch/dictionary.ts';
import { decodeUtf8 } from './utf8.ts';

/** From here on a column of mostly new values gets a dictionary per batch. */
const MANY_ENTRIES = 65_536;
const MANY_BYTES = 8 << 20;
/** No dictionary grows beyond. */
const MAX_ENTRIES = 200_000;
const MAX_BYTES = 24 << 20;

const FIRST_SLOTS = 1 << 10;
const FIRST_ARENA = FIRST_SLOTS * 16;

/*
 * A slot of the table is one number: the upper bits of the hash, and below them where the value lies in the arena, in words of four bytes
 * (0 = empty). There lie its length, its code and its bytes. So a value is found in two places of memory, and what does not lie in the cache costs
 * more than everything else.
 */
const PLACE_BITS = 23;
const PLACE_MASK = (1 << PLACE_BITS) - 1;
/** Words before the bytes of a value. */
const HEAD = 2;
/** In bytes; as far as places go. Values that have no room are found by their text until `endBatch` starts over, which it does long before. */
const MAX_ARENA = 4 << PLACE_BITS;

/** How `find` wants values hashed: from 0, for every four bytes, and for what is left of them with zeros behind, `imul(hash ^ word, FACTOR)`, then `hash ^ (hash >>> FOLD)`. */
export const FACTOR = 0x9e3779b1 | 0;
export const FOLD = 15;

/**
 * Finds the dictionary code of a UTF-8 value without making a string of it: hash of the bytes, candidate, comparison of the bytes.
 * Only a value that was never seen is decoded. Open addressing; the bytes of all known values lie in one arena. Bytes are taken
 * four at a time; nothing outside the value is read.
 *
 * Memory stays bounded whatever the file holds: see `endBatch`.
 */
export class StringInterner {
  #dictionary = new Dictionary();
  #slots = new Int32Array(FIRST_SLOTS);
  #mask = FIRST_SLOTS - 1;
  #count = 0;
  #arena = new Uint8Array(FIRST_ARENA);
  /** The same memory: numbers, and bytes four at a time. */
  #arenaInts = new Int32Array(this.#arena.buffer);
  #arenaWords = new DataView(this.#arena.buffer);
  /** In words; the first one is not used. */
  #arenaEnd = 1;
  /** The buffer that values were last taken from, and its words. */
  #bytes = this.#arena;
  #words = this.#arenaWords;
  #sizeAtBatchStart = 0;
  #perBatch = false;

  /** The dictionary of the codes given out since the last `endBatch`. */
  get dictionary(): Dictionary {
    return this.#dictionary;
  }

  /** The code of `bytes[start, end)`. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    if (bytes !== this.#bytes) this.#takeFrom(bytes);
    return this.find(bytes, this.#words, start, end, hashOf(bytes, this.#words, start, end));
  }

  /**
   * The code of `bytes[start, end)` for readers that hash while they look for the end of a value.
   * @param words The same memory as `bytes`.
   * @param hash See `FACTOR`.
   */
  find(bytes: Uint8Array, words: DataView, start: number, end: number, hash: number): number {
    const length = end - start;
    const slots = this.#slots;
    const mask = this.#mask;
    const ints = this.#arenaInts;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = slots[at] as number;
      if (slot === 0) return this.#add(bytes, start, end, hash, at);
      if ((slot ^ hash) >>> PLACE_BITS !== 0) continue;
      const place = slot & PLACE_MASK;
      if (ints[place] === length && this.#isAt(words, start, length, (place + HEAD) * 4)) return ints[place + 1] as number;
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
    const bytes = this.#arenaEnd * 4;
    const mostlyNew = fresh * 2 > rowCount;
    if (mostlyNew ? size > MANY_ENTRIES || bytes > MANY_BYTES : size > MAX_ENTRIES || bytes > MAX_BYTES) {
      this.#perBatch = mostlyNew;
      this.#startOver();
    }
  }

  #isAt(words: DataView, start: number, length: number, from: number): boolean {
    const arenaWords = this.#arenaWords;
    if (length < 4) {
      for (let k = 0; k < length; k++) if (words.getUint8(start + k) !== arenaWords.getUint8(from + k)) return false;
      return true;
    }
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
    this.#arenaEnd = 1;
    // Tables that were sized for a large history would make every small batch pay for clearing them.
    this.#mask = Math.min(this.#mask, FIRST_SLOTS * 16 - 1);
    this.#slots = new Int32Array(this.#mask + 1);
    if (this.#arena.length > MANY_BYTES) this.#setArena(new Uint8Array(FIRST_ARENA));
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, at: number): number {
    // Two ill-formed byte sequences can decode to the same string: then they share its code.
    const code = this.#dictionary.encode(decodeUtf8(bytes, start, end));
    const place = this.#arenaEnd;
    const next = place + HEAD + ((end - start + 3) >> 2);
    if (next * 4 > MAX_ARENA) return code;
    if (next * 4 > this.#arena.length) this.#growArena(next * 4);
    this.#arenaInts[place] = end - start;
    this.#arenaInts[place + 1] = code;
    const arena = this.#arena;
    for (let i = start, k = (place + HEAD) * 4; i < end; i++, k++) arena[k] = bytes[i] as number;
    this.#arenaEnd = next;
    this.#slots[at] = (hash & ~PLACE_MASK) | place;
    if (++this.#count * 2 > this.#mask) this.#growSlots();
    return code;
  }

  #growArena(needed: number): void {
    const arena = new Uint8Array(Math.max(this.#arena.length * 2, needed));
    arena.set(this.#arena.subarray(0, this.#arenaEnd * 4));
    this.#setArena(arena);
  }

  #setArena(arena: Uint8Array<ArrayBuffer>): void {
    this.#arena = arena;
    this.#arenaInts = new Int32Array(arena.buffer);
    this.#arenaWords = new DataView(arena.buffer);
  }

  #growSlots(): void {
    const mask = this.#mask * 2 + 1;
    const slots = new Int32Array(mask + 1);
    for (let place = 1; place < this.#arenaEnd; ) {
      const length = this.#arenaInts[place] as number;
      const start = (place + HEAD) * 4;
      const hash = hashOf(this.#arena, this.#arenaWords, start, start + length);
      let at = hash & mask;
      while (slots[at] !== 0) at = (at + 1) & mask;
      slots[at] = (hash & ~PLACE_MASK) | place;
      place += HEAD + ((length + 3) >> 2);
    }
    this.#slots = slots;
    this.#mask = mask;
  }
}

/** See `FACTOR`. */
function hashOf(bytes: Uint8Array, words: DataView, start: number, end: number): number {
  let hash = 0;
  let i = start;
  for (; i + 4 <= end; i += 4) hash = mixed(hash, words.getInt32(i, true));
  if (i === end) return hash;
  let rest = 0;
  for (let shift = 0; i < end; i++, shift += 8) rest |= (bytes[i] as number) << shift;
  return mixed(hash, rest);
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, FACTOR);
  return product ^ (product >>> FOLD);
}
