import type { Row } from '../batch/schema.ts';
import { MIN_WATERMARK } from '../elements/marks.ts';

/**
 * Makes watermarks from the timestamps of one stream or split (Flink: `WatermarkGenerator`). `MIN_WATERMARK` = there is none to emit.
 * Nobody has to compare with earlier results: only what is higher than the last watermark is emitted.
 */
export interface WatermarkGenerator {
  /** A record came. What is returned is emitted at once (punctuated watermarks). */
  onEvent(timestamp: number, record: Row): number;
  /** What to emit when the period of watermark generation has passed. */
  onPeriodicEmit(): number;
  /** A plain value that `restore` goes on from. */
  snapshot(): unknown;
  restore(state: unknown): void;
}

/**
 * The highest timestamp − bound − 1 (Flink: `BoundedOutOfOrdernessWatermarks`; with a bound of 0, `AscendingTimestampsWatermarks`): a watermark
 * says that no record with this very timestamp follows any more.
 */
export class BoundedOutOfOrdernessWatermarks implements WatermarkGenerator {
  readonly #delayMs: number;
  #maxTimestamp = MIN_WATERMARK;

  constructor(maxOutOfOrdernessMs: number) {
    this.#delayMs = maxOutOfOrdernessMs + 1;
  }

  onEvent(timestamp: number): number {
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    return MIN_WATERMARK;
  }

  onPeriodicEmit(): number {
    return this.#maxTimestamp - this.#delayMs;
  }

  snapshot(): number {
    return this.#maxTimestamp;
  }

  restore(state: unknown): void {
    this.#maxTimestamp = state as number;
  }
}
