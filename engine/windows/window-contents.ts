import type { TimeWindow } from './time-window.ts';

/** What a window that has not fired holds, on its way from one kernel to another in the same subtask: what a snapshot says, in far less memory and time. */
export interface WindowContents {
  readonly window: TimeWindow;
  /** In the order in which they fire. */
  readonly keys: readonly unknown[];
  /** The cells of the `AggregatePlan`, key after key. */
  readonly accumulators: Float64Array;
}
