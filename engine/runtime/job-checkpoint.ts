import type { LocalChannel } from '../channels/local-channel.ts';
import type { AbortReason } from '../checkpoint/barriers/checkpoint-listener.ts';
import type { DeliverySnapshot, JobSnapshot } from '../checkpoint/snapshot/job-snapshot.ts';
import type { SavedBatch } from '../checkpoint/snapshot/saved-batch.ts';
import type { CheckpointBarrier, CheckpointMode } from '../elements/checkpoint-barrier.ts';
import { originOf } from '../elements/origin.ts';
import type { SubtaskId } from '../graph/execution-graph.ts';
import { copyValue } from '../state/copy-value.ts';
import type { DeployedJob } from './deploy.ts';
import type { BarrierFacts, InputCapture } from './subtask-barriers.ts';
import type { CheckpointResponder, Subtask } from './subtask.ts';
import { assembleSnapshot, captureSubtask } from './take-snapshot.ts';
import type { SubtaskCapture } from './take-snapshot.ts';

/** A checkpoint that every subtask has acknowledged. Plain data. */
export interface CompletedCheckpoint {
  readonly checkpointId: number;
  readonly mode: CheckpointMode;
  /** Virtual processing time at which it was triggered, in ms. */
  readonly timestamp: number;
  readonly snapshot: JobSnapshot;
  /** In the order of the execution graph. */
  readonly subtasks: readonly SubtaskCheckpoint[];
}

export interface SubtaskCheckpoint extends BarrierFacts {
  readonly subtask: SubtaskId;
}

export interface CheckpointListeners {
  /** What a sink subtask has delivered; null when nothing. */
  deliveryOf(nodeId: string, subtaskIndex: number): DeliverySnapshot | null;
  completed(checkpoint: CompletedCheckpoint): void;
  /** A subtask has given it up. Told once. */
  declined(checkpointId: number, subtask: SubtaskId, reason: AbortReason): void;
}

/**
 * One checkpoint of a job under way (Flink: `PendingCheckpoint` of the `CheckpointCoordinator`): lets the barriers in, gathers what the subtasks
 * acknowledge, and makes one snapshot of it.
 */
export class JobCheckpoint implements CheckpointResponder {
  readonly #job: DeployedJob;
  readonly #listeners: CheckpointListeners;
  readonly #captures = new Map<Subtask, SubtaskCapture>();
  readonly #inflight = new Map<LocalChannel, readonly SavedBatch[]>();
  readonly #facts = new Map<Subtask, BarrierFacts>();
  readonly #deliveries: Record<string, DeliverySnapshot> = {};
  readonly #barrier: CheckpointBarrier;
  readonly #position: number;
  #isOver = false;

  constructor(job: DeployedJob, checkpointId: number, mode: CheckpointMode, listeners: CheckpointListeners) {
    this.#job = job;
    this.#listeners = listeners;
    const sources = job.subtasks.filter(({ isSource }) => isSource);
    this.#position = mode === 'aligned' ? commonPosition(sources) : firstPosition(sources);
    this.#barrier = { checkpointId, timestamp: job.clock.at(originOf(this.#position, 0)), mode };
  }

  /** It is completed, or was given up. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Lets the barriers in. To be called between two batches. */
  trigger(): void {
    const position = this.#barrier.mode === 'aligned' ? this.#position : null;
    for (const subtask of this.#job.subtasks) subtask.setCheckpointResponder(this);
    // In topological order, so that what has finished is known before what reads of it.
    for (const subtask of this.#job.subtasks) subtask.finishIfDrained();
    for (const subtask of this.#job.subtasks) subtask.triggerCheckpoint(this.#barrier, position);
  }

  snapshotDue(subtask: Subtask, { checkpointId }: CheckpointBarrier, frontier: number): void {
    if (checkpointId !== this.#barrier.checkpointId) return;
    const capture = captureSubtask(subtask, frontier);
    // The operators go on working with what they have handed out.
    this.#captures.set(subtask, { ...capture, operators: copyValue(capture.operators) });
    for (const { deployment } of subtask.chain.links) {
      const delivery = this.#listeners.deliveryOf(deployment.nodeId, subtask.execution.index);
      if (delivery !== null) this.#deliveries[`${deployment.nodeId}#${subtask.execution.index}`] = delivery;
    }
  }

  acknowledge(subtask: Subtask, { checkpointId }: CheckpointBarrier, { inflight, facts }: InputCapture): void {
    if (checkpointId !== this.#barrier.checkpointId || this.#isOver) return;
    this.#facts.set(subtask, facts);
    for (const [channel, batches] of inflight) this.#inflight.set(channel, batches);
    if (this.#facts.size === this.#job.subtasks.length) this.#complete();
  }

  decline({ execution }: Subtask, checkpointId: number, reason: AbortReason): void {
    if (checkpointId !== this.#barrier.checkpointId || this.#isOver) return;
    this.#isOver = true;
    this.#listeners.declined(checkpointId, execution.id, reason);
  }

  #complete(): void {
    this.#isOver = true;
    const { checkpointId, mode, timestamp } = this.#barrier;
    const snapshot = assembleSnapshot(this.#job, {
      mode,
      position: this.#position,
      subtasks: this.#captures,
      inflight: this.#inflight,
      deliveries: this.#deliveries,
    });
    const subtasks = this.#job.subtasks.map((subtask) => ({
      subtask: subtask.execution.id,
      ...(this.#facts.get(subtask) as BarrierFacts),
    }));
    this.#listeners.completed({ checkpointId, mode, timestamp, snapshot, subtasks });
  }
}

/**
 * Where all sources can be cut: behind everything that has been read or announced anywhere. Timers may have fired at the positions that the sources
 * stand at, so it is the one behind the furthest; the end of a source counts as one position more.
 */
function commonPosition(sources: readonly Subtask[]): number {
  return Math.max(...sources.map(({ source }) => source.nextPosition)) + 1;
}

/** What all sources have read up to. */
function firstPosition(sources: readonly Subtask[]): number {
  const reading = sources.filter(({ isFinished }) => !isFinished);
  return reading.length === 0 ? commonPosition(sources) : Math.min(...reading.map(({ source }) => source.nextPosition));
}
