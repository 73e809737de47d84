import type { Row } from '../../batch/schema.ts';
import { assert } from '../../util/assert.ts';
import type { TimeWindow } from '../time-window.ts';
import { windowStartOf } from '../time-window.ts';
import type { WindowAssigner } from './window-assigner.ts';

/** Windows of one size, end to end: every record is in exactly one (Flink: `TumblingEventTimeWindows`). */
export class TumblingEventTimeWindows implements WindowAssigner {
  readonly sizeMs: number;
  readonly offsetMs: number;

  constructor(sizeMs: number, offsetMs: number) {
    assert(sizeMs > 0 && Math.abs(offsetMs) < sizeMs, 'a tumbling window has a positive size, and its offset is smaller than that');
    this.sizeMs = sizeMs;
    this.offsetMs = offsetMs;
  }

  assignWindows(_record: Row, timestamp: number): readonly TimeWindow[] {
    const start = windowStartOf(timestamp, this.offsetMs, this.sizeMs);
    return [{ start, end: start + this.sizeMs }];
  }
}
