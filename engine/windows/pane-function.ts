import type { Row } from '../batch/schema.ts';
import type { TriggerState } from './triggers/trigger.ts';
import type { TimeWindow } from './time-window.ts';

/** A pane (one key in one window) that fires or ends, as its function sees it. Only valid during the call. */
export interface FiringPane {
  readonly key: unknown;
  readonly window: TimeWindow;
  readonly currentWatermark: number;
  readonly currentProcessingTime: number;
  /** A result of the window: it carries the window's last timestamp. */
  collect(record: Row): void;
  sideOutput(port: string, record: Row): void;
  /** State of this key and window. Not with windows that merge, as in Flink. */
  windowState<T>(name: string): TriggerState<T>;
  /** State of this key over all windows. */
  globalState<T>(name: string): TriggerState<T>;
}

/** What panes hold and what they emit: the state descriptor and the window function of Flink's `WindowOperator`. Contents are plain data. */
export interface PaneFunction<C> {
  /** The contents with one more record; null: there were none. May change what it is given. */
  add(contents: C | null, record: Row, timestamp: number): C;
  /** The contents of two windows that became one. Missing: it cannot be used with windows that merge. */
  merge?(into: C, from: C): C;
  /** Emits. Returns what the pane holds from now on; null: nothing. */
  fire(contents: C, pane: FiringPane): C | null;
  /** The window is over (Flink: `ProcessWindowFunction.clear`). */
  clear?(pane: FiringPane): void;
}
