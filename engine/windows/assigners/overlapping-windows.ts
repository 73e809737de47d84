import type { Row } from '../../batch/schema.ts';
import type { PaneWindows } from '../panes/pane-windows.ts';
import type { TimeWindow } from '../time-window.ts';
import type { TimeDomain, WindowAssigner } from './window-assigner.ts';

/** Windows that depend on nothing but the time, and several of which a moment can be in. */
export abstract class OverlappingWindows implements WindowAssigner, PaneWindows {
  readonly isEventTime: boolean;
  readonly readsProcessingTime: boolean;
  readonly isMerging = false;
  readonly overlap = true;

  constructor(time: TimeDomain) {
    this.isEventTime = time === 'event';
    this.readsProcessingTime = time === 'processing';
  }

  assignWindows(_record: Row, timestamp: number, processingTime: number): readonly TimeWindow[] {
    return this.windowsOf(this.isEventTime ? timestamp : processingTime);
  }

  abstract windowsOf(time: number): readonly TimeWindow[];

  abstract spanOf(time: number): TimeWindow;
}
