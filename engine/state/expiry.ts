import type { StateTtl } from './state-ttl.ts';

/** A value and when its time to live began. */
export type Stamped<T> = readonly [value: T, since: number];

/** Keys looked at per access, to clean up after those that never come again; as Flink's incremental clean-up. */
export const SWEPT_KEYS = 5;

/** The rules of expiry, shared by all kinds of state. A value has expired as soon as the clock reaches its last moment, as in Flink. */
export class Expiry {
  readonly ttl: StateTtl;
  readonly #now: () => number;

  constructor(ttl: StateTtl, now: () => number) {
    this.ttl = ttl;
    this.#now = now;
  }

  stamp<T>(value: T): Stamped<T> {
    return [value, this.#now()];
  }

  hasExpired(stamped: Stamped<unknown>): boolean {
    return this.ttl.update !== 'Disabled' && stamped[1] + this.ttl.ttlMs <= this.#now();
  }

  /** What a reader sees: undefined when it has expired and must not be seen. */
  visible<T>(stamped: Stamped<T>): T | undefined {
    return this.hasExpired(stamped) && this.ttl.visibility === 'NeverReturnExpired' ? undefined : stamped[0];
  }

  /** Whether keys that are not met may be cleaned up: not where that could be seen, which would make results depend on chance. */
  get isSwept(): boolean {
    return this.ttl.visibility === 'NeverReturnExpired';
  }

  get isRenewedByReading(): boolean {
    return this.ttl.update === 'OnReadAndWrite';
  }
}
