import type { MetricsEvent } from '../../engine/api/index.ts';

/** Single reports cover a tenth of a second or so: a job of even pace would seem to stop and go. */
const WINDOW_MS = 1000;
const SHORTEST_MS = 200;

/** Rates over about the last second, from the counts of the reports in it. */
export class SteadyRates {
  /** The reports of the last second, and the one before. */
  readonly #past: MetricsEvent[] = [];

  /** The report with its rates as they should be shown. */
  steady(event: MetricsEvent): MetricsEvent {
    const past = this.#past;
    past.push(event);
    while (past[1] !== undefined && event.elapsedMs - past[1].elapsedMs >= WINDOW_MS) past.shift();
    const [oldest = event] = past;
    const elapsedMs = event.elapsedMs - oldest.elapsedMs;
    if (elapsedMs < SHORTEST_MS) return event;
    const nodes = new Map(oldest.nodes.map((node) => [node.nodeId, node]));
    const edges = new Map(oldest.edges.map((edge) => [edge.edgeId, edge]));
    const rate = (now: number, before: number | undefined) => (Math.max(0, now - (before ?? 0)) / elapsedMs) * 1000;
    return {
      ...event,
      nodes: event.nodes.map((node) => ({
        ...node,
        recordsInPerSecond: rate(node.recordsIn, nodes.get(node.nodeId)?.recordsIn),
        recordsOutPerSecond: rate(node.recordsOut, nodes.get(node.nodeId)?.recordsOut),
      })),
      edges: event.edges.map((edge) => ({ ...edge, recordsPerSecond: rate(edge.records, edges.get(edge.edgeId)?.records) })),
    };
  }

  /** After a pause, and for another job, the past says nothing about the pace. */
  forget(): void {
    this.#past.length = 0;
  }
}
