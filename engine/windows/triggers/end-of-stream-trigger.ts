import type { Row } from '../../batch/schema.ts';
import type { TimeWindow } from '../time-window.ts';
import { maxTimestamp } from '../time-window.ts';
import type { Trigger, TriggerContext, TriggerResult } from './trigger.ts';
import { CONTINUE, FIRE_AND_PURGE } from './trigger.ts';

/** Fires once, with the last moment of the window: of a global window when the input ends (Flink: `GlobalWindows.EndOfStreamTrigger`). */
export class EndOfStreamTrigger implements Trigger {
  readonly followsProcessingTime = false;

  onElement(_record: Row, _timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    context.registerEventTimeTimer(maxTimestamp(window));
    return CONTINUE;
  }

  onEventTime(time: number, window: TimeWindow): TriggerResult {
    return time === maxTimestamp(window) ? FIRE_AND_PURGE : CONTINUE;
  }

  onProcessingTime(): TriggerResult {
    return CONTINUE;
  }

  onMerge(window: TimeWindow, context: TriggerContext): void {
    context.registerEventTimeTimer(maxTimestamp(window));
  }

  clear(window: TimeWindow, context: TriggerContext): void {
    context.deleteEventTimeTimer(maxTimestamp(window));
  }
}
