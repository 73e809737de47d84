import type { JobPlan } from '../job/bench-job.ts';
import { byId, eventTime } from '../job/nodes.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import { schemaOf } from '../records/keyed-records.ts';
import type { Rule } from './rules.ts';

export function processJob(transactions: KeyedRecords, rule: Rule, options: Pick<JobPlan, 'watermarkEveryMs' | 'fused'> = {}): JobPlan {
  return {
    ...options,
    sources: { transactions },
    schema: schemaOf('amount'),
    nodes: [
      eventTime('times', transactions),
      byId('by-id'),
      { id: 'rule', type: 'keyed-process-function', config: { code: rule.code, schema: rule.schema } },
    ],
    tally: rule.tally,
  };
}
