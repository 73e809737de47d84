import type { Evictor, TimestampedRow } from './evictor.ts';

/** An evictor that does the same before or after the function, as told. */
export abstract class OneTimeEvictor implements Evictor {
  readonly #after: boolean;

  constructor(after: boolean) {
    this.#after = after;
  }

  evictBefore(elements: readonly TimestampedRow[]): readonly TimestampedRow[] {
    return this.#after ? elements : this.kept(elements);
  }

  evictAfter(elements: readonly TimestampedRow[]): readonly TimestampedRow[] {
    return this.#after ? this.kept(elements) : elements;
  }

  protected abstract kept(elements: readonly TimestampedRow[]): readonly TimestampedRow[];
}
