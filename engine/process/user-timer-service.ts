import type { TimerService } from '../time/timer-service.ts';
import type { Timers } from '../time/timers.ts';
import { VOID_NAMESPACE } from '../state/keyed-state-backend.ts';
import type { CallState } from './call-state.ts';

export type ProcessTimers = TimerService<unknown, typeof VOID_NAMESPACE>;

/** Time and timers as user code sees them (Flink: `TimerService`). One timer per key, time and domain. */
export interface TimerServiceOfUser {
  currentWatermark(): number;
  currentProcessingTime(): number;
  registerEventTimeTimer(time: number): void;
  registerProcessingTimeTimer(time: number): void;
  /** No such timer: nothing happens. */
  deleteEventTimeTimer(time: number): void;
  deleteProcessingTimeTimer(time: number): void;
}

/** Those of a `TimerService`, which finds timers by key. */
export class UserTimerService implements TimerServiceOfUser {
  readonly #call: CallState;
  readonly #timers: ProcessTimers | null;
  readonly #followsClock: boolean;

  /** @param timers Null: not a keyed stream, so there are no timers. @param followsClock Processing time is announced. */
  constructor(call: CallState, timers: ProcessTimers | null, followsClock: boolean) {
    this.#call = call;
    this.#timers = timers;
    this.#followsClock = followsClock;
  }

  currentWatermark(): number {
    return this.#call.watermark;
  }

  currentProcessingTime(): number {
    this.#needClock();
    return this.#call.now;
  }

  registerEventTimeTimer(time: number): void {
    this.#of('eventTime').register(this.#call.key, timeOf(time, 'registerEventTimeTimer'), VOID_NAMESPACE);
  }

  registerProcessingTimeTimer(time: number): void {
    this.#needClock();
    this.#of('processingTime').register(this.#call.key, timeOf(time, 'registerProcessingTimeTimer'), VOID_NAMESPACE);
  }

  deleteEventTimeTimer(time: number): void {
    this.#of('eventTime').delete(this.#call.key, timeOf(time, 'deleteEventTimeTimer'), VOID_NAMESPACE);
  }

  deleteProcessingTimeTimer(time: number): void {
    this.#of('processingTime').delete(this.#call.key, timeOf(time, 'deleteProcessingTimeTimer'), VOID_NAMESPACE);
  }

  #of(domain: 'eventTime' | 'processingTime'): Timers<unknown, typeof VOID_NAMESPACE> {
    if (this.#timers === null)
      throw new TypeError('Timers need a keyed stream (of two inputs, both keyed), and a function with a method onTimer.');
    if (this.#call.phase !== 'element' && this.#call.phase !== 'timer') refuseTimer();
    return this.#timers[domain];
  }

  #needClock(): void {
    if (!this.#followsClock) refuseClock();
  }
}

export function refuseClock(): never {
  throw new TypeError('Write the names of methods of processing time out in full, not as a computed member.');
}

export function refuseTimer(): never {
  throw new TypeError('A timer belongs to the key of a record: it can be set only while one (or its timer) is processed.');
}

export function timeOf(time: unknown, method: string): number {
  // Without -0, which time does not have.
  if (typeof time === 'number' && !Number.isNaN(time)) return time + 0;
  throw new TypeError(
    `${method} takes a time in milliseconds; it got ${time === null ? 'null' : Number.isNaN(time) ? 'NaN' : `a ${typeof time}`}.`,
  );
}
