import type { Row } from '../../batch/schema.ts';
import type { TimeWindow } from '../time-window.ts';
import type { TimeDomain, WindowAssigner } from './window-assigner.ts';

/**
 * Every record opens a window as long as the gap; windows that overlap or touch become one (Flink: `EventTimeSessionWindows`,
 * `ProcessingTimeSessionWindows`, and their `withDynamicGap`).
 */
export class SessionWindows implements WindowAssigner {
  readonly isEventTime: boolean;
  readonly readsProcessingTime: boolean;
  readonly isMerging = true;
  readonly #gapOf: (record: Row) => number;

  /** @param gapOf The gap after a record in ms, greater than 0. */
  constructor(gapOf: (record: Row) => number, time: TimeDomain = 'event') {
    this.#gapOf = gapOf;
    this.isEventTime = time === 'event';
    this.readsProcessingTime = time === 'processing';
  }

  assignWindows(record: Row, timestamp: number, processingTime: number): readonly TimeWindow[] {
    const gapMs = this.#gapOf(record);
    if (!(gapMs > 0)) throw new RangeError(`The gap of a session is a number of milliseconds greater than 0, not ${String(gapMs)}.`);
    const start = this.isEventTime ? timestamp : processingTime;
    return [{ start, end: start + gapMs }];
  }
}
