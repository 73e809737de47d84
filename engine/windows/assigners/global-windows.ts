import type { TimeWindow } from '../time-window.ts';
import { GLOBAL_WINDOW } from '../time-window.ts';
import type { WindowAssigner } from './window-assigner.ts';

const ALL: readonly TimeWindow[] = [GLOBAL_WINDOW];

/** One window for all records of a key; it needs a trigger that fires (Flink: `GlobalWindows`). Not of event time: nothing is late for it. */
export class GlobalWindows implements WindowAssigner {
  readonly isEventTime = false;
  readonly readsProcessingTime = false;
  readonly isMerging = false;

  assignWindows(): readonly TimeWindow[] {
    return ALL;
  }
}
