import { formatCount, formatElapsed } from '../ui/format.ts';
import type { RunFacts } from './run-state.ts';

/** The state of the job in one or two words, as it is announced. */
export function statusText({ status, paused }: Pick<RunFacts, 'status' | 'paused'>): string {
  switch (status) {
    case 'idle':
      return 'Ready';
    case 'starting':
    case 'CREATED':
      return 'Starting…';
    case 'RUNNING':
      return paused ? 'Paused' : 'Running';
    case 'FAILING':
      return 'Failing…';
    case 'FAILED':
      return 'Failed';
    case 'CANCELLING':
      return 'Stopping…';
    case 'CANCELED':
      return 'Stopped';
    case 'FINISHED':
      return 'Finished';
  }
}

/** What a measure of the moment says: its value while records flow; a paused job has none now, an ended one has none any more. */
export function momentText(value: string, { status, paused }: Pick<RunFacts, 'status' | 'paused'>): string {
  if (status !== 'RUNNING') return '–';
  return paused ? 'paused' : value;
}

/** What is worth knowing beside the state: run time, and how far bounded input is read. */
export function detailText({
  status,
  elapsedMs,
  progress,
  summary,
}: Pick<RunFacts, 'status' | 'elapsedMs' | 'progress' | 'summary'>): string {
  if (status === 'idle' || status === 'starting') return '';
  const parts = [formatElapsed(elapsedMs)];
  if (summary !== null) parts.push(`${formatCount(summary.recordsRead)} records`);
  else if (progress !== null && progress.total !== null && progress.total > 0)
    parts.push(`${progressPercent(progress.done, progress.total)} %`);
  return parts.join(' · ');
}

/** 100 only when all of it is done. */
export function progressPercent(done: number, total: number): number {
  return total <= 0 ? 100 : Math.min(100, Math.floor((done / total) * 100));
}
