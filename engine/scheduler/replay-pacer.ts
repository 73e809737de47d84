import { BATCH_CAPACITY } from '../batch/batch.ts';
import type { Speed } from '../api/engine-api.ts';

/** Without event time there is nothing to pace by: ×1 then means so many records per second. */
export const RECORDS_PER_SECOND_WITHOUT_EVENT_TIME = 10;

/** Event time to replay per poll at most, in ms of the host's clock: the smoothness of a paced run. */
const FRAME_MS = 16;

/**
 * Holds sources back so that event time advances `speed` times as fast as the host's clock. Only *when* records are read depends on
 * it, never what comes out: results do not depend on how many records one poll takes.
 */
export class ReplayPacer {
  #speed: Speed;
  #anchorClock = Number.NaN;
  #anchorEvent = Number.NaN;
  #anchorRecords = 0;
  #pollRecords = 1;
  #lastEvent = Number.NaN;

  constructor(speed: Speed) {
    this.#speed = speed;
  }

  setSpeed(speed: Speed): void {
    this.#speed = speed;
    this.reanchor();
  }

  /** Forgets how far the run is ahead or behind: after a pause, a step or a change of speed. */
  reanchor(): void {
    this.#anchorClock = Number.NaN;
    this.#pollRecords = 1;
  }

  /** Records the next poll may take. */
  get pollRecords(): number {
    return this.#speed === 'max' ? BATCH_CAPACITY : this.#pollRecords;
  }

  /** Milliseconds to wait before the next poll; 0 = go. `event` is the highest event time seen, NaN when there is none. */
  delay(clock: number, event: number, records: number): number {
    if (this.#speed === 'max') return 0;
    if (Number.isNaN(this.#anchorClock)) {
      this.#anchorClock = clock;
      this.#anchorEvent = event;
      this.#anchorRecords = records;
    }
    // Event time appears with the first record: from then on it sets the pace.
    if (Number.isNaN(this.#anchorEvent) && !Number.isNaN(event)) {
      this.#anchorEvent = event;
      this.#anchorClock = clock;
    }
    const due = Number.isNaN(event)
      ? ((records - this.#anchorRecords) * 1000) / (RECORDS_PER_SECOND_WITHOUT_EVENT_TIME * this.#speed)
      : (event - this.#anchorEvent) / this.#speed;
    return Math.max(0, due - (clock - this.#anchorClock));
  }

  /** Adapts the size of a poll to the event time it covered. */
  polled(event: number): void {
    if (this.#speed === 'max') return;
    const covered = (event - this.#lastEvent) / this.#speed;
    this.#lastEvent = event;
    if (Number.isNaN(covered)) return;
    if (covered > FRAME_MS) this.#pollRecords = Math.max(1, this.#pollRecords >> 1);
    else if (covered < FRAME_MS / 4) this.#pollRecords = Math.min(BATCH_CAPACITY, this.#pollRecords * 2);
  }
}
