import type { ListedProblem } from '../api/engine-api.ts';
import { JobFailure, toJobError } from '../api/errors.ts';
import type { JobError } from '../api/errors.ts';
import type { JobSnapshot } from '../checkpoint/snapshot/job-snapshot.ts';
import type { CheckpointMode } from '../elements/checkpoint-barrier.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import type { OperatorModule } from '../operators/definition.ts';
import type { RecordProblemKind } from '../operators/operator.ts';
import { contentText } from '../runtime/failures.ts';
import { deployJob } from '../runtime/deploy.ts';
import type { DeployedJob } from '../runtime/deploy.ts';
import { JobCheckpoint } from '../runtime/job-checkpoint.ts';
import type { CompletedCheckpoint } from '../runtime/job-checkpoint.ts';
import { needsFormerLayout } from '../runtime/restore-job.ts';
import { takeSnapshot } from '../runtime/take-snapshot.ts';
import type { TaskEnvironment } from '../runtime/task-environment.ts';
import { assert, must, unreachable } from '../util/assert.ts';
import { CHUNK_BYTES, ChunkInput } from './chunk-input.ts';
import { DeterministicScheduler } from './deterministic-scheduler.ts';
import type { SliceResult } from './deterministic-scheduler.ts';
import type { TaskCommand, TaskPort } from './messages.ts';
import { MetricsReader } from './metrics-reader.ts';
import { queryState } from './query-state.ts';
import { ReplayPacer } from './replay-pacer.ts';
import { RowCollector } from './row-collector.ts';
import { summaryOf } from './run-summary.ts';

/** What the platform gives to a task worker. */
export interface TaskHost {
  /** Milliseconds of a monotonic clock: paces the replay and measures load. No operator sees it. */
  now(): number;
  /** Runs `work` soon, after messages that wait (MessageChannel in browsers, setImmediate in Node). */
  soon(work: () => void): void;
  /** Runs `work` after `delayMs`, unless the returned function is called before. */
  later(delayMs: number, work: () => void): () => void;
  loadOperator(type: string): Promise<OperatorModule>;
  readonly port: TaskPort;
}

/** One slice of work between two looks at the message queue (engine-measurements §8). */
const SLICE_MS = 5;
const METRICS_EVERY_MS = 100;
/** Delivered rows the coordinator has not taken yet, above which sources wait. */
const ROW_CREDITS = 200_000;
/** Problems listed per operator, subtask and kind; the rest is counted only. */
const LISTED_PROBLEMS = 1000;
const ROWS_PER_MESSAGE = 20_000;

type Deployment = TaskCommand & { kind: 'deploy' };

type Phase = 'idle' | 'recovering' | 'running' | 'pausing' | 'paused' | 'stepping' | 'ended';

/**
 * A TaskManager in one thread: deploys the execution graph it is sent, runs it in slices, and reports. Single-threaded like everything it
 * runs; `handle` is only called between slices.
 */
export class TaskExecutor {
  readonly #host: TaskHost;
  readonly #inputs = new Map<string, ChunkInput>();
  readonly #rows = new Map<string, RowCollector>();
  #job: DeployedJob | null = null;
  #scheduler: DeterministicScheduler | null = null;
  #metrics: MetricsReader | null = null;
  #pacer = new ReplayPacer('max');
  #phase: Phase = 'idle';
  #steps = 0;
  #problems: ListedProblem[] = [];
  #rowsInFlight = 0;
  #lastMetrics = Number.NEGATIVE_INFINITY;
  #isScheduled = false;
  /** Snapshots that were asked for and could not be taken yet. */
  #snapshotsDue = 0;
  /** Checkpoints that were asked for while another one was under way. */
  readonly #checkpointsDue: { readonly checkpointId: number; readonly mode: CheckpointMode }[] = [];
  #checkpoint: JobCheckpoint | null = null;
  #completed: CompletedCheckpoint | null = null;
  /** The job to deploy when another layout has worked off what was on its way. */
  #recovering: Deployment | null = null;
  #cancelTimer: (() => void) | null = null;
  #running: Int32Array | null = null;

  constructor(host: TaskHost) {
    this.#host = host;
  }

