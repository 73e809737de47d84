import type { TimeWindow } from '../time-window.ts';

/** The windows of a pane kernel: those of event time that depend on nothing but the timestamp. No two of them end at the same moment. */
export interface PaneWindows {
  /** A moment can be in several windows, or in none. */
  readonly overlap: boolean;
  /** In the order in which `WindowAssigner.assignWindows` gives them. */
  windowsOf(timestamp: number): readonly TimeWindow[];
  /** A stretch of time around the moment in which every moment is in the same windows; the next one begins where it ends. */
  spanOf(timestamp: number): TimeWindow;
}
