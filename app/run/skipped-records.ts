import type { ListedProblem, NodeMetrics, RecordProblemKind } from '../../engine/api/index.ts';

export interface SkippedFilter {
  /** Null: all operators. */
  readonly nodeId: string | null;
  /** Null: all kinds. */
  readonly kind: RecordProblemKind | null;
  /** Found in reason or content, whatever its case. */
  readonly text: string;
}

export const NO_FILTER: SkippedFilter = { nodeId: null, kind: null, text: '' };

export const KIND_NAMES: Readonly<Record<RecordProblemKind, string>> = { late: 'Late', malformed: 'Malformed', failed: 'Failed' };

export function filterProblems(problems: readonly ListedProblem[], { nodeId, kind, text }: SkippedFilter): readonly ListedProblem[] {
  if (nodeId === null && kind === null && text === '') return problems;
  const wanted = text.toLowerCase();
  return problems.filter(
    (problem) =>
      (nodeId === null || problem.nodeId === nodeId) &&
      (kind === null || problem.kind === kind) &&
      (wanted === '' || problem.reason.toLowerCase().includes(wanted) || problem.content.toLowerCase().includes(wanted)),
  );
}

export interface SkippedCount {
  readonly nodeId: string;
  readonly kind: RecordProblemKind;
  readonly count: number;
}

/** All skipped records by operator and kind: counts are complete, the list is capped. */
export function skippedCounts(metrics: Readonly<Record<string, NodeMetrics>>): readonly SkippedCount[] {
  return Object.values(metrics)
    .flatMap(({ nodeId, lateRecords, malformedRecords, failedRecords }): SkippedCount[] => [
      { nodeId, kind: 'late', count: lateRecords },
      { nodeId, kind: 'malformed', count: malformedRecords },
      { nodeId, kind: 'failed', count: failedRecords },
    ])
    .filter(({ count }) => count > 0);
}

export function totalSkipped(metrics: Readonly<Record<string, NodeMetrics>>): number {
  return skippedCounts(metrics).reduce((sum, { count }) => sum + count, 0);
}
