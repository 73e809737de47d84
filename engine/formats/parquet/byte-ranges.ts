import type { ByteSource } from '../byte-window.ts';

/** Up to here it is cheaper to read over bytes that nobody wants than to ask for the ones behind them anew. */
const MAX_GAP = 1 << 20;

/** Ranges of a file, from a source that hands out chunks in order: parts of a Parquet file are found by their offset. */
export class ByteRanges {
  readonly #source: ByteSource;
  /** Offset in the file of the next chunk. */
  #position = 0;
  /** The last chunk, and its offset. */
  #chunk = new Uint8Array(0);
  #chunkStart = 0;
  #wanted: { readonly start: number; readonly bytes: Uint8Array<ArrayBuffer>; filled: number } | null = null;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /**
   * The bytes `[start, end)` of the file; the caller owns them. Null while they have not all arrived: then ask for the same range again.
   * @throws Error when the file ends before.
   */
  take(start: number, end: number): Uint8Array<ArrayBuffer> | null {
    const wanted = this.#wanted ?? { start, bytes: new Uint8Array(end - start), filled: 0 };
    this.#wanted = wanted;
    while (wanted.filled < wanted.bytes.length) {
      const next = start + wanted.filled;
      if (next >= this.#chunkStart && next < this.#chunkStart + this.#chunk.length) this.#copy(next);
      else if (!this.#advance(next)) return null;
    }
    this.#wanted = null;
    return wanted.bytes;
  }

  #copy(next: number): void {
    const wanted = this.#wanted;
    if (wanted === null) return;
    const from = next - this.#chunkStart;
    const part = this.#chunk.subarray(from, from + wanted.bytes.length - wanted.filled);
    wanted.bytes.set(part, wanted.filled);
    wanted.filled += part.length;
  }

  /** Reads the next chunk on the way to offset `next`; false when it has not arrived. */
  #advance(next: number): boolean {
    if (next < this.#position || next > this.#position + MAX_GAP) {
      this.#source.seek(next);
      this.#position = next;
    }
    const chunk = this.#source.next();
    if (chunk === null) {
      if (this.#source.isEnded) throw new Error(`the file ends at byte ${this.#position}, earlier than its footer says`);
      return false;
    }
    this.#chunk = chunk as Uint8Array<ArrayBuffer>;
    this.#chunkStart = this.#position;
    this.#position += chunk.length;
    return true;
  }
}
