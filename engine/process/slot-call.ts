import type { SlotCursor } from '../state/slot-keys.ts';
import type { CallPhase, CurrentCall, TimeDomain } from './call-state.ts';

const NO_NUMBERS = new Float64Array(0);

/**
 * The present call of user code while batches are processed. A record is named by its row and everything else about it is read when it is asked for,
 * so that a call costs two stores.
 */
export class SlotCall implements CurrentCall {
  phase: CallPhase = 'idle';
  domain: TimeDomain | null = null;
  /** Physical row of the element; below 0 and different for every timer that fires. */
  row = -1;
  /** Somebody has to look after this call: results have to go out, or a timer is due earlier than it was known. */
  isInterrupted = false;
  /** Of the batch. */
  timestamps: Float64Array = NO_NUMBERS;
  origins: Float64Array = NO_NUMBERS;
  /** Of the timer that fires. */
  timerTimestamp = Number.NaN;
  timerOrigin = 0;
  readonly #cursor: SlotCursor;
  readonly #keyAt: (slot: number) => unknown;

  constructor(cursor: SlotCursor, keyAt: (slot: number) => unknown) {
    this.#cursor = cursor;
    this.#keyAt = keyAt;
  }

  get timestamp(): number {
    return this.row < 0 ? this.timerTimestamp : (this.timestamps[this.row] as number);
  }

  get origin(): number {
    return this.row < 0 ? this.timerOrigin : (this.origins[this.row] as number);
  }

  get slot(): number {
    return this.#cursor.slot;
  }

  get key(): unknown {
    return this.#keyAt(this.#cursor.slot);
  }

  beginTimer(slot: number, time: number): void {
    this.#cursor.slot = slot;
    this.row--;
    this.timerTimestamp = time;
  }
}
