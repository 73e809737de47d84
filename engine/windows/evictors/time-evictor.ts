import type { TimestampedRow } from './evictor.ts';
import { OneTimeEvictor } from './one-time-evictor.ts';

/** Keeps elements younger than a span, measured back from the highest timestamp in the pane; without timestamps all (Flink: `TimeEvictor`). */
export class TimeEvictor extends OneTimeEvictor {
  readonly #spanMs: number;

  constructor(spanMs: number, after: boolean) {
    super(after);
    this.#spanMs = spanMs;
  }

  protected override kept(elements: readonly TimestampedRow[]): readonly TimestampedRow[] {
    const first = elements[0];
    if (first === undefined || Number.isNaN(first[1])) return elements;
    const newest = elements.reduce((latest, [, timestamp]) => Math.max(latest, timestamp), Number.NEGATIVE_INFINITY);
    return elements.filter(([, timestamp]) => timestamp > newest - this.#spanMs);
  }
}
