import type { BatchLease } from '../batch/batch.ts';

/** Watermark that ends event time: everything that can fire fires. Flink's `Long.MAX_VALUE`. */
export const MAX_WATERMARK = Number.POSITIVE_INFINITY;
/** "No watermark yet". Flink's `Long.MIN_VALUE`. */
export const MIN_WATERMARK = Number.NEGATIVE_INFINITY;

/** Kinds of marks. Small integers: hot code switches on them. */
export const WATERMARK = 0;
/** `value` 1 = idle, 0 = active again. */
export const WATERMARK_STATUS = 1;
export const LATENCY_MARKER = 2;
export type MarkKind = typeof WATERMARK | typeof WATERMARK_STATUS | typeof LATENCY_MARKER;

const NO_INTEGERS = new Int32Array(0);
const NO_BYTES = new Uint8Array(0);
const NO_NUMBERS = new Float64Array(0);
/** V8 keeps typed arrays of up to 64 bytes in its own heap, where making one is ten times cheaper. */
const SMALL_CAPACITY = 8;

/**
 * Control elements inside a batch, sorted by position: mark `m` stands before physical row `positions[m]`
 * (`positions[m] === rowCount` = after the last). One watermark per record then costs two array writes instead of one batch.
 * `origins[m]` is the origin of the record that caused the mark; it orders marks against records of other channels.
 */
export class Marks {
  count = 0;
  positions: Int32Array;
  kinds: Uint8Array;
  values: Float64Array;
  origins: Float64Array;
  lease: BatchLease | null = null;

  /** Most batches have few marks or none, so memory is only taken with the first. */
  constructor(capacity = 0) {
    this.positions = capacity === 0 ? NO_INTEGERS : new Int32Array(capacity);
    this.kinds = capacity === 0 ? NO_BYTES : new Uint8Array(capacity);
    this.values = capacity === 0 ? NO_NUMBERS : new Float64Array(capacity);
    this.origins = capacity === 0 ? NO_NUMBERS : new Float64Array(capacity);
  }

  push(position: number, kind: MarkKind, value: number, origin: number): void {
    const at = this.count;
    if (at === this.positions.length) this.#grow();
    this.positions[at] = position;
    this.kinds[at] = kind;
    this.values[at] = value;
    this.origins[at] = origin;
    this.count = at + 1;
  }

  #grow(): void {
    const capacity = Math.max(SMALL_CAPACITY, this.positions.length * 2);
    const positions = new Int32Array(capacity);
    positions.set(this.positions);
    this.positions = positions;
    const kinds = new Uint8Array(capacity);
    kinds.set(this.kinds);
    this.kinds = kinds;
    const values = new Float64Array(capacity);
    values.set(this.values);
    this.values = values;
    const origins = new Float64Array(capacity);
    origins.set(this.origins);
    this.origins = origins;
  }
}
