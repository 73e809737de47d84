/** Bytes of a file, chunk by chunk. What `formats` needs of the contract's `ByteInput`. */
export interface ByteSource {
  /** The next chunk (the reader owns it), or null when none has arrived yet or the end is reached. */
  next(): Uint8Array | null;
  readonly isEnded: boolean;
  seek(offset: number): void;
}

const LINE_FEED = 10;

/**
 * The unread part of a file that is in memory: `bytes[position, end)`, starting on line `line` of the file (1 = the first).
 * Readers move `position` and `line` from record to record; bytes of a record that is cut by a chunk boundary are kept until the rest is here.
 * The last line always ends with a line feed: one is added where the file has none.
 */
export class ByteWindow {
  readonly #source: ByteSource;
  bytes: Uint8Array = new Uint8Array(0);
  /** The same bytes, for reading several at once. */
  words = wordsOf(this.bytes);
  position = 0;
  end = 0;
  line = 1;
  /** Offset in the file of `bytes[0]`. */
  #base = 0;
  #buffer = new Uint8Array(0);
  #isClosed = false;
  #received = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** All that is left of the file is in the window. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get length(): number {
    return this.end - this.position;
  }

  /** Offset in the file of the next unread byte. */
  get offset(): number {
    return Math.min(this.#base + this.position, this.#received);
  }

  /**
   * Records that end before this position are whole, and may be read four bytes at a time: three bytes behind it still exist.
   * Right behind a line feed, or 0.
   */
  get plainEnd(): number {
    const last = Math.min(this.end, this.bytes.length - 3) - 1;
    return last < 0 ? 0 : this.bytes.lastIndexOf(LINE_FEED, last) + 1;
  }

  /** Adds the next chunk. `waiting`: none has arrived yet; `ended`: there is nothing to add any more. */
  fill(): 'filled' | 'waiting' | 'ended' {
    if (this.#isClosed) return 'ended';
    const chunk = this.#source.next();
    if (chunk === null) {
      if (!this.#source.isEnded) return 'waiting';
      this.#isClosed = true;
      if (this.length === 0 || this.bytes[this.end - 1] === LINE_FEED) return 'ended';
      this.#append(Uint8Array.of(LINE_FEED));
      return 'filled';
    }
    this.#received += chunk.length;
    if (this.length > 0) this.#append(chunk);
    else {
      this.#base += this.end;
      this.bytes = chunk;
      this.words = wordsOf(chunk);
      this.position = 0;
      this.end = chunk.length;
    }
    return 'filled';
  }

  /** Continues at a place that `offset` and `line` gave before. */
  seek(offset: number, line: number): void {
    this.#source.seek(offset);
    this.bytes = new Uint8Array(0);
    this.words = wordsOf(this.bytes);
    this.position = 0;
    this.end = 0;
    this.line = line;
    this.#base = offset;
    this.#received = offset;
    this.#isClosed = false;
  }

  #append(chunk: Uint8Array): void {
    const rest = this.length;
    const needed = rest + chunk.length;
    const target = needed <= this.#buffer.length ? this.#buffer : new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    // `set` and `copyWithin` both move overlapping ranges correctly, and the rest may lie in this very buffer.
    target.set(this.bytes.subarray(this.position, this.end), 0);
    target.set(chunk, rest);
    this.#buffer = target;
    this.#base += this.position;
    if (this.bytes !== target) this.words = wordsOf(target);
    this.bytes = target;
    this.position = 0;
    this.end = needed;
  }
}

function wordsOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
