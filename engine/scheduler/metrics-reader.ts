import type { ProgressInfo, UserCounter } from '../api/engine-api.ts';
import type { Batch } from '../batch/batch.ts';
import { MIN_WATERMARK } from '../elements/marks.ts';
import { CHANNEL_CREDITS } from '../channels/local-channel.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import type { Operator } from '../operators/operator.ts';
import type { DeployedEdge, DeployedJob } from '../runtime/deploy.ts';
import type { OperatorStats } from '../runtime/operator-stats.ts';
import type { Subtask } from '../runtime/subtask.ts';
import { totalsByEdge } from './edge-totals.ts';
import type { PathCounters } from './edge-totals.ts';
import type { EdgeCounters, NodeCounters } from './messages.ts';

/** Records shown on an edge. */
const LAST_RECORDS = 5;

interface SeenRecord {
  readonly origin: number;
  readonly record: Record<string, unknown>;
}

interface Load {
  readonly busy: number;
  readonly backpressured: number;
  readonly idle: number;
}

/** Reads the counters of a deployed job. Pull only: nothing in the hot path knows that somebody looks. */
export class MetricsReader {
  /** In the order that `TaskEnvironment.setRunning` counts. */
  readonly operatorIds: readonly string[];
  readonly #graph: ExecutionGraph;
  readonly #job: DeployedJob;
  /** Per subtask, the subtasks its output reaches. */
  readonly #downstream: ReadonlyMap<Subtask, readonly Subtask[]>;
  readonly #lastBusy = new Map<Subtask, number>();
  readonly #lastRecords = new Map<string, readonly SeenRecord[]>();
  #lastClock = Number.NaN;

  constructor(graph: ExecutionGraph, job: DeployedJob) {
    this.#graph = graph;
    this.#job = job;
    this.operatorIds = graph.vertices.flatMap((vertex) => vertex.operators.map((operator) => operator.nodeId));
    this.#downstream = downstreamOf(graph, job);
  }

  read(clock: number): { readonly nodes: NodeCounters[]; readonly edges: readonly EdgeCounters[]; readonly progress: ProgressInfo } {
    const loads = this.#loads(clock);
    return { nodes: this.#nodes(loads), edges: this.#edges(), progress: this.#progress() };
  }

  /**
   * Shares of the time since the last reading. One thread runs everything, so while a downstream subtask works this one could not
   * have sent anything: that is its backpressure. While others work, or nobody, it waits for input: idle.
   */
  #loads(clock: number): Map<Subtask, Load> {
    const elapsed = clock - this.#lastClock;
    this.#lastClock = clock;
    const spent = new Map<Subtask, number>();
    for (const subtask of this.#job.subtasks) {
      spent.set(subtask, subtask.busyTime - (this.#lastBusy.get(subtask) ?? 0));
      this.#lastBusy.set(subtask, subtask.busyTime);
    }
    const loads = new Map<Subtask, Load>();
    for (const subtask of this.#job.subtasks) {
      if (!(elapsed > 0)) {
        loads.set(subtask, { busy: 0, backpressured: 0, idle: 1 });
        continue;
      }
      const busy = Math.min(1, (spent.get(subtask) ?? 0) / elapsed);
      let below = 0;
      if (!subtask.isFinished) for (const other of this.#downstream.get(subtask) ?? []) below += spent.get(other) ?? 0;
      const backpressured = Math.min(1 - busy, below / elapsed);
      loads.set(subtask, { busy, backpressured, idle: 1 - busy - backpressured });
    }
    return loads;
  }

  #nodes(loads: ReadonlyMap<Subtask, Load>): NodeCounters[] {
    const byNode = new Map<string, NodeCounters['subtasks'][number][]>();
    for (const subtask of this.#job.subtasks) {
      const load = loads.get(subtask) as Load;
      for (const { stats, operator } of subtask.chain.links) {
        const list = byNode.get(stats.nodeId) ?? [];
        const counters = 'processElement' in operator ? userCountersOf(operator) : [];
        list.push({ subtaskIndex: subtask.execution.index, ...countersOf(stats), counters, ...load });
        byNode.set(stats.nodeId, list);
      }
    }
    return [...byNode].map(([nodeId, subtasks]) => ({ nodeId, subtasks }));
  }

  #edges(): readonly EdgeCounters[] {
    const paths = this.#job.edges.map((deployed) => this.#exchange(deployed));
    for (const vertex of this.#graph.vertices) {
      for (const chained of vertex.chained) {
        const from = this.#statsOf(vertex.id, chained.fromNode);
        const to = this.#statsOf(vertex.id, chained.toNode);
        const records = to.reduce((sum, stats) => sum + stats.recordsIn, 0);
        const watermark = watermarkOf(from.map((stats) => stats.watermark));
        const lastRecords = this.#remember(
          chained.edgeIds[0] as string,
          from.map((stats) => stats.lastBatch),
        );
        paths.push({ edgeIds: chained.edgeIds, counters: { records, watermark, queuedBatches: 0, credits: 0, lastRecords } });
      }
    }
    return totalsByEdge(paths, LAST_RECORDS);
  }

