import { describe, expect, it } from 'vitest';
import { totalsByEdge } from './edge-totals.ts';
import type { PathCounters } from './edge-totals.ts';

const path = (edgeIds: readonly string[], records: number, watermark: number | null, queuedBatches = 0): PathCounters => ({
  edgeIds,
  counters: { records, watermark, queuedBatches, credits: 8, lastRecords: [{ from: edgeIds[0] }] },
});

describe('counters of document edges', () => {
  it('add up where a union joins streams', () => {
    const totals = totalsByEdge([path(['a-union', 'union-c'], 10, 5, 1), path(['b-union', 'union-c'], 20, 3, 2)], 5);
    expect(totals).toEqual([
      { edgeId: 'a-union', records: 10, watermark: 5, queuedBatches: 1, credits: 8, lastRecords: [{ from: 'a-union' }] },
      {
        edgeId: 'union-c',
        records: 30,
        watermark: 3,
        queuedBatches: 3,
        credits: 16,
        lastRecords: [{ from: 'a-union' }, { from: 'b-union' }],
      },
      { edgeId: 'b-union', records: 20, watermark: 3, queuedBatches: 2, credits: 8, lastRecords: [{ from: 'b-union' }] },
    ]);
  });

  it('count once where one stream goes to two places', () => {
    const totals = totalsByEdge([path(['a-key', 'key-b'], 10, 5), path(['a-key', 'key-c'], 10, null)], 5);
    expect(totals.map(({ edgeId, records, watermark }) => [edgeId, records, watermark])).toEqual([
      ['a-key', 10, 5],
      ['key-b', 10, 5],
      ['key-c', 10, null],
    ]);
  });
});
