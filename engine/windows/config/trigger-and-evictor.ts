import type { Schema } from '../../batch/schema.ts';
import type { WindowAssigner } from '../assigners/window-assigner.ts';
import type { Evictor } from '../evictors/evictor.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { CountEvictor } from '../evictors/count-evictor.ts';
import { DeltaEvictor } from '../evictors/delta-evictor.ts';
import { TimeEvictor } from '../evictors/time-evictor.ts';
import { ContinuousEventTimeTrigger } from '../triggers/continuous-event-time-trigger.ts';
import { ContinuousProcessingTimeTrigger } from '../triggers/continuous-processing-time-trigger.ts';
import { CountTrigger } from '../triggers/count-trigger.ts';
import { DeltaTrigger } from '../triggers/delta-trigger.ts';
import { EndOfStreamTrigger } from '../triggers/end-of-stream-trigger.ts';
import { EventTimeTrigger } from '../triggers/event-time-trigger.ts';
import { NeverTrigger } from '../triggers/never-trigger.ts';
import { ProcessingTimeTrigger } from '../triggers/processing-time-trigger.ts';
import { PurgingTrigger } from '../triggers/purging-trigger.ts';
import { userDelta, UserEvictor } from './user-parts.ts';
import { UserTrigger } from './user-trigger.ts';
import type { EvictorConfig, TriggerConfig } from './window-fields.ts';

/** Windows, and what they do when nothing else is chosen. */
export interface TriggeredWindows {
  readonly assigner: WindowAssigner;
  /** The end of the window, unless given. */
  readonly trigger?: Trigger;
  readonly evictor?: Evictor;
}

/** @param schema Of the records. */
export function triggerOf(config: Partial<TriggerConfig>, schema: Schema, windows: TriggeredWindows): Trigger {
  const trigger = innerTrigger(config, schema, windows);
  return config.purge === true ? new PurgingTrigger(trigger) : trigger;
}

function innerTrigger(config: Partial<TriggerConfig>, schema: Schema, { assigner, trigger }: TriggeredWindows): Trigger {
  switch (config.trigger) {
    case 'event-time':
      return new EventTimeTrigger();
    case 'processing-time':
      return new ProcessingTimeTrigger();
    case 'count':
      return new CountTrigger(config.triggerCount ?? 1);
    case 'continuous-event-time':
      return new ContinuousEventTimeTrigger(config.triggerInterval ?? 1);
    case 'continuous-processing-time':
      return new ContinuousProcessingTimeTrigger(config.triggerInterval ?? 1);
    case 'delta':
      return new DeltaTrigger(config.triggerThreshold ?? 0, userDelta(config.triggerDelta ?? '', schema));
    case 'end-of-stream':
      return new EndOfStreamTrigger();
    case 'custom':
      return new UserTrigger(config.customTrigger ?? '', schema);
    default:
      if (trigger !== undefined) return trigger;
      if (assigner.isEventTime) return new EventTimeTrigger();
      return assigner.readsProcessingTime ? new ProcessingTimeTrigger() : new NeverTrigger();
  }
}

/** @param schema Of the records. */
export function evictorOf(config: Partial<EvictorConfig>, schema: Schema, windows: TriggeredWindows): Evictor | null {
  const after = config.evictAfter === true;
  switch (config.evictor) {
    case 'count':
      return new CountEvictor(config.evictorCount ?? 1, after);
    case 'time':
      return new TimeEvictor(config.evictorSpan ?? 1, after);
    case 'delta':
      return new DeltaEvictor(config.evictorThreshold ?? 0, userDelta(config.evictorDelta ?? '', schema), after);
    case 'custom':
      return new UserEvictor(config.customEvictor ?? '', schema);
    default:
      return windows.evictor ?? null;
  }
}
