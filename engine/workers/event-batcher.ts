import type { EngineEvent } from '../api/engine-api.ts';

/** One call per frame of the page at most. */
const FRAME_MS = 16;

type Listener = (events: readonly EngineEvent[]) => unknown;

/**
 * Collects events and hands them to the client at most once per frame, the next only when it has taken the last ones. Of several metrics
 * events only the newest goes. `add` resolves when the event has been taken: whoever waits for it is held back by a slow client.
 */
export class EventBatcher {
  readonly #later: (delayMs: number, work: () => void) => unknown;
  #listener: Listener | null = null;
  #events: EngineEvent[] = [];
  #taken: (() => void)[] = [];
  #isScheduled = false;
  #sending: Promise<void> = Promise.resolve();

  constructor(later: (delayMs: number, work: () => void) => unknown) {
    this.#later = later;
  }

  listen(listener: Listener): void {
    this.#listener = listener;
    this.#schedule();
  }

  add(event: EngineEvent): Promise<void> {
    if (event.type === 'metrics') this.#events = this.#events.filter((other) => other.type !== 'metrics' || other.jobId !== event.jobId);
    this.#events.push(event);
    this.#schedule();
    return new Promise((resolve) => {
      this.#taken.push(resolve);
    });
  }

  /** Sends what is waiting now; resolves when it has been taken. */
  async flush(): Promise<void> {
    await this.#sending;
    await this.#send();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#listener === null || this.#events.length === 0) return;
    this.#isScheduled = true;
    this.#later(FRAME_MS, () => {
      this.#sending = this.#send();
    });
  }

  async #send(): Promise<void> {
    const listener = this.#listener;
    if (listener === null || this.#events.length === 0) {
      this.#isScheduled = false;
      return;
    }
    const events = this.#events;
    const taken = this.#taken;
    this.#events = [];
    this.#taken = [];
    try {
      await listener(events);
    } finally {
      // A client that failed to take its events must not stop the job for ever; it sees the next ones.
      for (const resolve of taken) resolve();
      this.#isScheduled = false;
      this.#schedule();
    }
  }
}
