import type { Row } from '../../batch/schema.ts';
import type { TimeWindow } from '../time-window.ts';

/** Decides to which windows a record belongs (Flink: `WindowAssigner`). Pure. */
export interface WindowAssigner {
  assignWindows(record: Row, timestamp: number): readonly TimeWindow[];
}
