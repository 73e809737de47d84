import type { Row } from '../../batch/schema.ts';
import type { TimeWindow } from '../time-window.ts';
import type { OnMergeContext, Trigger, TriggerContext, TriggerResult } from './trigger.ts';
import { FIRE, FIRE_AND_PURGE } from './trigger.ts';

/** Another trigger whose firings also throw the contents away (Flink: `PurgingTrigger`). */
export class PurgingTrigger implements Trigger {
  readonly followsProcessingTime: boolean;
  readonly onMerge: ((window: TimeWindow, context: OnMergeContext) => void) | undefined;
  readonly #inner: Trigger;

  constructor(inner: Trigger) {
    this.#inner = inner;
    this.followsProcessingTime = inner.followsProcessingTime;
    this.onMerge = inner.onMerge?.bind(inner);
  }

  onElement(record: Row, timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    return purging(this.#inner.onElement(record, timestamp, window, context));
  }

  onEventTime(time: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    return purging(this.#inner.onEventTime(time, window, context));
  }

  onProcessingTime(time: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    return purging(this.#inner.onProcessingTime(time, window, context));
  }

  clear(window: TimeWindow, context: TriggerContext): void {
    this.#inner.clear(window, context);
  }
}

function purging(result: TriggerResult): TriggerResult {
  return result === FIRE ? FIRE_AND_PURGE : result;
}
