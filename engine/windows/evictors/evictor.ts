import type { Row } from '../../batch/schema.ts';
import type { TimeWindow } from '../time-window.ts';

/** An element as a pane keeps it; the timestamp is NaN when it has none. */
export type TimestampedRow = readonly [record: Row, timestamp: number];

export interface EvictorContext {
  readonly window: TimeWindow;
  readonly currentWatermark: number;
  readonly currentProcessingTime: number;
}

/** Takes elements out of a pane that fires, before or after its function has seen them (Flink: `Evictor`). Both return what stays, in order. */
export interface Evictor {
  evictBefore(elements: readonly TimestampedRow[], context: EvictorContext): readonly TimestampedRow[];
  evictAfter(elements: readonly TimestampedRow[], context: EvictorContext): readonly TimestampedRow[];
}
