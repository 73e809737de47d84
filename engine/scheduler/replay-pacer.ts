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
  /** Per source: their event times may lie years apart, and a record covers more of it here than there. */
  readonly #paces = new Map<object, Pace>();

  constructor(speed: Speed) {
    this.#speed = speed;
  }

  setSpeed(speed: Speed): void {
    this.#speed = speed;
    this.reanchor();
  }

  /** Forgets how far the run is ahead or behind: after a pause, a step or a change of speed. */
  reanchor(): void {
    this.#paces.clear();
  }

  /** Records the next poll of `source` may take. */
  pollRecords(source: object): number {
    return this.#speed === 'max' ? BATCH_CAPACITY : (this.#paces.get(source)?.pollRecords ?? 1);
  }

  /**
   * Milliseconds to wait before the next poll of `source`; 0 = go. `event` is the highest event time it has reached (NaN: none yet), `records`
   * how many it has read. `others`: some other source has event time, and this one, having none, goes along with it.
   */
  delay(source: object, clock: number, event: number, records: number, others = false): number {
    if (this.#speed === 'max') return 0;
    const pace = this.#paceOf(source, clock, event, records);
    // Event time appears with the first record: from then on it sets the pace.
    if (Number.isNaN(pace.anchorEvent) && !Number.isNaN(event)) {
      pace.anchorEvent = event;
      pace.anchorClock = clock;
    }
    if (Number.isNaN(event) && others) return 0;
    const due = Number.isNaN(event)
      ? ((records - pace.anchorRecords) * 1000) / (RECORDS_PER_SECOND_WITHOUT_EVENT_TIME * this.#speed)
      : (event - pace.anchorEvent) / this.#speed;
    return Math.max(0, due - (clock - pace.anchorClock));
  }

  /** Adapts the size of the polls of `source` to the event time that the last one covered. */
  polled(source: object, event: number): void {
    const pace = this.#paces.get(source);
    if (pace === undefined || this.#speed === 'max') return;
    const coveredMs = (event - pace.lastEvent) / this.#speed;
    pace.lastEvent = event;
    if (coveredMs > FRAME_MS) pace.pollRecords = Math.max(1, pace.pollRecords >> 1);
    else if (coveredMs < FRAME_MS / 4) pace.pollRecords = Math.min(BATCH_CAPACITY, pace.pollRecords * 2);
  }

  #paceOf(source: object, clock: number, event: number, records: number): Pace {
    const known = this.#paces.get(source);
    if (known !== undefined) return known;
    const pace = { anchorClock: clock, anchorEvent: event, anchorRecords: records, pollRecords: 1, lastEvent: Number.NaN };
    this.#paces.set(source, pace);
    return pace;
  }
}

interface Pace {
  anchorClock: number;
  anchorEvent: number;
  readonly anchorRecords: number;
  pollRecords: number;
  lastEvent: number;
}
