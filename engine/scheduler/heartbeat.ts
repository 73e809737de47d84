/** How often a task worker is asked, and how long it may stay silent before it counts as hung. */
const PING_EVERY_MS = 500;
const TIMEOUT_MS = 3000;

export interface HeartbeatTimers {
  now(): number;
  later(delayMs: number, work: () => void): () => void;
}

export interface HeartbeatTarget {
  ping(nonce: number): void;
  missed(): void;
}

/**
 * Watches that a task worker answers (Flink: HeartbeatManager). A slice lasts 5 ms, so an answer that takes seconds means that a user
 * function does not return. The silence is measured by pings sent, not by the clock alone: a machine that slept is not a hung worker.
 */
export class Heartbeat {
  readonly timeoutMs = TIMEOUT_MS;
  readonly #timers: HeartbeatTimers;
  readonly #target: HeartbeatTarget;
  #nonce = 0;
  #answered = 0;
  #cancel: (() => void) | null = null;

  constructor(timers: HeartbeatTimers, target: HeartbeatTarget) {
    this.#timers = timers;
    this.#target = target;
  }

  start(): void {
    this.#beat();
  }

  answered(nonce: number): void {
    if (nonce > this.#answered) this.#answered = nonce;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #beat(): void {
    if ((this.#nonce - this.#answered) * PING_EVERY_MS >= TIMEOUT_MS) {
      this.stop();
      this.#target.missed();
      return;
    }
    this.#nonce++;
    this.#target.ping(this.#nonce);
    this.#cancel = this.#timers.later(PING_EVERY_MS, () => this.#beat());
  }
}
