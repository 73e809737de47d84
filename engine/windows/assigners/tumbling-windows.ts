import type { Row } from '../../batch/schema.ts';
import { assert } from '../../util/assert.ts';
import type { PaneWindows } from '../panes/pane-windows.ts';
import type { TimeWindow } from '../time-window.ts';
import { windowStartOf } from '../time-window.ts';
import type { TimeDomain, WindowAssigner } from './window-assigner.ts';

/** Windows of one size, end to end: every record is in exactly one (Flink: `TumblingEventTimeWindows`, `TumblingProcessingTimeWindows`). */
export class TumblingWindows implements WindowAssigner, PaneWindows {
  readonly isEventTime: boolean;
  readonly readsProcessingTime: boolean;
  readonly isMerging = false;
  readonly overlap = false;
  readonly #sizeMs: number;
  readonly #offsetMs: number;

  constructor(sizeMs: number, offsetMs = 0, time: TimeDomain = 'event') {
    assert(isValidTumbling(sizeMs, offsetMs), 'a tumbling window has a positive size, and its offset is smaller than that');
    this.#sizeMs = sizeMs;
    this.#offsetMs = offsetMs;
    this.isEventTime = time === 'event';
    this.readsProcessingTime = time === 'processing';
  }

  assignWindows(_record: Row, timestamp: number, processingTime: number): readonly TimeWindow[] {
    return this.windowsOf(this.isEventTime ? timestamp : processingTime);
  }

  windowsOf(time: number): readonly TimeWindow[] {
    return [this.spanOf(time)];
  }

  spanOf(time: number): TimeWindow {
    const start = windowStartOf(time, this.#offsetMs, this.#sizeMs);
    return { start, end: start + this.#sizeMs };
  }
}

export function isValidTumbling(sizeMs: number, offsetMs: number): boolean {
  return sizeMs > 0 && Math.abs(offsetMs) < sizeMs;
}
