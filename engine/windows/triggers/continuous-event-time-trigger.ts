import type { Row } from '../../batch/schema.ts';
import type { TimeWindow } from '../time-window.ts';
import { maxTimestamp } from '../time-window.ts';
import type { OnMergeContext, Trigger, TriggerContext, TriggerResult } from './trigger.ts';
import { CONTINUE, FIRE } from './trigger.ts';

const FIRE_TIME = 'fire-time';

/**
 * Fires every interval of event time (aligned to the epoch), at the end of the window, and at once for records of a window that is complete
 * (Flink: `ContinuousEventTimeTrigger`).
 */
export class ContinuousEventTimeTrigger implements Trigger {
  readonly followsProcessingTime = false;
  readonly #intervalMs: number;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  onElement(_record: Row, timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    if (maxTimestamp(window) <= context.currentWatermark) return FIRE;
    context.registerEventTimeTimer(maxTimestamp(window));
    // `%` rounds towards 1970, as in Flink.
    if (context.state<number>(FIRE_TIME).value() === null) this.#registerNext(timestamp - (timestamp % this.#intervalMs), window, context);
    return CONTINUE;
  }

  onEventTime(time: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    if (time === maxTimestamp(window)) return FIRE;
    if (context.state<number>(FIRE_TIME).value() !== time) return CONTINUE;
    this.#registerNext(time, window, context);
    return FIRE;
  }

  onProcessingTime(): TriggerResult {
    return CONTINUE;
  }

  onMerge(_window: TimeWindow, context: OnMergeContext): void {
    context.mergeState<number>(FIRE_TIME, Math.min);
    const next = context.state<number>(FIRE_TIME).value();
    if (next !== null) context.registerEventTimeTimer(next);
  }

  clear(window: TimeWindow, context: TriggerContext): void {
    const state = context.state<number>(FIRE_TIME);
    const next = state.value();
    if (next !== null) context.deleteEventTimeTimer(next);
    context.deleteEventTimeTimer(maxTimestamp(window));
    state.clear();
  }

  #registerNext(time: number, window: TimeWindow, context: TriggerContext): void {
    // A window without end would fire for ever once event time has ended: then the end is all that is left.
    const isEndless = context.currentWatermark === Number.POSITIVE_INFINITY && maxTimestamp(window) === Number.POSITIVE_INFINITY;
    const next = isEndless ? maxTimestamp(window) : Math.min(time + this.#intervalMs, maxTimestamp(window));
    context.state<number>(FIRE_TIME).update(next);
    context.registerEventTimeTimer(next);
  }
}
