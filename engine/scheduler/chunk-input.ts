import type { ByteInput } from '../operators/operator.ts';

/** Chunks asked for ahead of the reader: enough to hide the round trip, little enough for flat memory. */
const CHUNKS_AHEAD = 4;

/**
 * A file on its way through the coordinator: asks for chunks ahead of the reader and hands them out in order.
 * Chunks that were asked for before a `seek` are recognised by their offset and dropped.
 */
export class ChunkInput implements ByteInput {
  readonly sizeBytes: number | null;
  readonly name: string | undefined;
  readonly #request: (offset: number) => void;
  readonly #chunkBytes: number;
  readonly #chunks = new Map<number, { readonly bytes: Uint8Array; readonly isLast: boolean }>();
  #readOffset = 0;
  #requestOffset = 0;
  #isEnded = false;

  constructor(sizeBytes: number | null, chunkBytes: number, request: (offset: number) => void, name?: string) {
    this.sizeBytes = sizeBytes;
    this.name = name;
    this.#chunkBytes = chunkBytes;
    this.#request = request;
    if (sizeBytes === 0) this.#isEnded = true;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  next(): Uint8Array | null {
    if (this.#isEnded) return null;
    const chunk = this.#chunks.get(this.#readOffset);
    if (chunk !== undefined) {
      this.#chunks.delete(this.#readOffset);
      this.#readOffset += chunk.bytes.length;
      if (chunk.isLast) this.#isEnded = true;
    }
    this.#askAhead();
    return chunk?.bytes ?? null;
  }

  seek(offset: number): void {
    this.#chunks.clear();
    this.#readOffset = offset;
    this.#requestOffset = offset;
    this.#isEnded = this.sizeBytes !== null && offset >= this.sizeBytes;
  }

  arrived(offset: number, bytes: Uint8Array, isLast: boolean): void {
    if (offset >= this.#readOffset) this.#chunks.set(offset, { bytes, isLast });
  }

  #askAhead(): void {
    const limit = Math.min(this.sizeBytes ?? Number.POSITIVE_INFINITY, this.#readOffset + CHUNKS_AHEAD * this.#chunkBytes);
    while (!this.#isEnded && this.#requestOffset < limit) {
      this.#request(this.#requestOffset);
      this.#requestOffset += this.#chunkBytes;
    }
  }
}

/** Bytes per chunk on the way from the coordinator (engine-measurements §5 used 1 MiB). */
export const CHUNK_BYTES = 1 << 20;
