import { defaultMaxParallelism } from '../state/key-group.ts';
import type { DocumentNode, JobSettings } from './document.ts';

/** Key groups of an operator: its own setting, else the job's, else what its parallelism gives (Flink's precedence). */
export function maxParallelismOf(job: JobSettings, node: Pick<DocumentNode, 'maxParallelism'>, parallelism: number): number {
  return node.maxParallelism ?? job.maxParallelism ?? defaultMaxParallelism(parallelism);
}
