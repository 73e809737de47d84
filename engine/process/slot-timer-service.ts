import type { TimerWheel } from '../time/timer-wheel.ts';
import type { KernelResults } from './kernel-results.ts';
import type { SlotCall } from './slot-call.ts';
import type { TimerServiceOfUser } from './user-timer-service.ts';
import { refuseClock, refuseTimer, timeOf } from './user-timer-service.ts';

/** Event-time timers by key slot. For functions that do not speak of processing time. */
export class SlotTimerService implements TimerServiceOfUser {
  readonly #call: SlotCall;
  readonly #wheel: TimerWheel;
  readonly #results: KernelResults;

  constructor(call: SlotCall, wheel: TimerWheel, results: KernelResults) {
    this.#call = call;
    this.#wheel = wheel;
    this.#results = results;
  }

  currentWatermark(): number {
    return this.#results.watermarkAt(this.#call.row);
  }

  currentProcessingTime(): number {
    return refuseClock();
  }

  registerEventTimeTimer(time: number): void {
    const call = this.#call;
    if (call.phase !== 'element' && call.phase !== 'timer') refuseTimer();
    const wheel = this.#wheel;
    // Watermarks that were passed over because nothing was due have to be looked at again.
    const due = timeOf(time, 'registerEventTimeTimer');
    if (due < wheel.next) call.isInterrupted = true;
    wheel.register(due, call.slot);
  }

  registerProcessingTimeTimer(): void {
    refuseClock();
  }

  deleteEventTimeTimer(time: number): void {
    const { phase, slot } = this.#call;
    if (phase !== 'element' && phase !== 'timer') refuseTimer();
    this.#wheel.delete(timeOf(time, 'deleteEventTimeTimer'), slot);
  }

  deleteProcessingTimeTimer(): void {
    refuseClock();
  }
}
