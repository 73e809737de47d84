import type { JobPlan } from '../job/bench-job.ts';
import { byId, eventTime } from '../job/nodes.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import { schemaOf } from '../records/keyed-records.ts';

export const SIZE_MS = 60_000;
export const SLIDE_MS = 1000;

export function slidingJob(readings: KeyedRecords, options: Pick<JobPlan, 'watermarkEveryMs' | 'fused'> = {}): JobPlan {
  return {
    ...options,
    sources: { readings },
    schema: schemaOf('temperature'),
    nodes: [
      eventTime('times', readings),
      byId('by-id'),
      {
        id: 'window',
        type: 'sliding-window',
        config: {
          size: SIZE_MS,
          slide: SLIDE_MS,
          aggregates: [
            { fn: 'sum', column: 'temperature', as: 'sum' },
            { fn: 'count', column: '', as: 'count' },
          ],
        },
      },
    ],
    tally: { sums: ['count', 'sum'], timesBy: 'count' },
  };
}
