import { describe, expect, it } from 'vitest';
import type { MetricsEvent } from '../../engine/api/index.ts';
import { SteadyRates } from './steady-rates.ts';

/** A report with one node and one edge, whose own rate is what the last tenth of a second gave. */
function report(elapsedMs: number, records: number, ownRate: number): MetricsEvent {
  const node = {
    nodeId: 'map',
    recordsIn: records,
    recordsOut: 2 * records,
    recordsInPerSecond: ownRate,
    recordsOutPerSecond: 2 * ownRate,
  };
  const edge = { edgeId: 'e', records, recordsPerSecond: ownRate };
  return {
    type: 'metrics',
    jobId: 'job-1',
    elapsedMs,
    nodes: [node],
    edges: [edge],
    progress: { done: 0, total: null, unit: 'records' },
  } as unknown as MetricsEvent;
}

const ratesOf = ({ nodes, edges }: MetricsEvent) => [
  nodes[0]?.recordsInPerSecond,
  nodes[0]?.recordsOutPerSecond,
  edges[0]?.recordsPerSecond,
];

describe('steady rates', () => {
  it('are those of the last second, however unevenly the reports come', () => {
    const rates = new SteadyRates();
    expect(ratesOf(rates.steady(report(0, 0, 0)))).toEqual([0, 0, 0]);
    // Too short to tell: what the engine says.
    expect(ratesOf(rates.steady(report(100, 40, 400)))).toEqual([400, 800, 400]);
    expect(ratesOf(rates.steady(report(500, 100, 150)))).toEqual([200, 400, 200]);
    expect(ratesOf(rates.steady(report(600, 120, 0)))).toEqual([200, 400, 200]);
    expect(ratesOf(rates.steady(report(1100, 220, 240)))).toEqual([180, 360, 180]);
    expect(ratesOf(rates.steady(report(1600, 320, 200)))).toEqual([200, 400, 200]);
  });

  it('begin anew after a pause', () => {
    const rates = new SteadyRates();
    rates.steady(report(0, 0, 0));
    rates.steady(report(1000, 100, 100));
    rates.forget();
    expect(ratesOf(rates.steady(report(60_000, 150, 100)))).toEqual([100, 200, 100]);
    expect(ratesOf(rates.steady(report(60_500, 200, 80)))).toEqual([100, 200, 100]);
  });
});
