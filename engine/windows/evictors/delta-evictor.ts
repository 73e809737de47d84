import type { DeltaFunction } from '../triggers/delta-trigger.ts';
import type { TimestampedRow } from './evictor.ts';
import { OneTimeEvictor } from './one-time-evictor.ts';

/** Keeps elements whose difference to the newest element is below the threshold (Flink: `DeltaEvictor`). */
export class DeltaEvictor extends OneTimeEvictor {
  readonly #threshold: number;
  readonly #delta: DeltaFunction;

  constructor(threshold: number, delta: DeltaFunction, after: boolean) {
    super(after);
    this.#threshold = threshold;
    this.#delta = delta;
  }

  protected override kept(elements: readonly TimestampedRow[]): readonly TimestampedRow[] {
    const newest = elements.at(-1);
    if (newest === undefined) return elements;
    return elements.filter(([record]) => !(this.#delta(record, newest[0]) >= this.#threshold));
  }
}
