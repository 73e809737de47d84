import type { Row, Schema } from '../../batch/schema.ts';
import type { UserObject } from '../../functions/compile-object.ts';
import { copyOfRecord } from '../../functions/conform-record.ts';
import type { TimeWindow } from '../time-window.ts';
import type { OnMergeContext, Trigger, TriggerContext, TriggerResult } from '../triggers/trigger.ts';
import { CONTINUE, FIRE, FIRE_AND_PURGE, PURGE } from '../triggers/trigger.ts';
import { UserCodeError } from '../user-code-error.ts';
import { callMethod, userObject, userWindow } from './user-parts.ts';

const SUBJECT = 'The trigger';
const RESULTS: Readonly<Record<string, TriggerResult>> = { CONTINUE, FIRE, PURGE, FIRE_AND_PURGE };

/** A trigger that a user wrote. A method that is missing, or returns nothing, goes on. */
export class UserTrigger implements Trigger {
  /** It may ask for the processing time at any moment. */
  readonly followsProcessingTime = true;
  readonly onMerge: ((window: TimeWindow, context: OnMergeContext) => void) | undefined;
  readonly #object: UserObject;
  readonly #schema: Schema;

  constructor(source: string, schema: Schema) {
    this.#object = userObject(source, SUBJECT);
    this.#schema = schema;
    const canMerge = typeof this.#object['onMerge'] === 'function';
    this.onMerge = canMerge ? (window, context) => void this.#call('onMerge', userWindow(window), context) : undefined;
  }

  onElement(record: Row, timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    return this.#decide('onElement', copyOfRecord(this.#schema, record), timestamp, userWindow(window), context);
  }

  onEventTime(time: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    return this.#decide('onEventTime', time, userWindow(window), context);
  }

  onProcessingTime(time: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    return this.#decide('onProcessingTime', time, userWindow(window), context);
  }

  clear(window: TimeWindow, context: TriggerContext): void {
    this.#call('clear', userWindow(window), context);
  }

  #decide(method: string, ...args: readonly unknown[]): TriggerResult {
    const result = this.#call(method, ...args) ?? 'CONTINUE';
    if (typeof result === 'string' && Object.hasOwn(RESULTS, result)) return RESULTS[result] ?? CONTINUE;
    throw new UserCodeError(`${SUBJECT}'s ${method} must return "CONTINUE", "FIRE", "PURGE" or "FIRE_AND_PURGE".`);
  }

  #call(method: string, ...args: readonly unknown[]): unknown {
    return callMethod(this.#object, method, SUBJECT, args);
  }
}
