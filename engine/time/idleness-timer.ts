import { assert } from '../util/assert.ts';

export interface IdlenessState {
  readonly isActive: boolean;
  readonly inactiveSince: number;
}

export function isValidIdleTimeout(timeoutMs: number): boolean {
  return timeoutMs > 0;
}

/**
 * Says when nothing has come for longer than a timeout (Flink: `WatermarksWithIdleness.IdlenessTimer`). It is asked now and then, and counts
 * from the first time it was asked after the last activity, so `activity` costs one write per record.
 */
export class IdlenessTimer {
  readonly #timeoutMs: number;
  #isActive = false;
  /** NaN: not counting. */
  #inactiveSince = Number.NaN;

  constructor(timeoutMs: number) {
    assert(isValidIdleTimeout(timeoutMs), 'an idle timeout is greater than 0');
    this.#timeoutMs = timeoutMs;
  }

  activity(): void {
    this.#isActive = true;
  }

  /** `now` is of whatever clock the timeout is meant for. */
  isIdle(now: number): boolean {
    if (this.#isActive) {
      this.#isActive = false;
      this.#inactiveSince = Number.NaN;
      return false;
    }
    if (Number.isNaN(this.#inactiveSince)) {
      this.#inactiveSince = now;
      return false;
    }
    return now - this.#inactiveSince > this.#timeoutMs;
  }

  snapshot(): IdlenessState {
    return { isActive: this.#isActive, inactiveSince: this.#inactiveSince };
  }

  restore({ isActive, inactiveSince }: IdlenessState): void {
    this.#isActive = isActive;
    this.#inactiveSince = inactiveSince;
  }
}
