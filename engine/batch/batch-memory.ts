import { BATCH_CAPACITY } from './batch.ts';
import type { GatherMemory } from './gather.ts';

/** The arrays of one batch after another, in the order in which they are asked for. Some are larger than was asked for, because batches differ in size. */
export class BatchMemory implements GatherMemory {
  readonly #numbers: Float64Array<ArrayBuffer>[] = [];
  readonly #codes: Int32Array<ArrayBuffer>[] = [];
  readonly #bytes: Uint8Array<ArrayBuffer>[] = [];
  #nextNumbers = 0;
  #nextCodes = 0;
  #nextBytes = 0;

  /** All arrays may be written to again. */
  begin(): this {
    this.#nextNumbers = 0;
    this.#nextCodes = 0;
    this.#nextBytes = 0;
    return this;
  }

  f64(count: number): Float64Array<ArrayBuffer> {
    const at = this.#nextNumbers++;
    let array = this.#numbers[at];
    if (array === undefined || array.length < count) this.#numbers[at] = array = new Float64Array(withReserve(count));
    return array.length === count ? array : array.subarray(0, count);
  }

  codes(count: number): Int32Array<ArrayBuffer> {
    const at = this.#nextCodes++;
    let array = this.#codes[at];
    if (array === undefined || array.length < count) this.#codes[at] = array = new Int32Array(withReserve(count));
    return array.length === count ? array : array.subarray(0, count);
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    const at = this.#nextBytes++;
    let array = this.#bytes[at];
    if (array === undefined || array.length < count) this.#bytes[at] = array = new Uint8Array(withReserve(count));
    return array.length === count ? array : array.subarray(0, count);
  }

  /** All of its arrays, for tests. */
  get arrays(): readonly ArrayBufferView[] {
    return [...this.#numbers, ...this.#codes, ...this.#bytes];
  }
}

function withReserve(count: number): number {
  return count >= BATCH_CAPACITY ? count : Math.min(BATCH_CAPACITY, count + (count >> 2));
}
