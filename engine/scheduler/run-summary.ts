import type { RunSummary } from '../api/engine-api.ts';
import type { DeployedJob } from '../runtime/deploy.ts';
import { finishHash, foldNumber, foldWord, hashText, hexOf } from '../util/hash.ts';
import type { RowCollector } from './row-collector.ts';

/**
 * Totals and hashes of a run that ended. The trace hash folds, subtask by subtask in the order of the execution graph, what every operator
 * counted and where its watermark ended, and every delivered row with timestamp and origin in order.
 */
export function summaryOf(job: DeployedJob, rows: ReadonlyMap<string, RowCollector>, recordsRead: number): Omit<RunSummary, 'elapsedMs'> {
  let trace = 0;
  let late = 0;
  let malformed = 0;
  let failed = 0;
  for (const subtask of job.subtasks) {
    for (const { stats } of subtask.chain.links) {
      late += stats.late;
      malformed += stats.malformed;
      failed += stats.failed;
      trace = foldWord(trace, hashText(`${stats.nodeId}#${subtask.execution.index}`));
      for (const count of [stats.recordsIn, stats.recordsOut, stats.late, stats.malformed, stats.failed, stats.watermark])
        trace = foldNumber(trace, count);
    }
  }
  const bySink = new Map<string, number>();
  let delivered = 0;
  for (const key of [...rows.keys()].sort()) {
    const collector = rows.get(key) as RowCollector;
    delivered += collector.delivered;
    trace = foldWord(foldWord(trace, hashText(key)), collector.traceHash);
    const sink = key.slice(0, key.lastIndexOf('#'));
    bySink.set(sink, ((bySink.get(sink) ?? 0) + collector.resultHash) | 0);
  }
  let result = 0;
  for (const [sink, hash] of bySink) result = (result + finishHash(foldWord(hashText(sink), hash))) | 0;
  return {
    traceHash: hexOf(finishHash(trace)),
    resultHash: hexOf(finishHash(result)),
    recordsRead,
    rowsDelivered: delivered,
    lateRecords: late,
    malformedRecords: malformed,
    failedRecords: failed,
  };
}
