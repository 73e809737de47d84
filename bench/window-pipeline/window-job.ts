import type { Schema } from '../../engine/batch/schema.ts';
import type { JobPlan } from '../job/bench-job.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import { schemaOf } from '../records/keyed-records.ts';
import { WINDOW_MS } from './window-result.ts';

/** The user's functions. */
export interface PipelineFunctions {
  readonly isHot: string;
  readonly toFahrenheit: string;
}

export interface WindowJobOptions extends Pick<JobPlan, 'watermarkEveryMs' | 'fused' | 'copyingSource'> {
  readonly functions: PipelineFunctions;
  /** Of window and sink; what comes before them is one task. */
  readonly windowParallelism?: number;
}

/** Declared, because it cannot be read from a function that is opaque. */
const CONVERTED: Schema = schemaOf('f');

export function windowJob(readings: KeyedRecords, { functions, windowParallelism, ...options }: WindowJobOptions): JobPlan {
  const parallelism = windowParallelism ?? 1;
  return {
    ...options,
    sources: { readings },
    schema: schemaOf('temperature'),
    nodes: [
      {
        id: 'times',
        type: 'timestamps-and-watermarks',
        config: { timestampField: 'timestamp', maxOutOfOrdernessMs: readings.passes.disorderMs },
      },
      { id: 'hot', type: 'filter', config: { predicate: functions.isHot } },
      { id: 'fahrenheit', type: 'map', config: { mapper: functions.toFahrenheit, schema: CONVERTED.fields } },
      { id: 'by-id', type: 'key-by', config: { columns: ['id'] } },
      {
        id: 'window',
        type: 'tumbling-window',
        config: {
          size: WINDOW_MS,
          aggregates: [
            { fn: 'sum', column: 'f', as: 'sum' },
            { fn: 'avg', column: 'f', as: 'avg' },
            { fn: 'count', column: '', as: 'count' },
          ],
        },
        parallelism,
      },
    ],
    sinkParallelism: parallelism,
    tally: { sums: ['count', 'sum', 'avg'], timesBy: 'count' },
  };
}
