/** When a call is made again (Flink: `AsyncRetryStrategies`). */
export interface RetryStrategy {
  /** Calls after the first. */
  readonly maxRetries: number;
  /** An answer without rows is also a reason to call again. */
  readonly retriesEmpty: boolean;
  /** How long to wait after attempt number `attempt` (from 1), in ms. */
  delayAfter(attempt: number): number;
}

export class FixedDelayRetry implements RetryStrategy {
  readonly maxRetries: number;
  readonly retriesEmpty: boolean;
  readonly #delayMs: number;

  constructor(maxRetries: number, retriesEmpty: boolean, delayMs: number) {
    this.maxRetries = maxRetries;
    this.retriesEmpty = retriesEmpty;
    this.#delayMs = delayMs;
  }

  delayAfter(): number {
    return this.#delayMs;
  }
}

/**
 * Every wait is `multiplier` times the one before, up to a limit. Flink keeps the last wait in the strategy, so that requests lengthen one
 * another's waits; here each request counts for itself.
 */
export class ExponentialBackoffRetry implements RetryStrategy {
  readonly maxRetries: number;
  readonly retriesEmpty: boolean;
  readonly #initialMs: number;
  readonly #maxMs: number;
  readonly #multiplier: number;

  constructor(maxRetries: number, retriesEmpty: boolean, initialMs: number, maxMs: number, multiplier: number) {
    this.maxRetries = maxRetries;
    this.retriesEmpty = retriesEmpty;
    this.#initialMs = initialMs;
    this.#maxMs = maxMs;
    this.#multiplier = multiplier;
  }

  delayAfter(attempt: number): number {
    return Math.min(this.#maxMs, Math.floor(this.#initialMs * this.#multiplier ** (attempt - 1)));
  }
}
