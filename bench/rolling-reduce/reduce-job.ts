import type { BenchNode, JobPlan } from '../job/bench-job.ts';
import { byId } from '../job/nodes.ts';
import type { TallyPlan } from '../job/tally.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import { schemaOf } from '../records/keyed-records.ts';

/** The highest temperature so far, and when the last record came. */
export const HIGHEST: BenchNode = {
  id: 'highest',
  type: 'reduce',
  config: {
    reducer: '(a, b) => ({ id: a.id, timestamp: b.timestamp, temperature: a.temperature > b.temperature ? a.temperature : b.temperature })',
  },
};

/** The sum so far; all other fields stay those of the first record. */
export const SUM: BenchNode = { id: 'sum', type: 'rolling-aggregate', config: { fn: 'sum', column: 'temperature' } };

export const HIGHEST_TALLY: TallyPlan = { sums: ['temperature'], sumsOfTimes: ['timestamp'] };
export const SUM_TALLY: TallyPlan = { sums: ['temperature'] };

/** An update per record, and no event time. What was reduced in one pass goes on in the next. */
export function reduceJob(readings: KeyedRecords, operator: BenchNode, tally: TallyPlan, options: Pick<JobPlan, 'fused'> = {}): JobPlan {
  return {
    ...options,
    sources: { readings },
    schema: schemaOf('temperature'),
    nodes: [byId('by-id'), operator],
    closesPasses: false,
    tally,
  };
}
