import type { Analysis } from '../../engine/api/index.ts';

/** Why the pipeline cannot run; null when it can. */
export function notRunnableReason(analysis: Pick<Analysis, 'problems' | 'runnable'>): string | null {
  if (analysis.runnable) return null;
  const errors = analysis.problems.filter((problem) => problem.severity === 'error');
  const [first] = errors;
  if (first === undefined) return 'The pipeline is not complete yet.';
  return errors.length === 1
    ? first.message
    : `${first.message} (And ${errors.length - 1} more ${errors.length === 2 ? 'error' : 'errors'}.)`;
}
