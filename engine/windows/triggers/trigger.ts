import type { Row } from '../../batch/schema.ts';
import type { TimeWindow } from '../time-window.ts';

/** What happens to a pane now (Flink: `TriggerResult`): two independent bits. */
export const CONTINUE = 0;
/** Emit the result. */
export const FIRE = 1;
/** Throw the contents away, but keep the window, its timers and the trigger's state. */
export const PURGE = 2;
export const FIRE_AND_PURGE = 3;
export type TriggerResult = typeof CONTINUE | typeof FIRE | typeof PURGE | typeof FIRE_AND_PURGE;

/** A value of the trigger's own for one key and window. */
export interface TriggerState<T> {
  /** Null when there is none. */
  value(): T | null;
  update(value: T): void;
  clear(): void;
}

/** What a trigger may do, for the key and window it was called with. */
export interface TriggerContext {
  readonly currentWatermark: number;
  readonly currentProcessingTime: number;
  registerEventTimeTimer(timestamp: number): void;
  deleteEventTimeTimer(timestamp: number): void;
  registerProcessingTimeTimer(timestamp: number): void;
  deleteProcessingTimeTimer(timestamp: number): void;
  state<T>(name: string): TriggerState<T>;
}

export interface OnMergeContext extends TriggerContext {
  /** Moves the state of the windows that were merged into the window they became. */
  mergeState<T>(name: string, merge: (a: T, b: T) => T): void;
}

/** Decides when a pane emits its result (Flink: `Trigger`). State is kept through the context, never in the trigger itself. */
export interface Trigger {
  /** It asks for the processing time, or registers timers of it. */
  readonly followsProcessingTime: boolean;
  onElement(record: Row, timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult;
  /** An event-time timer of this pane is due: the trigger's own, or the one that cleans the window up. */
  onEventTime(time: number, window: TimeWindow, context: TriggerContext): TriggerResult;
  onProcessingTime(time: number, window: TimeWindow, context: TriggerContext): TriggerResult;
  /** Windows were merged into this one. Missing: the trigger cannot be used with windows that merge (Flink: `canMerge`). */
  onMerge?: ((window: TimeWindow, context: OnMergeContext) => void) | undefined;
  /** The window is gone: take back timers and state. */
  clear(window: TimeWindow, context: TriggerContext): void;
}
