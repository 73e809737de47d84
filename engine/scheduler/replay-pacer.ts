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
  /** Per source: how much event time a record covers differs from source to source. */
  readonly #polls = new Map<object, PollSize>();

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
    this.#polls.clear();
  }

  /** Records the next poll of `source` may take. */
  pollRecords(source: object): number {
    return this.#speed === 'max' ? BATCH_CAPACITY : (this.#polls.get(source)?.records ?? 1);
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

  /** Adapts the size of the polls of `source` to the event time that the last one covered; `event` is the highest it has reached. */
  polled(source: object, event: number): void {
    if (this.#speed === 'max') return;
    const { records, lastEvent } = this.#polls.get(source) ?? { records: 1, lastEvent: Number.NaN };
    const covered = (event - lastEvent) / this.#speed;
    this.#polls.set(source, { records: nextSize(records, covered), lastEvent: event });
  }
}

interface PollSize {
  readonly records: number;
  readonly lastEvent: number;
}

function nextSize(records: number, coveredMs: number): number {
  if (coveredMs > FRAME_MS) return Math.max(1, records >> 1);
  return coveredMs < FRAME_MS / 4 ? Math.min(BATCH_CAPACITY, records * 2) : records;
}
