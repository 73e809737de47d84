import type { Row } from '../batch/schema.ts';
import type { UserStateStore } from '../state/user-states.ts';
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
  /** States of this key and window. @throws UserCodeError where windows merge, as in Flink. */
  readonly windowStates: UserStateStore;
  /** States of this key over all windows. */
  readonly keyStates: UserStateStore;
}

/** What the function of a window does beside looking at panes. */
export interface PaneFunctionLifeCycle {
  /** Before the first record. @param keyStates As those of a pane; there is no current key yet. */
  open?(keyStates: UserStateStore): void;
  /** After the last one. */
  close?(): void;
  /** What user code counts, by name. */
  userCounters?(): ReadonlyMap<string, number>;
}

/** What panes hold and what they emit: the state descriptor and the window function of Flink's `WindowOperator`. Contents are plain data. */
export interface PaneFunction<C> extends PaneFunctionLifeCycle {
  /** The contents with one more record; null: there were none. May change what it is given. */
  add(contents: C | null, record: Row, timestamp: number): C;
  /** The contents of two windows that became one. Missing: it cannot be used with windows that merge. */
  merge?(into: C, from: C): C;
  /** Emits. Returns what the pane holds from now on; null: nothing. */
  fire(contents: C, pane: FiringPane): C | null;
  /** The window is over (Flink: `ProcessWindowFunction.clear`). */
  clear?(pane: FiringPane): void;
}
