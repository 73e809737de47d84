import type {
  EdgeMetrics,
  EngineEvent,
  JobStatus,
  NodeMetrics,
  QueriedState,
  RunOptions,
  RunSummary,
  Speed,
  StateQuery,
  SubtaskMetrics,
  UserCounter,
} from '../api/engine-api.ts';
import { isTerminal } from '../api/engine-api.ts';
import type { JobError } from '../api/errors.ts';
import { JobFailure, toJobError } from '../api/errors.ts';
import type { Schema } from '../batch/schema.ts';
import type { JobSnapshot } from '../checkpoint/snapshot/job-snapshot.ts';
import type { CheckpointMode } from '../elements/checkpoint-barrier.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import type { CompletedCheckpoint } from '../runtime/job-checkpoint.ts';
import { assert, unreachable } from '../util/assert.ts';
import { CHUNK_BYTES } from './chunk-input.ts';
import type { DataStore } from './data-store.ts';
import { Heartbeat } from './heartbeat.ts';
import { stateGone, unknownState } from './queryable-state-errors.ts';
import type { JobInput, NodeCounters, TaskCommand, TaskReport } from './messages.ts';

/** A task worker as the job master sees it. */
export interface TaskWorkerHandle {
  post(command: TaskCommand, transfer: ArrayBufferLike[]): void;
  terminate(): void;
}

/** What the platform gives to a job master. */
export interface JobMasterHost {
  now(): number;
  later(delayMs: number, work: () => void): () => void;
  /** Starts a task worker. `onFailure`: the worker itself broke (its script did not load, it crashed). */
  startTaskWorker(onReport: (report: TaskReport) => void, onFailure: (message: string) => void): TaskWorkerHandle;
  readonly data: DataStore;
  /** A word of shared memory, or null where the platform has none. */
  sharedWord(): Int32Array | null;
  /** One event for the client. Rows: resolves once the client took them; that is what holds the job back when nobody does. */
  emit(event: EngineEvent): void | Promise<void>;
}

/** What an entry of the document's data is read from. */
export type JobInputs = ReadonlyMap<string, JobInput>;

/**
 * Owns one job from start to end (Flink's JobMaster): deploys it, feeds it with bytes, watches its heartbeat, turns reports into events.
 *
 * ```
 * CREATED ──▶ RUNNING ──▶ FINISHED
 *                │ ├────▶ CANCELLING ──▶ CANCELED
 *                └──────▶ FAILING ──────▶ FAILED
 * ```
 */
