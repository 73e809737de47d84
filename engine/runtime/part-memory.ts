import type { GatherMemory } from '../batch/gather.ts';

/** The arrays of one batch after another: what a part of a batch for one of several receivers is written to. Larger than needed, because parts differ in size. */
export class PartMemory implements GatherMemory {
  readonly #numbers: Float64Array[] = [];
  readonly #codes: Int32Array[] = [];
  #nextNumbers = 0;
  #nextCodes = 0;

  /** All arrays may be written to again. */
  begin(): this {
    this.#nextNumbers = 0;
    this.#nextCodes = 0;
    return this;
  }

  f64(count: number): Float64Array {
    const at = this.#nextNumbers++;
    let array = this.#numbers[at];
    if (array === undefined || array.length < count) this.#numbers[at] = array = new Float64Array(withReserve(count));
    return array.subarray(0, count);
  }

  codes(count: number): Int32Array {
    const at = this.#nextCodes++;
    let array = this.#codes[at];
    if (array === undefined || array.length < count) this.#codes[at] = array = new Int32Array(withReserve(count));
    return array.subarray(0, count);
  }
}

function withReserve(count: number): number {
  return count + (count >> 2);
}
