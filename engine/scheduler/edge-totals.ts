import type { EdgeCounters } from './messages.ts';

/** What one exchange (or call) counts, and the document edges it runs over, upstream first. */
export interface PathCounters {
  readonly edgeIds: readonly string[];
  readonly counters: Omit<EdgeCounters, 'edgeId'>;
}

/**
 * Counters by document edge. Two exchanges over the same edge from its beginning carry the same records to two places, and count once;
 * where they come from different places (a union joins them) they add up.
 */
export function totalsByEdge(paths: readonly PathCounters[], maxLastRecords: number): readonly EdgeCounters[] {
  const byEdge = new Map<string, Map<string, PathCounters['counters']>>();
  for (const { edgeIds, counters } of paths) {
    for (const [k, edgeId] of edgeIds.entries()) {
      let origins = byEdge.get(edgeId);
      if (origins === undefined) byEdge.set(edgeId, (origins = new Map<string, PathCounters['counters']>()));
      const way = JSON.stringify(edgeIds.slice(0, k + 1));
      if (!origins.has(way)) origins.set(way, counters);
    }
  }
  return [...byEdge].map(([edgeId, origins]) => ({ edgeId, ...[...origins.values()].reduce((a, b) => sumOf(a, b, maxLastRecords)) }));
}

function sumOf(a: PathCounters['counters'], b: PathCounters['counters'], maxLastRecords: number): PathCounters['counters'] {
  return {
    records: a.records + b.records,
    watermark: a.watermark === null || b.watermark === null ? null : Math.min(a.watermark, b.watermark),
    queuedBatches: a.queuedBatches + b.queuedBatches,
    credits: a.credits + b.credits,
    lastRecords: [...a.lastRecords, ...b.lastRecords].slice(-maxLastRecords),
  };
}
