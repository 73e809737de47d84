import type { ByteInput } from '../operators/operator.ts';

/**
 * Bytes in memory, handed out in chunks of given sizes (repeated as needed). A size of 0 is a moment in which nothing has arrived yet.
 */
export class MemoryByteInput implements ByteInput {
  readonly sizeBytes: number;
  readonly name: string | undefined;
  readonly #bytes: Uint8Array;
  readonly #chunkSizes: readonly number[];
  #chunk = 0;
  #offset = 0;

  /** @param chunkSizes At least one of them is positive. */
  constructor(bytes: Uint8Array, chunkSizes: readonly number[] = [65_536], name?: string) {
    this.#bytes = bytes;
    this.#chunkSizes = chunkSizes;
    this.sizeBytes = bytes.length;
    this.name = name;
  }

  get isEnded(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  next(): Uint8Array | null {
    const size = this.#chunkSizes[this.#chunk++ % this.#chunkSizes.length] as number;
    if (this.isEnded || size === 0) return null;
    const chunk = this.#bytes.slice(this.#offset, this.#offset + size);
    this.#offset += chunk.length;
    return chunk;
  }

  seek(offset: number): void {
    this.#offset = offset;
  }
}
