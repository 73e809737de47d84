const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;

/** The record ends beyond the bytes at hand. */
export const CSV_INCOMPLETE = -1;
/** Something follows the closing quote of field `count` (from 0). */
export const CSV_AFTER_QUOTE = -2;

/**
 * Splits one CSV record into fields by the letter of RFC 4180: quoted fields may hold delimiters, line ends and doubled quotes.
 * A quote inside an unquoted field is a character like any other. Fields are slices of `source(k)`.
 */
export class CsvRecord {
  count = 0;
  /** Line feeds inside the record and its own line end. */
  lineCount = 0;
  #starts = new Int32Array(16);
  #ends = new Int32Array(16);
  /** 0 = plain, 1 = quoted, 2 = quoted, and its text lies in `#scratch` because quotes were doubled. */
  #flags = new Uint8Array(16);
  #bytes: Uint8Array = new Uint8Array(0);
  #scratch = new Uint8Array(256);
  #scratchEnd = 0;

  start(k: number): number {
    return this.#starts[k] as number;
  }

  end(k: number): number {
    return this.#ends[k] as number;
  }

  isQuoted(k: number): boolean {
    return this.#flags[k] !== 0;
  }

  source(k: number): Uint8Array {
    return this.#flags[k] === 2 ? this.#scratch : this.#bytes;
  }

  /** Where the next record starts, or one of the negative codes. The record must end with a line feed. */
  read(bytes: Uint8Array, position: number, end: number, delimiter: number): number {
    this.count = 0;
    this.lineCount = 1;
    this.#scratchEnd = 0;
    this.#bytes = bytes;
    let i = position;
    for (;;) {
      if (i >= end) return CSV_INCOMPLETE;
      if (bytes[i] === QUOTE) i = this.#quoted(bytes, i + 1, end);
      else i = this.#plain(bytes, i, end, delimiter);
      if (i < 0) return i;
      if (bytes[i] === CARRIAGE_RETURN && bytes[i + 1] === LINE_FEED) i++;
      if (bytes[i] === LINE_FEED) {
        this.count++;
        return i + 1;
      }
      if (bytes[i] !== delimiter) return CSV_AFTER_QUOTE;
      this.count++;
      i++;
    }
  }

  #plain(bytes: Uint8Array, start: number, end: number, delimiter: number): number {
    let i = start;
    for (; i < end; i++) {
      const c = bytes[i];
      if (c === delimiter || c === LINE_FEED) break;
    }
    if (i === end) return CSV_INCOMPLETE;
    const isLineEnd = bytes[i] === LINE_FEED && i > start && bytes[i - 1] === CARRIAGE_RETURN;
    const stop = isLineEnd ? i - 1 : i;
    this.#field(start, stop, 0);
    return stop;
  }

  #quoted(bytes: Uint8Array, start: number, end: number): number {
    let i = start;
    let doubled = 0;
    for (; ; i++) {
      if (i >= end) return CSV_INCOMPLETE;
      const c = bytes[i];
      if (c === LINE_FEED) this.lineCount++;
      else if (c === QUOTE) {
        // Whether this quote closes the field depends on the next byte, which may lie in the next chunk.
        if (i + 1 >= end) return CSV_INCOMPLETE;
        if (bytes[i + 1] !== QUOTE) break;
        doubled++;
        i++;
      }
    }
    if (bytes[i + 1] === CARRIAGE_RETURN && i + 2 >= end) return CSV_INCOMPLETE;
    if (doubled === 0) this.#field(start, i, 1);
    else this.#field(this.#unescape(bytes, start, i), this.#scratchEnd, 2);
    return i + 1;
  }

  #unescape(bytes: Uint8Array, start: number, end: number): number {
    const from = this.#scratchEnd;
    if (from + end - start > this.#scratch.length) {
      const grown = new Uint8Array((from + end - start) * 2);
      grown.set(this.#scratch);
      this.#scratch = grown;
    }
    let to = from;
    for (let i = start; i < end; i++) {
      const c = bytes[i] as number;
      this.#scratch[to++] = c;
      if (c === QUOTE) i++;
    }
    this.#scratchEnd = to;
    return from;
  }

  #field(start: number, end: number, flag: number): void {
    const at = this.count;
    if (at === this.#starts.length) {
      this.#starts = doubledInts(this.#starts);
      this.#ends = doubledInts(this.#ends);
      const flags = new Uint8Array(at * 2);
      flags.set(this.#flags);
      this.#flags = flags;
    }
    this.#starts[at] = start;
    this.#ends[at] = end;
    this.#flags[at] = flag;
  }
}

function doubledInts(values: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(values.length * 2);
  grown.set(values);
  return grown;
}
