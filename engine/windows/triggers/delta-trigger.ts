import type { Row } from '../../batch/schema.ts';
import type { TimeWindow } from '../time-window.ts';
import type { Trigger, TriggerContext, TriggerResult } from './trigger.ts';
import { CONTINUE, FIRE } from './trigger.ts';

const LAST = 'last-element';

/** How far a record is from an earlier one. */
export type DeltaFunction = (earlier: Row, record: Row) => number;

/** Fires when a record differs by more than the threshold from the one that fired last, or was the first (Flink: `DeltaTrigger`). Cannot merge. */
export class DeltaTrigger implements Trigger {
  readonly followsProcessingTime = false;
  readonly #threshold: number;
  readonly #delta: DeltaFunction;

  constructor(threshold: number, delta: DeltaFunction) {
    this.#threshold = threshold;
    this.#delta = delta;
  }

  onElement(record: Row, _timestamp: number, _window: TimeWindow, context: TriggerContext): TriggerResult {
    const state = context.state<Row>(LAST);
    const last = state.value();
    if (last !== null && !(this.#delta(last, record) > this.#threshold)) return CONTINUE;
    state.update(record);
    return last === null ? CONTINUE : FIRE;
  }

  onEventTime(): TriggerResult {
    return CONTINUE;
  }

  onProcessingTime(): TriggerResult {
    return CONTINUE;
  }

  clear(_window: TimeWindow, context: TriggerContext): void {
    context.state<Row>(LAST).clear();
  }
}
