import type { Analysis, NodeMetrics, PipelineDocument } from '../../engine/api/index.ts';
import { definitionOf } from '../../engine/api/index.ts';
import { formatCount, formatWatermark } from '../ui/format.ts';
import { notRunnableReason } from './run-availability.ts';
import type { RunFacts } from './run-state.ts';

export interface EmptySituation {
  readonly document: PipelineDocument;
  readonly analysis: Pick<Analysis, 'problems' | 'runnable'>;
  readonly run: Pick<RunFacts, 'status' | 'paused' | 'nodeMetrics'>;
  /** The sink without rows. */
  readonly nodeId: string;
}

/** Why a sink shows no rows, in a sentence or two. */
export function emptyResultsText({ document, analysis, run, nodeId }: EmptySituation): string {
  const ahead = upstreamOf(document, nodeId);
  const metrics = ahead.map((id) => run.nodeMetrics[id]).filter((each) => each !== undefined);
  switch (run.status) {
    case 'idle':
      return notRunnableReason(analysis) ?? 'Nothing has run yet. Run the pipeline to see its results here.';
    case 'starting':
    case 'CREATED':
      return 'The job is starting.';
    case 'FINISHED':
      return `The job finished and delivered no row to this sink. ${countsText(document, metrics)}`.trim();
    case 'FAILED':
    case 'FAILING':
      return 'The job failed before it delivered a row to this sink.';
    case 'CANCELED':
    case 'CANCELLING':
      return 'The job was stopped before it delivered a row to this sink.';
    case 'RUNNING':
      return `${runningText(document, ahead, run)}${run.paused ? ' The job is paused.' : ''}`;
  }
}

function runningText(document: PipelineDocument, ahead: readonly string[], { nodeMetrics }: EmptySituation['run']): string {
  const metrics = ahead.map((id) => nodeMetrics[id]).filter((each) => each !== undefined);
  const read = recordsRead(document, metrics);
  if (read === 0) return 'No record has been read yet.';
  const window = ahead.find((id) => categoryOf(document, id) === 'window');
  if (window === undefined) return `No record has reached this sink yet. ${countsText(document, metrics)}`;
  const watermark = nodeMetrics[window]?.watermark ?? null;
  if ((nodeMetrics[window]?.recordsOut ?? 0) > 0)
    return `Windows have fired, but no record has reached this sink yet. ${countsText(document, metrics)}`;
  const now = watermark === null ? 'no watermark has arrived' : `the watermark is ${formatWatermark(watermark, 'full')}`;
  return `No window has fired yet: ${now}. ${countsText(document, metrics)}`;
}

function countsText(document: PipelineDocument, metrics: readonly NodeMetrics[]): string {
  const sum = (count: (node: NodeMetrics) => number): number => metrics.reduce((total, node) => total + count(node), 0);
  const parts = [`${formatCount(recordsRead(document, metrics))} records read`];
  const late = sum((node) => node.lateRecords);
  const malformed = sum((node) => node.malformedRecords);
  const failed = sum((node) => node.failedRecords);
  if (late > 0) parts.push(`${formatCount(late)} late`);
  if (malformed > 0) parts.push(`${formatCount(malformed)} malformed`);
  if (failed > 0) parts.push(`${formatCount(failed)} failed`);
  return `${parts.join(', ')}.`;
}

function recordsRead(document: PipelineDocument, metrics: readonly NodeMetrics[]): number {
  return metrics.reduce((total, node) => total + (categoryOf(document, node.nodeId) === 'source' ? node.recordsOut : 0), 0);
}

function categoryOf(document: PipelineDocument, nodeId: string): string | undefined {
  return definitionOf(document.nodes.find((node) => node.id === nodeId)?.type ?? '')?.category;
}

/** Ids of all nodes whose records can reach a node, nearest first. */
export function upstreamOf(document: PipelineDocument, nodeId: string): readonly string[] {
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
