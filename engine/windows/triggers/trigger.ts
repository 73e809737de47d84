import type { Row } from '../../batch/schema.ts';
import type { TimeWindow } from '../time-window.ts';

/** What happens to a pane now (Flink: `TriggerResult`): two independent bits. */
export const CONTINUE = 0;
/** Emit the result. */
export const FIRE = 1;
/** Throw the contents away, but keep the window's timers. */
export const PURGE = 2;
export const FIRE_AND_PURGE = 3;
export type TriggerResult = typeof CONTINUE | typeof FIRE | typeof PURGE | typeof FIRE_AND_PURGE;

/** What a trigger may do, for the key and window it was called with. */
export interface TriggerContext {
  readonly currentWatermark: number;
  registerEventTimeTimer(timestamp: number): void;
  deleteEventTimeTimer(timestamp: number): void;
}

/** Decides when a pane emits its result (Flink: `Trigger`). Without state of its own. */
export interface Trigger {
  onElement(record: Row, timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult;
  /** A timer of this pane is due: the trigger's own, or the one that cleans the window up. */
  onEventTime(time: number, window: TimeWindow, context: TriggerContext): TriggerResult;
  /** The window is gone: take back what is still registered. */
  clear(window: TimeWindow, context: TriggerContext): void;
}
