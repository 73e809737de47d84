import type { KeyedRecords } from '../records/keyed-records.ts';
import type { BenchNode } from './bench-job.ts';

/** Timestamps from the records, watermarks as late as the records are out of order. */
export function eventTime(id: string, { passes }: KeyedRecords): BenchNode {
  return {
    id,
    type: 'timestamps-and-watermarks',
    config: { timestampField: 'timestamp', maxOutOfOrdernessMs: passes.disorderMs },
  };
}

export function byId(id: string): BenchNode {
  return { id, type: 'key-by', config: { columns: ['id'] } };
}