  #exchange({ edge, channels }: DeployedEdge): PathCounters {
    const counters = {
      records: channels.reduce((sum, channel) => sum + channel.records, 0),
      watermark: watermarkOf(channels.map((channel) => channel.watermark)),
      queuedBatches: channels.reduce((sum, channel) => sum + channel.queued, 0),
      credits: channels.length * CHANNEL_CREDITS,
      lastRecords: this.#remember(
        edge.id,
        channels.map((channel) => channel.lastBatch),
      ),
    };
    return { edgeIds: edge.edgeIds, counters };
  }

  /** The newest records of an edge: those of its last batches, and while stepping (one record a batch) also earlier ones. */
  #remember(edge: string, batches: readonly (Batch | null)[]): Record<string, unknown>[] {
    const known = this.#lastRecords.get(edge) ?? [];
    const newest = known.at(-1)?.origin ?? Number.NEGATIVE_INFINITY;
    const fresh: SeenRecord[] = [];
    for (const batch of batches) {
      if (batch === null) continue;
      for (let j = Math.max(0, batch.selectedCount - LAST_RECORDS); j < batch.selectedCount; j++) {
        const i = batch.rowAt(j);
        const origin = batch.origins[i] as number;
        if (origin > newest) fresh.push({ origin, record: batch.recordAt(i) });
      }
    }
    const all = [...known, ...fresh.sort((a, b) => a.origin - b.origin)].slice(-LAST_RECORDS);
    this.#lastRecords.set(edge, all);
    return all.map(({ record }) => record);
  }

  #statsOf(vertexId: string, nodeId: string): OperatorStats[] {
    return this.#job.subtasks
      .filter((subtask) => subtask.execution.vertexId === vertexId)
      .flatMap((subtask) => subtask.chain.links.filter((link) => link.stats.nodeId === nodeId).map((link) => link.stats));
  }

  #progress(): ProgressInfo {
    let done = 0;
    let total: number | null = 0;
    let unit: ProgressInfo['unit'] = 'records';
    for (const subtask of this.#job.subtasks) {
      if (!subtask.isSource) continue;
      const progress = subtask.source.progress;
      done += progress.done;
      total = total === null || progress.total === null ? null : total + progress.total;
      if (progress.unit === 'bytes') unit = 'bytes';
    }
    return { done, total, unit };
  }
}

function userCountersOf(operator: Operator): readonly UserCounter[] {
  return [...(operator.userCounters?.() ?? [])].map(([name, count]) => ({ name, count }));
}

function countersOf(
  stats: OperatorStats,
): Omit<NodeCounters['subtasks'][number], 'subtaskIndex' | 'counters' | 'busy' | 'backpressured' | 'idle'> {
  return {
    recordsIn: stats.recordsIn,
    recordsOut: stats.recordsOut,
    watermark: stats.watermark === MIN_WATERMARK ? null : stats.watermark,
    late: stats.late,
    malformed: stats.malformed,
    failed: stats.failed,
  };
}

function watermarkOf(watermarks: readonly number[]): number | null {
  const lowest = Math.min(...watermarks);
  return lowest === MIN_WATERMARK ? null : lowest;
}

function downstreamOf(graph: ExecutionGraph, job: DeployedJob): Map<Subtask, readonly Subtask[]> {
  const reach = new Map<string, Set<string>>();
  for (const vertex of graph.vertices.toReversed()) {
    const targets = new Set<string>();
    for (const edge of graph.edges) {
      if (edge.fromVertex !== vertex.id) continue;
      targets.add(edge.toVertex);
      for (const further of reach.get(edge.toVertex) ?? []) targets.add(further);
    }
    reach.set(vertex.id, targets);
  }
  return new Map(
    job.subtasks.map((subtask) => [
      subtask,
      job.subtasks.filter((other) => reach.get(subtask.execution.vertexId)?.has(other.execution.vertexId) === true),
    ]),
  );
}
