import type { Row } from '../../batch/schema.ts';
import type { TimeWindow } from '../time-window.ts';
import { maxTimestamp } from '../time-window.ts';
import type { OnMergeContext, Trigger, TriggerContext, TriggerResult } from './trigger.ts';
import { CONTINUE, FIRE } from './trigger.ts';

const FIRE_TIME = 'fire-time';

/** Fires every interval of processing time (aligned to the epoch), and at the end of the window (Flink: `ContinuousProcessingTimeTrigger`). */
export class ContinuousProcessingTimeTrigger implements Trigger {
  readonly followsProcessingTime = true;
  readonly #intervalMs: number;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  onElement(_record: Row, _timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    const now = context.currentProcessingTime;
    if (context.state<number>(FIRE_TIME).value() === null) this.#registerNext(now - (now % this.#intervalMs), window, context);
    return CONTINUE;
  }

  onEventTime(): TriggerResult {
    return CONTINUE;
  }

  onProcessingTime(time: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    if (context.state<number>(FIRE_TIME).value() !== time) return CONTINUE;
    // The last firing of a window: its cleanup is due now. One that never is cleaned up by this clock has no next one either.
    if (time === maxTimestamp(window)) context.state<number>(FIRE_TIME).clear();
    else this.#registerNext(time, window, context);
    return FIRE;
  }

  onMerge(_window: TimeWindow, context: OnMergeContext): void {
    context.mergeState<number>(FIRE_TIME, Math.min);
    const next = context.state<number>(FIRE_TIME).value();
    if (next !== null) context.registerProcessingTimeTimer(next);
  }

  clear(_window: TimeWindow, context: TriggerContext): void {
    const state = context.state<number>(FIRE_TIME);
    const next = state.value();
    if (next !== null) context.deleteProcessingTimeTimer(next);
    state.clear();
  }

  #registerNext(time: number, window: TimeWindow, context: TriggerContext): void {
    const next = Math.min(time + this.#intervalMs, maxTimestamp(window));
    context.state<number>(FIRE_TIME).update(next);
    context.registerProcessingTimeTimer(next);
  }
}
