import type { Row } from '../../batch/schema.ts';
import type { TimeWindow } from '../time-window.ts';
import { maxTimestamp } from '../time-window.ts';
import type { Trigger, TriggerContext, TriggerResult } from './trigger.ts';
import { CONTINUE, FIRE } from './trigger.ts';

/** Fires when the watermark reaches the end of the window, and again for every late record that is still allowed (Flink: `EventTimeTrigger`). */
export class EventTimeTrigger implements Trigger {
  readonly followsProcessingTime = false;

  onElement(_record: Row, _timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    if (maxTimestamp(window) <= context.currentWatermark) return FIRE;
    context.registerEventTimeTimer(maxTimestamp(window));
    return CONTINUE;
  }

  onEventTime(time: number, window: TimeWindow): TriggerResult {
    return time === maxTimestamp(window) ? FIRE : CONTINUE;
  }

  onProcessingTime(): TriggerResult {
    return CONTINUE;
  }

  /** Does not fire for a window that is complete already: the record that merged it does. */
  onMerge(window: TimeWindow, context: TriggerContext): void {
    if (maxTimestamp(window) > context.currentWatermark) context.registerEventTimeTimer(maxTimestamp(window));
  }

  clear(window: TimeWindow, context: TriggerContext): void {
    context.deleteEventTimeTimer(maxTimestamp(window));
  }
}
