import type { Trigger, TriggerResult } from './trigger.ts';
import { CONTINUE } from './trigger.ts';

/** Never fires: what a global window does by itself (Flink: `GlobalWindows.NeverTrigger`). */
export class NeverTrigger implements Trigger {
  readonly followsProcessingTime = false;

  onElement(): TriggerResult {
    return CONTINUE;
  }

  onEventTime(): TriggerResult {
    return CONTINUE;
  }

  onProcessingTime(): TriggerResult {
    return CONTINUE;
  }

  onMerge(): void {}

  clear(): void {}
}
