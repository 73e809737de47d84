import type { Analysis, Category, NodeMetrics, PipelineDocument } from '../../engine/api/index.ts';
import { formatCount, formatWatermark } from '../ui/format.ts';
import { notRunnableReason } from './run-availability.ts';
import type { RunFacts } from './run-state.ts';

export interface EmptySituation {
  readonly document: PipelineDocument;
  readonly analysis: Pick<Analysis, 'problems' | 'runnable'>;
  readonly run: Pick<RunFacts, 'status' | 'paused' | 'nodeMetrics'>;
  /** Category of an operator type; undefined when it is not known. */
  readonly categoryOf: (type: string) => Category | undefined;
  /** The sink without rows. */
  readonly nodeId: string;
}

/** Why a sink shows no rows, in a sentence or two. */
export function emptyResultsText(situation: EmptySituation): string {
  const { analysis, run } = situation;
  switch (run.status) {
    case 'idle':
      return notRunnableReason(analysis) ?? 'Nothing has run yet. Run the pipeline to see its results here.';
    case 'starting':
    case 'CREATED':
      return 'The job is starting.';
    case 'FINISHED':
      return `The job finished and delivered no row to this sink. ${countsText(new Upstream(situation))}`;
    case 'FAILED':
    case 'FAILING':
      return 'The job failed before it delivered a row to this sink.';
    case 'CANCELED':
    case 'CANCELLING':
      return 'The job was stopped before it delivered a row to this sink.';
    case 'RUNNING':
      return `${runningText(new Upstream(situation))}${run.paused ? ' The job is paused.' : ''}`;
  }
}

function runningText(upstream: Upstream): string {
  if (upstream.recordsRead === 0) return 'No record has been read yet.';
  const window = upstream.firstWindow;
  if (window === undefined) return `No record has reached this sink yet. ${countsText(upstream)}`;
  if (window.recordsOut > 0) return `Windows have fired, but no record has reached this sink yet. ${countsText(upstream)}`;
  const now = window.watermark === null ? 'no watermark has arrived' : `the watermark is ${formatWatermark(window.watermark, 'full')}`;
  return `No window has fired yet: ${now}. ${countsText(upstream)}`;
}

function countsText(upstream: Upstream): string {
  const parts = [`${formatCount(upstream.recordsRead)} record${upstream.recordsRead === 1 ? '' : 's'} read`];
  const late = upstream.sum((node) => node.lateRecords);
  const malformed = upstream.sum((node) => node.malformedRecords);
  const failed = upstream.sum((node) => node.failedRecords);
  if (late > 0) parts.push(`${formatCount(late)} late`);
  if (malformed > 0) parts.push(`${formatCount(malformed)} malformed`);
  if (failed > 0) parts.push(`${formatCount(failed)} failed`);
  return `${parts.join(', ')}.`;
}

/** What is measured of the operators whose records can reach the sink, nearest first. */
class Upstream {
  readonly #metrics: readonly NodeMetrics[];
  readonly #categoryOf: (nodeId: string) => Category | undefined;

  constructor({ document, run, nodeId, categoryOf }: EmptySituation) {
    this.#metrics = upstreamOf(document, nodeId).flatMap((id) => run.nodeMetrics[id] ?? []);
    const types = new Map(document.nodes.map((node) => [node.id, node.type]));
    this.#categoryOf = (id) => categoryOf(types.get(id) ?? '');
  }

  get recordsRead(): number {
    return this.sum((node) => (this.#categoryOf(node.nodeId) === 'source' ? node.recordsOut : 0));
  }

  get firstWindow(): NodeMetrics | undefined {
    return this.#metrics.find((node) => this.#categoryOf(node.nodeId) === 'window');
  }

  sum(count: (node: NodeMetrics) => number): number {
    return this.#metrics.reduce((total, node) => total + count(node), 0);
  }
}

/** Ids of all nodes whose records can reach a node, nearest first. */
function upstreamOf(document: PipelineDocument, nodeId: string): readonly string[] {
  const found: string[] = [];
  const queue = [nodeId];
  const seen = new Set(queue);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const edge of document.edges) {
      if (edge.target !== next || seen.has(edge.source)) continue;
      seen.add(edge.source);
      found.push(edge.source);
      queue.push(edge.source);
    }
  }
  return found;
}