export class JobMaster {
  readonly jobId: string;
  readonly #graph: ExecutionGraph;
  readonly #options: RunOptions;
  readonly #inputs: JobInputs;
  readonly #host: JobMasterHost;
  readonly #sinkSchemas: ReadonlyMap<string, Schema>;
  readonly #rowsSoFar = new Map<string, number>();
  readonly #heartbeat: Heartbeat;
  readonly #running: Int32Array | null;
  #worker: TaskWorkerHandle | null = null;
  #status: JobStatus = 'CREATED';
  #paused = false;
  #error: JobError | null = null;
  #summary: RunSummary | null = null;
  #startedAt = 0;
  #previous: {
    readonly clock: number;
    readonly nodes: ReadonlyMap<string, NodeMetrics>;
    readonly edges: ReadonlyMap<string, EdgeMetrics>;
  } | null = null;
  #deployed: { resolve: () => void; reject: (error: JobFailure) => void } | null = null;
  #onPaused: (() => void)[] = [];
  readonly #onCheckpoint = new Map<number, { resolve: (checkpoint: CompletedCheckpoint) => void; reject: (error: JobFailure) => void }>();
  #checkpoints = 0;
  readonly #onSnapshot: { resolve: (snapshot: JobSnapshot) => void; reject: (error: JobFailure) => void }[] = [];

  readonly #onQueried = new Map<number, { resolve: (state: QueriedState) => void; reject: (error: JobFailure) => void }>();
  #queries = 0;

  constructor(jobId: string, graph: ExecutionGraph, options: RunOptions, inputs: JobInputs, host: JobMasterHost) {
    this.jobId = jobId;
    this.#graph = graph;
    this.#options = options;
    this.#inputs = inputs;
    this.#host = host;
    this.#running = host.sharedWord();
    this.#sinkSchemas = sinkSchemasOf(graph);
    this.#heartbeat = new Heartbeat(host, {
      ping: (nonce) => this.#worker?.post({ kind: 'ping', nonce }, []),
      missed: () => this.#fail(this.#neverReturned()),
    });
  }

  get status(): JobStatus {
    return this.#status;
  }

  /**
   * Deploys and starts, from a snapshot if there is one. Rejects with a `JobFailure` when deployment fails.
   * @param restoreGraph What the snapshot was taken of; needed when it is unaligned and the layout of the job has changed.
   */
  start(restoreFrom?: JobSnapshot, restoreGraph?: ExecutionGraph): Promise<void> {
    assert(this.#status === 'CREATED', 'a job is started once');
    this.#startedAt = this.#host.now();
    const deployed = new Promise<void>((resolve, reject) => {
      this.#deployed = { resolve, reject };
    });
    this.#worker = this.#host.startTaskWorker(
      (report) => this.#onReport(report),
      (message) => this.#fail(workerBroke(message)),
    );
    this.#worker.post(
      {
        kind: 'deploy',
        graph: this.#graph,
        speed: this.#options.speed,
        startPaused: this.#options.startPaused,
        fused: this.#options.fused ?? true,
        inputs: Object.fromEntries(this.#inputs),
        running: this.#running,
        restoreFrom,
        restoreGraph,
      },
      [],
    );
    this.#heartbeat.start();
    return deployed;
  }

  pause(): Promise<void> {
    if (this.#status !== 'RUNNING' || this.#paused) return Promise.resolve();
    return this.#untilPaused({ kind: 'pause' });
  }

  resume(): void {
    if (this.#status !== 'RUNNING' || !this.#paused) return;
    this.#worker?.post({ kind: 'resume' }, []);
    this.#setPaused(false);
  }

  /** Resolves when the step is done (or the job ended in it). */
  step(records: number): Promise<void> {
    if (this.#status !== 'RUNNING' || !this.#paused) return Promise.resolve();
    return this.#untilPaused({ kind: 'step', records });
  }

  /** The state of the job at the next quiescent point. Rejects with a `JobFailure` when the job ends before. */
  snapshot(): Promise<JobSnapshot> {
    if (this.#graph.isBatchExecution) return Promise.reject(new JobFailure(noCheckpointsInBatch));
    if (isTerminal(this.#status) || this.#worker === null) return Promise.reject(new JobFailure(endedBeforeSnapshot));
    return new Promise((resolve, reject) => {
      this.#onSnapshot.push({ resolve, reject });
      this.#worker?.post({ kind: 'snapshot' }, []);
    });
  }

  /**
   * Sends barriers through the job; resolves when every subtask has acknowledged. One checkpoint is under way at a time, later ones wait for it. Rejects
   * with a `JobFailure` when the job ends before. A paused job takes it when it goes on.
   */
  triggerCheckpoint(mode: CheckpointMode = 'aligned'): Promise<CompletedCheckpoint> {
    if (this.#graph.isBatchExecution) return Promise.reject(new JobFailure(noCheckpointsInBatch));
    if (isTerminal(this.#status) || this.#worker === null) return Promise.reject(new JobFailure(endedBeforeSnapshot));
    const checkpointId = ++this.#checkpoints;
    return new Promise((resolve, reject) => {
      this.#onCheckpoint.set(checkpointId, { resolve, reject });
      this.#worker?.post({ kind: 'trigger-checkpoint', checkpointId, mode }, []);
    });
  }

  /** What a queryable state holds now. Rejects with a `JobFailure` when the job has ended, has no state of this name, or runs in batch execution. */
  queryState(query: StateQuery): Promise<QueriedState> {
    if (isTerminal(this.#status) || this.#worker === null) return Promise.reject(new JobFailure(stateGone()));
    if (this.#graph.isBatchExecution) return Promise.reject(new JobFailure(noCheckpointsInBatch));
    const states = queryableStatesOf(this.#graph);
    const nodeId = states.get(query.stateName);
    if (nodeId === undefined) return Promise.reject(new JobFailure(unknownState(query.stateName, [...states.keys()])));
    const queryId = ++this.#queries;
    return new Promise((resolve, reject) => {
      this.#onQueried.set(queryId, { resolve, reject });
      this.#worker?.post({ kind: 'query-state', queryId, nodeId, query }, []);
    });
  }

  setSpeed(speed: Speed): void {
    this.#worker?.post({ kind: 'speed', speed }, []);
  }

  /** Cancels at once: the task worker is terminated, whatever it does. */
  cancel(): void {
    if (isTerminal(this.#status)) return;
    this.#enter('CANCELLING');
    this.#end('CANCELED');
  }

  #started(): void {
    this.#deployed?.resolve();
    this.#deployed = null;
  }

  #untilPaused(command: TaskCommand): Promise<void> {
    return new Promise((resolve) => {
      this.#onPaused.push(resolve);
      this.#worker?.post(command, []);
    });
  }

  #onReport(report: TaskReport): void {
    if (isTerminal(this.#status)) return;
    switch (report.kind) {
      case 'deployed':
        this.#enter('RUNNING');
        // A job that starts paused is there once it is paused: a step asked for before would be lost.
        if (!this.#options.startPaused) this.#started();
        return;
      case 'paused':
        this.#setPaused(true);
        this.#started();
        this.#releasePaused();
        return;
      case 'pong':
        this.#heartbeat.answered(report.nonce);
        return;
      case 'need-input':
        this.#feed(report.dataId, report.offset).catch((error: unknown) => this.#fail(readFailed(report.dataId, error)));
        return;
      case 'metrics':
        this.#emitMetrics(report);
        return;
      case 'rows':
        this.#emitRows(report).catch((error: unknown) => this.#fail(toJobError(error)));
        return;
      case 'snapshot':
        this.#onSnapshot.shift()?.resolve(report.snapshot);
        return;
      case 'checkpoint':
        this.#onCheckpoint.get(report.checkpoint.checkpointId)?.resolve(report.checkpoint);
        this.#onCheckpoint.delete(report.checkpoint.checkpointId);
        return;
      case 'checkpoint-declined':
        this.#onCheckpoint.get(report.checkpointId)?.reject(new JobFailure(checkpointDeclined(report.checkpointId, report.reason)));
        this.#onCheckpoint.delete(report.checkpointId);
        return;
      case 'state-queried':
        this.#onQueried.get(report.queryId)?.resolve(report.state);
        this.#onQueried.delete(report.queryId);
        return;
      case 'problems':
        this.#emit({ type: 'problems', jobId: this.jobId, problems: report.problems });
        return;
      case 'finished':
        this.#summary = { ...report.summary, elapsedMs: this.#host.now() - this.#startedAt };
        this.#end('FINISHED');
        return;
      case 'failed':
        this.#fail(report.error);
        return;
      default:
        unreachable(report);
    }
  }

  async #feed(dataId: string, offset: number): Promise<void> {
    const bytes = await this.#host.data.read(dataId, offset, CHUNK_BYTES);
    const size = this.#inputs.get(dataId)?.sizeBytes ?? null;
    const isLast = size === null ? bytes.length < CHUNK_BYTES : offset + bytes.length >= size;
    if (bytes.length === 0 && !isLast) throw new Error(`the file ended at byte ${offset}, earlier than its size says`);
    this.#worker?.post({ kind: 'input', dataId, offset, bytes, isLast }, [bytes.buffer]);
  }

  async #emitRows(report: TaskReport & { kind: 'rows' }): Promise<void> {
    const { nodeId, rowCount, columns } = report;
    const firstRow = this.#rowsSoFar.get(nodeId) ?? 0;
    this.#rowsSoFar.set(nodeId, firstRow + rowCount);
    const schema = this.#sinkSchemas.get(nodeId) ?? { fields: [] };
    await this.#host.emit({ type: 'rows', jobId: this.jobId, nodeId, schema, firstRow, rowCount, columns });
    this.#worker?.post({ kind: 'rows-taken', rowCount }, []);
  }

  #emitMetrics(report: TaskReport & { kind: 'metrics' }): void {
    const seconds = this.#previous === null ? Number.POSITIVE_INFINITY : (report.clock - this.#previous.clock) / 1000;
    const rate = (now: number, before: number | undefined): number => (seconds > 0 ? Math.max(0, now - (before ?? 0)) / seconds : 0);
    const nodes = report.nodes.map((counters): NodeMetrics => {
      const before = this.#previous?.nodes.get(counters.nodeId);
      const metrics = nodeMetricsOf(counters);
      return {
        ...metrics,
        recordsInPerSecond: rate(metrics.recordsIn, before?.recordsIn),
        recordsOutPerSecond: rate(metrics.recordsOut, before?.recordsOut),
      };
    });
    const edges = report.edges.map(
      (edge): EdgeMetrics => ({ ...edge, recordsPerSecond: rate(edge.records, this.#previous?.edges.get(edge.edgeId)?.records) }),
    );
    this.#previous = {
      clock: report.clock,
      nodes: new Map(nodes.map((node) => [node.nodeId, node])),
      edges: new Map(edges.map((edge) => [edge.edgeId, edge])),
    };
    this.#emit({
      type: 'metrics',
      jobId: this.jobId,
      elapsedMs: this.#host.now() - this.#startedAt,
      nodes,
      edges,
      progress: report.progress,
    });
  }

  #fail(error: JobError): void {
    if (isTerminal(this.#status)) return;
    this.#error = error;
    this.#enter('FAILING');
    this.#end('FAILED');
  }

  #end(status: 'FINISHED' | 'FAILED' | 'CANCELED'): void {
    this.#heartbeat.stop();
    this.#worker?.terminate();
    this.#worker = null;
    this.#paused = false;
    this.#enter(status);
    this.#deployed?.reject(new JobFailure(this.#error ?? cancelledBeforeStart));
    this.#deployed = null;
    for (const { reject } of [...this.#onSnapshot.splice(0), ...this.#onCheckpoint.values()]) {
      reject(new JobFailure(this.#error ?? endedBeforeSnapshot));
    }
    this.#onCheckpoint.clear();
    for (const { reject } of this.#onQueried.values()) reject(new JobFailure(stateGone()));
    this.#onQueried.clear();
    this.#releasePaused();
  }

  #releasePaused(): void {
    const waiting = this.#onPaused;
    this.#onPaused = [];
    for (const resolve of waiting) resolve();
  }

  #enter(status: JobStatus): void {
    this.#status = status;
    this.#emitStatus();
  }

  #setPaused(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#paused = paused;
    // A paused task worker is idle and answers; the heartbeat goes on.
    this.#emitStatus();
  }

  #emitStatus(): void {
    this.#emit({
      type: 'status',
      jobId: this.jobId,
      status: this.#status,
      paused: this.#paused,
      error: this.#error,
      summary: this.#summary,
    });
  }

  #emit(event: EngineEvent): void {
    void this.#host.emit(event);
  }

  /** The watchdog's verdict: the operator that was entered last and never left. */
  #neverReturned(): JobError {
    const operators = this.#graph.vertices.flatMap((vertex) => vertex.operators);
    const index = this.#running === null ? -1 : Atomics.load(this.#running, 0);
    const operator = operators[index];
    const candidates = operators.map((candidate) => candidate.name).join(', ');
    return {
      code: 'function-never-returned',
      domain: 'user',
      retry: 'after-change',
      message:
        operator === undefined
          ? `The job did not answer for ${this.#heartbeat.timeoutMs / 1000} s and was stopped. A function in one of these operators probably never returns: ${candidates}. Look for a loop without end.`
          : `${operator.name}: the function did not return for ${this.#heartbeat.timeoutMs / 1000} s, so the job was stopped. Look for a loop without end. Results so far are kept.`,
      nodeId: operator?.nodeId,
      nodeName: operator?.name,
    };
  }
}

const cancelledBeforeStart: JobError = {
  code: 'cancelled',
  domain: 'user',
  retry: 'now',
  message: 'The job was stopped before it had started.',
};

const endedBeforeSnapshot: JobError = {
  code: 'job-ended',
  domain: 'user',
  retry: 'never',
  message: 'The job ended before its snapshot was taken, so there is none.',
};

/** As in Flink: a batch job that fails begins again. */
const noCheckpointsInBatch: JobError = {
  code: 'batch-execution',
  domain: 'user',
  retry: 'never',
  message:
    'The job runs in batch execution, where there are no checkpoints and no state can be asked for. Run it in streaming execution for that.',
};

function checkpointDeclined(checkpointId: number, reason: string): JobError {
  return {
    code: 'checkpoint-declined',
    domain: 'internal',
    retry: 'now',
    message: `Checkpoint ${checkpointId} was given up (${reason}). The job goes on; trigger another one.`,
  };
}

function workerBroke(message: string): JobError {
  return {
    code: 'task-worker-broke',
    domain: 'internal',
    retry: 'now',
    message: `The task worker stopped working: ${message}. Your pipeline is untouched; run it again. If it happens again, the data may need more memory than this browser gives.`,
    cause: message,
  };
}

function readFailed(dataId: string, error: unknown): JobError {
  const cause = error instanceof Error ? error.message : String(error);
  return {
    code: 'data-unreadable',
    domain: 'external',
    retry: 'after-change',
    message: `The data "${dataId}" could not be read: ${cause}. Drop the file again, or choose another.`,
    cause,
  };
}

/** Node ids by name of the state. */
function queryableStatesOf(graph: ExecutionGraph): ReadonlyMap<string, string> {
  const operators = graph.vertices.flatMap((vertex) => vertex.operators);
  return new Map(
    operators.flatMap(({ nodeId, queryableState }) => (queryableState === undefined ? [] : [[queryableState, nodeId] as const])),
  );
}

function sinkSchemasOf(graph: ExecutionGraph): Map<string, Schema> {
  const sinks = graph.vertices.flatMap((vertex) => vertex.operators.filter((operator) => operator.delivery !== null));
  return new Map(sinks.map((sink) => [sink.nodeId, sink.inputs[0]?.schema ?? { fields: [] }]));
}

/** In the order in which they were first seen. */
function countersOf(subtasks: NodeCounters['subtasks']): readonly UserCounter[] {
  const totals = new Map<string, number>();
  for (const { counters } of subtasks) for (const { name, count } of counters) totals.set(name, (totals.get(name) ?? 0) + count);
  return [...totals].map(([name, count]) => ({ name, count }));
}

function nodeMetricsOf(counters: NodeCounters): NodeMetrics {
  const { nodeId, subtasks } = counters;
  const sum = (pick: (subtask: NodeCounters['subtasks'][number]) => number): number =>
    subtasks.reduce((total, subtask) => total + pick(subtask), 0);
  const watermarks = subtasks.map((subtask) => subtask.watermark);
  const busiest = subtasks.reduce((best, subtask) => (subtask.busy > best.busy ? subtask : best));
  return {
    nodeId,
    recordsIn: sum((subtask) => subtask.recordsIn),
    recordsOut: sum((subtask) => subtask.recordsOut),
    recordsInPerSecond: 0,
    recordsOutPerSecond: 0,
    watermark: watermarks.includes(null) ? null : Math.min(...(watermarks as number[])),
    busy: busiest.busy,
    backpressured: busiest.backpressured,
    idle: busiest.idle,
    lateRecords: sum((subtask) => subtask.late),
    malformedRecords: sum((subtask) => subtask.malformed),
    failedRecords: sum((subtask) => subtask.failed),
    counters: countersOf(subtasks),
    subtasks: subtasks.map(
      (subtask): SubtaskMetrics => ({
        subtaskIndex: subtask.subtaskIndex,
        recordsIn: subtask.recordsIn,
        recordsOut: subtask.recordsOut,
        watermark: subtask.watermark,
      }),
    ),
  };
}
