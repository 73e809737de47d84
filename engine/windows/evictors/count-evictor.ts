import type { TimestampedRow } from './evictor.ts';
import { OneTimeEvictor } from './one-time-evictor.ts';

/** Keeps the newest n elements (Flink: `CountEvictor`). */
export class CountEvictor extends OneTimeEvictor {
  readonly #maxCount: number;

  constructor(maxCount: number, after: boolean) {
    super(after);
    this.#maxCount = maxCount;
  }

  protected override kept(elements: readonly TimestampedRow[]): readonly TimestampedRow[] {
    return elements.length <= this.#maxCount ? elements : elements.slice(elements.length - this.#maxCount);
  }
}
