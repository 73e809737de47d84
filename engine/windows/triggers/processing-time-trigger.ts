import type { Row } from '../../batch/schema.ts';
import type { TimeWindow } from '../time-window.ts';
import { maxTimestamp } from '../time-window.ts';
import type { Trigger, TriggerContext, TriggerResult } from './trigger.ts';
import { CONTINUE, FIRE } from './trigger.ts';

/** Fires when the clock reaches the end of the window (Flink: `ProcessingTimeTrigger`). */
export class ProcessingTimeTrigger implements Trigger {
  readonly followsProcessingTime = true;

  onElement(_record: Row, _timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    context.registerProcessingTimeTimer(maxTimestamp(window));
    return CONTINUE;
  }

  onEventTime(): TriggerResult {
    return CONTINUE;
  }

  onProcessingTime(): TriggerResult {
    return FIRE;
  }

  onMerge(window: TimeWindow, context: TriggerContext): void {
    if (maxTimestamp(window) > context.currentProcessingTime) context.registerProcessingTimeTimer(maxTimestamp(window));
  }

  clear(window: TimeWindow, context: TriggerContext): void {
    context.deleteProcessingTimeTimer(maxTimestamp(window));
  }
}
