import type { QueriedState, StateQuery } from '../api/engine-api.ts';
import type { Row } from '../batch/schema.ts';
import type { DeployedJob } from '../runtime/deploy.ts';

interface Entry {
  readonly key: unknown;
  readonly text: string;
  readonly record: Row;
}

/**
 * What a queryable state holds now, over all its subtasks. Called between slices, so every record has been seen whole or not at all; between two subtasks
 * records may be under way unless the job is paused. As in Flink every look-up stands for itself.
 */
export function queryState(job: DeployedJob | null, nodeId: string, { keyContains, limit }: StateQuery): QueriedState {
  const wanted = keyContains.trim().toLowerCase();
  let keyCount = 0;
  let matchCount = 0;
  let first: Entry[] = [];
  for (const [key, record] of entriesOf(job, nodeId)) {
    keyCount++;
    const text = textOf(key);
    if (!text.toLowerCase().includes(wanted)) continue;
    matchCount++;
    first.push({ key, text, record });
    // Of a million keys only so many are ever sorted at a time.
    if (first.length >= 2 * limit + 1000) first = firstOf(first, limit);
  }
  return { keyCount, matchCount, entries: firstOf(first, limit).map(({ key, record }) => ({ key, record })) };
}

function* entriesOf(job: DeployedJob | null, nodeId: string): Iterable<readonly [key: unknown, record: Row]> {
  for (const { chain } of job?.subtasks ?? []) {
    for (const { deployment, operator } of chain.links) {
      if (deployment.nodeId === nodeId && 'queryableEntries' in operator) yield* operator.queryableEntries?.() ?? [];
    }
  }
}

function textOf(key: unknown): string {
  return Array.isArray(key) ? key.map(String).join(', ') : String(key);
}

function firstOf(entries: readonly Entry[], limit: number): Entry[] {
  return entries.toSorted(byKey).slice(0, limit);
}

function byKey(a: Entry, b: Entry): number {
  if (typeof a.key === 'number' && typeof b.key === 'number') return a.key - b.key;
  if (typeof a.key === 'number' || typeof b.key === 'number') return typeof a.key === 'number' ? -1 : 1;
  return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
}