  handle(command: TaskCommand): void {
    switch (command.kind) {
      case 'deploy':
        this.#deploy(command).catch((error: unknown) => this.#fail(error));
        return;
      case 'pause':
        this.#steps = 0;
        if (this.#phase === 'running' || this.#phase === 'stepping') this.#enter('pausing');
        return;
      case 'resume':
        this.#steps = 0;
        if (this.#phase === 'paused' || this.#phase === 'pausing') this.#enter('running');
        return;
      case 'step':
        // Steps asked for while an earlier one (or the pause) is still being worked off are added to it.
        if (this.#phase !== 'paused' && this.#phase !== 'stepping' && this.#phase !== 'pausing') return;
        this.#steps += command.records;
        if (this.#phase === 'paused') this.#enter('stepping');
        return;
      case 'snapshot':
        this.#snapshotsDue++;
        this.#wake();
        return;
      case 'trigger-checkpoint':
        this.#checkpointsDue.push(command);
        this.#wake();
        return;
      case 'query-state': {
        const state = queryState(this.#job, command.nodeId, command.query);
        this.#host.port.post({ kind: 'state-queried', queryId: command.queryId, state }, []);
        return;
      }
      case 'speed':
        this.#pacer.setSpeed(command.speed);
        this.#wake();
        return;
      case 'input':
        must(this.#inputs.get(command.dataId), `the reader of ${command.dataId}`).arrived(command.offset, command.bytes, command.isLast);
        this.#scheduler?.inputArrived();
        this.#wake();
        return;
      case 'rows-taken':
        this.#rowsInFlight -= command.rowCount;
        this.#wake();
        return;
      case 'ping':
        this.#host.port.post({ kind: 'pong', nonce: command.nonce }, []);
        return;
      default:
        unreachable(command);
    }
  }

  async #deploy(command: Deployment): Promise<void> {
    assert(this.#phase === 'idle', 'a task worker runs one job in its life');
    const { graph, restoreFrom, restoreGraph } = command;
    this.#running = command.running;
    this.#pacer = new ReplayPacer(command.speed);
    if (restoreFrom !== undefined && restoreGraph !== undefined && needsFormerLayout(graph, restoreFrom)) {
      await this.#deployGraph(command, restoreGraph, restoreFrom);
      this.#recovering = command;
      this.#enter('recovering');
    } else await this.#begin(command, restoreFrom ?? null);
  }

  async #begin(command: Deployment, restoreFrom: JobSnapshot | null): Promise<void> {
    const job = await this.#deployGraph(command, command.graph, restoreFrom);
    this.#metrics = new MetricsReader(command.graph, job);
    this.#host.port.post({ kind: 'deployed' }, []);
    this.#enter(command.startPaused ? 'pausing' : 'running');
  }

  async #deployGraph(command: Deployment, graph: ExecutionGraph, restoreFrom: JobSnapshot | null): Promise<DeployedJob> {
    const job = await deployJob(graph, this.#environment(command, graph), restoreFrom);
    this.#job = job;
    this.#restoreDeliveries(graph, restoreFrom);
    this.#scheduler = new DeterministicScheduler(job, this.#pacer, () => this.#host.now());
    for (const subtask of job.subtasks) subtask.open();
    this.#setRunning(-1);
    return job;
  }

  #environment(command: Deployment, graph: ExecutionGraph): TaskEnvironment {
    const operatorIds = graph.vertices.flatMap((vertex) => vertex.operators.map((operator) => operator.nodeId));
    return {
      operatorIds,
      fused: command.fused,
      loadOperator: (type) => this.#host.loadOperator(type),
      setRunning: (index) => this.#setRunning(index),
      openInput: (dataId) => {
        const { sizeBytes = null, name } = command.inputs[dataId] ?? {};
        const request = (offset: number): void => this.#host.port.post({ kind: 'need-input', dataId, offset }, []);
        const input = new ChunkInput(sizeBytes, CHUNK_BYTES, request, name);
        this.#inputs.set(dataId, input);
        return input;
      },
      deliver: (nodeId, subtaskIndex, batch) => {
        const rows = this.#rowsOf(nodeId, subtaskIndex);
        rows.add(batch);
        if (rows.rowCount >= ROWS_PER_MESSAGE) this.#sendRowsOf(nodeId, rows);
      },
      listProblem: (nodeId, kind, nth, position, reason, content) => this.#listProblem(nodeId, kind, nth, position, reason, content),
    };
  }

  #rowsOf(nodeId: string, subtaskIndex: number): RowCollector {
    const key = `${nodeId}#${subtaskIndex}`;
    let rows = this.#rows.get(key);
    if (rows === undefined) this.#rows.set(key, (rows = new RowCollector()));
    return rows;
  }

  /** What former subtasks have delivered counts for the ones that take over from them. */
  #restoreDeliveries(graph: ExecutionGraph, restoreFrom: JobSnapshot | null): void {
    this.#rows.clear();
    for (const [key, delivery] of Object.entries(restoreFrom?.deliveries ?? {})) {
      const at = key.lastIndexOf('#');
      const nodeId = key.slice(0, at);
      const vertex = graph.vertices.find(({ operators }) => operators.some((operator) => operator.nodeId === nodeId));
      if (vertex !== undefined) this.#rowsOf(nodeId, Number(key.slice(at + 1)) % vertex.parallelism).restore(delivery);
    }
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#pacer.reanchor();
    this.#wake();
  }

  /** Makes sure that a slice comes soon. */
  #wake(): void {
    if (this.#scheduler === null || this.#isScheduled) return;
    if (this.#phase === 'idle' || this.#phase === 'ended' || (this.#phase === 'paused' && this.#snapshotsDue === 0)) return;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#isScheduled = true;
    this.#host.soon(() => {
      this.#isScheduled = false;
      this.#slice();
    });
  }

  #slice(): void {
    if (this.#phase === 'ended' || (this.#phase === 'paused' && this.#snapshotsDue === 0)) return;
    try {
      const result = this.#work(must(this.#scheduler, 'a scheduler while running'));
      this.#setRunning(-1);
      this.#reportCheckpoint();
      this.#report();
      this.#after(result);
    } catch (error) {
      this.#fail(error);
    }
  }

  #work(scheduler: DeterministicScheduler): SliceResult {
    if (this.#phase === 'recovering') return this.#recover(scheduler);
    if (this.#snapshotsDue > 0 && !this.#takeSnapshots(scheduler)) return { kind: 'waiting' };
    if (this.#phase === 'paused') return { kind: 'waiting' };
    this.#triggerCheckpoint();
    if (this.#phase === 'pausing') {
      scheduler.drain();
      return { kind: 'stepped' };
    }
    if (this.#phase === 'stepping') return this.#stepWork(scheduler);
    // Rows nobody has taken yet hold the sources back, so memory stays flat however slow the page is.
    if (this.#rowsInFlight > ROW_CREDITS) return { kind: 'waiting' };
    return scheduler.runSlice(SLICE_MS);
  }

  /** False: a source waits for input before it stands where the others do. */
  #takeSnapshots(scheduler: DeterministicScheduler): boolean {
    const snapshot = this.#alignedSnapshot(scheduler);
    if (snapshot === null) return false;
    for (; this.#snapshotsDue > 0; this.#snapshotsDue--) this.#host.port.post({ kind: 'snapshot', snapshot }, []);
    return true;
  }

  #alignedSnapshot(scheduler: DeterministicScheduler): JobSnapshot | null {
    const position = scheduler.align();
    if (position === null) return null;
    // Whoever restores the snapshot has the rows from before it.
    this.#flushReports();
    const deliveries = Object.fromEntries([...this.#rows].map(([key, rows]) => [key, rows.snapshot()]));
    return takeSnapshot(must(this.#job, 'a job while running'), position, deliveries);
  }

  /** The former layout works off what was on its way, comes to rest, and hands over to the one of now. */
  #recover(scheduler: DeterministicScheduler): SliceResult {
    const snapshot = this.#alignedSnapshot(scheduler);
    if (snapshot === null) return { kind: 'waiting' };
    const command = must(this.#recovering, 'the job to recover');
    for (const subtask of must(this.#job, 'a job that recovers').subtasks) subtask.close();
    this.#phase = 'idle';
    this.#begin(command, snapshot).catch((error: unknown) => this.#fail(error));
    return { kind: 'waiting' };
  }

  /** Lets the barriers of the next checkpoint in, if none is under way. */
  #triggerCheckpoint(): void {
    if (this.#checkpoint?.isOver === false) return;
    const next = this.#checkpointsDue.shift();
    if (next === undefined) return;
    this.#checkpoint = new JobCheckpoint(must(this.#job, 'a job while running'), next.checkpointId, next.mode, {
      deliveryOf: (nodeId, subtaskIndex) => this.#rows.get(`${nodeId}#${subtaskIndex}`)?.snapshot() ?? null,
      completed: (checkpoint) => {
        this.#completed = checkpoint;
      },
      declined: (checkpointId, subtask, reason) =>
        this.#host.port.post({ kind: 'checkpoint-declined', checkpointId, reason: `${subtask}: ${reason}` }, []),
    });
    this.#checkpoint.trigger();
  }

  #reportCheckpoint(): void {
    const checkpoint = this.#completed;
    if (checkpoint === null) return;
    this.#completed = null;
    // Whoever restores it has the rows from before it, and perhaps some more.
    this.#flushReports();
    this.#host.port.post({ kind: 'checkpoint', checkpoint }, []);
    if (this.#checkpointsDue.length > 0) this.#wake();
  }

  #stepWork(scheduler: DeterministicScheduler): SliceResult {
    const end = this.#host.now() + SLICE_MS;
    while (this.#steps > 0 && this.#host.now() < end) {
      const result = scheduler.stepRecord();
      if (result.kind !== 'stepped') return result;
      this.#steps--;
    }
    return this.#steps > 0 ? { kind: 'more' } : { kind: 'stepped' };
  }

  #after(result: SliceResult): void {
    switch (result.kind) {
      case 'more':
        this.#wake();
        return;
      case 'paced':
        // Never longer than a metrics interval, so that what is shown stays alive.
        this.#cancelTimer = this.#host.later(Math.min(result.delayMs, METRICS_EVERY_MS), () => this.#wake());
        return;
      case 'waiting':
        return;
      case 'stepped':
        if (this.#phase === 'pausing' && this.#steps > 0) {
          this.#enter('stepping');
          return;
        }
        this.#phase = 'paused';
        // Who pauses or steps wants to see everything that happened so far.
        this.#flushReports();
        this.#host.port.post({ kind: 'paused' }, []);
        return;
      case 'finished':
        this.#finish();
        return;
      default:
        unreachable(result);
    }
  }

  #finish(): void {
    this.#phase = 'ended';
    const job = must(this.#job, 'a job that finishes');
    for (const subtask of job.subtasks) subtask.close();
    this.#flushReports();
    this.#host.port.post({ kind: 'finished', summary: summaryOf(job, this.#rows, must(this.#scheduler, 'a scheduler').recordsRead) }, []);
  }

  #fail(thrown: unknown): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    const first = this.#drainAfterFailure(thrown);
    const error = first instanceof JobFailure ? first.error : this.#unexpected(first);
    for (const subtask of this.#job?.subtasks ?? []) subtask.close();
    this.#setRunning(-1);
    // What was produced before the failure belongs to the user.
    this.#flushReports();
    this.#host.port.post({ kind: 'failed', error }, []);
  }

  /**
   * Works off what was read before the failing record, as a run record by record would have done. A failure that shows up in it comes
   * from an earlier record: it is the one to report. Each attempt ends at a subtask that then takes no more part.
   */
  #drainAfterFailure(thrown: unknown): unknown {
    let first = thrown;
    if (this.#scheduler === null || !(thrown instanceof JobFailure)) return first;
    const subtasks = this.#job?.subtasks ?? [];
    for (let attempt = 0; attempt <= subtasks.length; attempt++) {
      try {
        for (const subtask of subtasks) subtask.chain.flush();
        this.#scheduler.drain();
        break;
      } catch (error) {
        first = error;
      }
    }
    return first;
  }

  /** An error nobody pinned to a record: it is ours, but the operator that was running is worth naming. */
  #unexpected(thrown: unknown): JobError {
    const error = toJobError(thrown);
    const nodeId = this.#metrics?.operatorIds[this.#runningIndex];
    return nodeId === undefined || error.nodeId !== undefined ? error : { ...error, nodeId };
  }

  #runningIndex = -1;

  #setRunning(index: number): void {
    this.#runningIndex = index;
    if (this.#running !== null) this.#running[0] = index;
  }

  #report(): void {
    const now = this.#host.now();
    if (now - this.#lastMetrics < METRICS_EVERY_MS) return;
    this.#flushReports();
  }

  #flushReports(): void {
    for (const [key, rows] of this.#rows) this.#sendRowsOf(key.slice(0, key.lastIndexOf('#')), rows);
    if (this.#problems.length > 0) {
      this.#host.port.post({ kind: 'problems', problems: this.#problems }, []);
      this.#problems = [];
    }
    this.#sendMetrics();
  }

  #sendMetrics(): void {
    if (this.#metrics === null) return;
    const clock = this.#host.now();
    this.#lastMetrics = clock;
    this.#host.port.post({ kind: 'metrics', clock, ...this.#metrics.read(clock) }, []);
  }

  #sendRowsOf(nodeId: string, rows: RowCollector): void {
    const taken = rows.take();
    if (taken === null) return;
    this.#rowsInFlight += taken.rowCount;
    const transfer = taken.columns.flatMap((column) => {
      if (column.kind === 'numbers') return [column.values.buffer];
      if (column.kind === 'strings') return [column.codes.buffer];
      return column.kind === 'booleans' ? [column.bytes.buffer] : [];
    });
    this.#host.port.post({ kind: 'rows', nodeId, ...taken }, transfer);
  }

  #listProblem(nodeId: string, kind: RecordProblemKind, nth: number, position: number, reason: string, content: unknown): void {
    if (nth > LISTED_PROBLEMS) return;
    this.#problems.push({ nodeId, kind, position, reason, content: contentText(content) });
  }
}
