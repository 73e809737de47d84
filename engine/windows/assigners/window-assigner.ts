import type { Row } from '../../batch/schema.ts';
import type { TimeWindow } from '../time-window.ts';

export type TimeDomain = 'event' | 'processing';

/** Decides to which windows a record belongs (Flink: `WindowAssigner`). Pure. */
export interface WindowAssigner {
  /** The clock by which windows end: event time (watermarks) or not. Windows of event time can be late, others cannot. */
  readonly isEventTime: boolean;
  /** It asks for the processing time. */
  readonly readsProcessingTime: boolean;
  /** Windows of one key that overlap or touch become one (Flink: `MergingWindowAssigner`). */
  readonly isMerging: boolean;
  /** `timestamp` is NaN when the record has none; only event-time windows need it. */
  assignWindows(record: Row, timestamp: number, processingTime: number): readonly TimeWindow[];
}
