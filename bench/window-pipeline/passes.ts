import { originOf } from '../../engine/elements/origin.ts';

export const WINDOW_MS = 10_000;
const FIRST_BASE = 1_700_000_000_000;

/**
 * The same records again and again, each pass later in event time than the one before: a job can then run for as long as it takes its
 * kernels to be compiled, and still every pass has the same results. Timestamps and origins are moved in place, between the passes.
 */
export class Passes {
  /** By how much a record's timestamp may be below that of an earlier one. */
  readonly disorderMs = 100;
  readonly timestamps: Float64Array;
  readonly origins: Float64Array;
  readonly #strideMs: number;
  #base = FIRST_BASE;
  #firstPosition = 0;

  constructor(count: number, recordsPerMs: number) {
    this.timestamps = new Float64Array(count);
    this.origins = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      this.timestamps[i] = FIRST_BASE + Math.floor(i / recordsPerMs);
      this.origins[i] = originOf(i, 0);
    }
    this.#strideMs = Math.ceil(count / recordsPerMs / WINDOW_MS) * WINDOW_MS + 2 * WINDOW_MS;
  }

  /** Event time at which this pass starts: the start of a window. */
  get base(): number {
    return this.#base;
  }

  /** Behind the last window of this pass and before the first of the next: a record at this time makes all windows fire. */
  get closingTime(): number {
    return this.#base + this.#strideMs - WINDOW_MS;
  }

  /** Place of the first record in the order of the source. */
  get firstPosition(): number {
    return this.#firstPosition;
  }

  /** Place of the record that closes the pass. */
  get closingPosition(): number {
    return this.#firstPosition + this.timestamps.length;
  }

  delay(i: number, byMs: number): void {
    this.timestamps[i] = Math.max(this.#base, (this.timestamps[i] as number) - byMs);
  }

  advance(): void {
    const { timestamps, origins } = this;
    const strideMs = this.#strideMs;
    const positions = timestamps.length + 1;
    const strideOrigin = originOf(positions, 0);
    for (let i = 0; i < timestamps.length; i++) timestamps[i] = (timestamps[i] as number) + strideMs;
    for (let i = 0; i < origins.length; i++) origins[i] = (origins[i] as number) + strideOrigin;
    this.#base += strideMs;
    this.#firstPosition += positions;
  }
}
