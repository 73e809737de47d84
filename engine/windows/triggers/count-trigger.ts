import type { Row } from '../../batch/schema.ts';
import type { TimeWindow } from '../time-window.ts';
import type { OnMergeContext, Trigger, TriggerContext, TriggerResult } from './trigger.ts';
import { CONTINUE, FIRE } from './trigger.ts';

const COUNT = 'count';

/** Fires with every n-th record; windows that merge add their counts, and fire with the next record (Flink: `CountTrigger`). */
export class CountTrigger implements Trigger {
  readonly followsProcessingTime = false;
  readonly #maxCount: number;

  constructor(maxCount: number) {
    this.#maxCount = maxCount;
  }

  onElement(_record: Row, _timestamp: number, _window: TimeWindow, context: TriggerContext): TriggerResult {
    const state = context.state<number>(COUNT);
    const count = (state.value() ?? 0) + 1;
    if (count < this.#maxCount) {
      state.update(count);
      return CONTINUE;
    }
    state.clear();
    return FIRE;
  }

  onEventTime(): TriggerResult {
    return CONTINUE;
  }

  onProcessingTime(): TriggerResult {
    return CONTINUE;
  }

  onMerge(_window: TimeWindow, context: OnMergeContext): void {
    context.mergeState<number>(COUNT, (a, b) => a + b);
  }

  clear(_window: TimeWindow, context: TriggerContext): void {
    context.state<number>(COUNT).clear();
  }
}
