import type { JobPlan } from '../job/bench-job.ts';
import { byId, eventTime } from '../job/nodes.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import { generateRecords, schemaOf, temperature } from '../records/keyed-records.ts';

export const GAP_MS = 30_000;
const ACTIVE_KEYS = 2500;
/** So long after the last a further key becomes active, and another one falls silent. */
const KEY_EVERY_MS = 8;

/** A key is active for 20 s and silent for 60 s. */
export function generateVisits(count: number, keyCount: number): KeyedRecords {
  return generateRecords({
    count,
    keyCount,
    alignMs: 60_000,
    value: temperature,
    id: (random, passed) => (Math.floor(passed / KEY_EVERY_MS) + random.nextInt(ACTIVE_KEYS)) % keyCount,
  });
}

export function sessionJob(visits: KeyedRecords, options: Pick<JobPlan, 'watermarkEveryMs' | 'fused'> = {}): JobPlan {
  return {
    ...options,
    sources: { visits },
    schema: schemaOf('temperature'),
    nodes: [
      eventTime('times', visits),
      byId('by-id'),
      {
        id: 'window',
        type: 'session-window',
        config: {
          gap: GAP_MS,
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
