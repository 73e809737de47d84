import { originOf } from '../../engine/elements/origin.ts';

const FIRST_BASE = 1_700_000_000_000;

export interface PassesOptions {
  /** Records of a pass, without the one that closes it. */
  readonly count: number;
  readonly recordsPerMs: number;
  /** Passes start at multiples of this. It is longer than anything waits for a record: the longest window, gap or timer. */
  readonly alignMs: number;
}

/**
 * The same records again and again, each pass later in event time than the one before: a job can then run for as long as it takes its
 * kernels to be compiled, and still every pass has the same results. Timestamps and origins are moved in place, between the passes.
 */
export class Passes {
  /** By how much a record's timestamp may be below that of an earlier one. */
  readonly disorderMs = 100;
  readonly #count: number;
  readonly #recordsPerMs: number;
  readonly #alignMs: number;
  readonly #strideMs: number;
  readonly #timestamps: Float64Array[] = [];
  readonly #origins: Float64Array[] = [];
  #base = FIRST_BASE;
  #firstPosition = 0;

  constructor({ count, recordsPerMs, alignMs }: PassesOptions) {
    this.#count = count;
    this.#recordsPerMs = recordsPerMs;
    this.#alignMs = alignMs;
    this.#strideMs = Math.ceil(count / recordsPerMs / alignMs) * alignMs + 2 * alignMs;
  }

  /** Event time at which this pass starts. */
  get base(): number {
    return this.#base;
  }

  /** Behind all that waits for the records of this pass, and so long before the next that nothing of it waits then. */
  get closingTime(): number {
    return this.#base + this.#strideMs - this.#alignMs;
  }

  /** Place of the first record in the order of the sources. */
  get firstPosition(): number {
    return this.#firstPosition;
  }

  /** Place of the record that closes the pass. */
  get closingPosition(): number {
    return this.#firstPosition + this.#count;
  }

  /** Timestamps in order, moved with the passes. */
  newTimestamps(): Float64Array {
    return this.movedTimestamps(Float64Array.from({ length: this.#count }, (_, i) => this.#base + Math.floor(i / this.#recordsPerMs)));
  }

  movedTimestamps(timestamps: Float64Array): Float64Array {
    this.#timestamps.push(timestamps);
    return timestamps;
  }

  /** Origins of records at these places, moved with the passes. @param positions Absent: all places. */
  newOrigins(source: number, positions?: Int32Array): Float64Array {
    const length = positions?.length ?? this.#count;
    const origins = Float64Array.from({ length }, (_, i) => originOf(this.#firstPosition + (positions?.[i] ?? i), source));
    this.#origins.push(origins);
    return origins;
  }

  advance(): void {
    const positions = this.#count + 1;
    for (const timestamps of this.#timestamps) addToAll(timestamps, this.#strideMs);
    for (const origins of this.#origins) addToAll(origins, originOf(positions, 0));
    this.#base += this.#strideMs;
    this.#firstPosition += positions;
  }
}

function addToAll(values: Float64Array, amount: number): void {
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) + amount;
}
