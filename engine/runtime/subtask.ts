import type { Batch } from '../batch/batch.ts';
import type { AbortReason } from '../checkpoint/barriers/checkpoint-listener.ts';
import type { EventTimeProgress } from '../checkpoint/snapshot/job-snapshot.ts';
import type { CheckpointBarrier } from '../elements/checkpoint-barrier.ts';
import { MAX_WATERMARK } from '../elements/marks.ts';
import { originOf } from '../elements/origin.ts';
import type { ExecutionSubtask } from '../graph/execution-graph.ts';
import type { PollLimit, PollStatus, SourceOperator } from '../operators/operator.ts';
import { assert } from '../util/assert.ts';
import type { InputGate } from './input-gate.ts';
import type { OperatorChain } from './operator-chain.ts';
import type { ResultPartition } from './result-partition.ts';
import { NO_BARRIERS, SubtaskBarriers } from './subtask-barriers.ts';
import type { InputCapture } from './subtask-barriers.ts';

/** One input of a subtask: its gate and the index that operators know it by. */
export interface SubtaskInput {
  readonly gate: InputGate;
  readonly index: number;
}

/** Who gathers what the subtasks of a job have to say about its checkpoints. */
export interface CheckpointResponder {
  /** The state of the subtask is now what the checkpoint wants of it; the barrier has not gone on yet. `frontier`: nothing smaller is to come. */
  snapshotDue(subtask: Subtask, barrier: CheckpointBarrier, frontier: number): void;
  /** The subtask has nothing more to contribute. */
  acknowledge(subtask: Subtask, barrier: CheckpointBarrier, input: InputCapture): void;
  decline(subtask: Subtask, checkpointId: number, reason: AbortReason): void;
}

/**
 * One parallel instance of a task, single-threaded. The scheduler asks it to `runOnce` (tasks with inputs) or to `poll` (sources);
 * both do one batch worth of work and return. It takes no input while one of its result partitions is out of credit.
 *
 * Its frontier (see `LocalChannel`) is that of its inputs, passed on even when nothing was emitted: an empty output is information too.
 */
export class Subtask {
  readonly execution: ExecutionSubtask;
  readonly chain: OperatorChain;
  readonly partitions: readonly ResultPartition[];
  /** Time spent working, in the unit of the injected clock. Kept by the scheduler. */
  busyTime = 0;
  readonly inputs: readonly SubtaskInput[];
  #isFinished = false;
  #hasFailed = false;
  /** How far time had come for a restored subtask, to be announced as it opens; null when it begins anew. */
  #restored: { readonly origin: number; readonly input: EventTimeProgress | null } | null = null;
  readonly #barriers: SubtaskBarriers;
  #responder: CheckpointResponder | null = null;
  /** Sources: a barrier that goes in as soon as everything before this position is out. */
  #injection: { readonly barrier: CheckpointBarrier; readonly position: number } | null = null;
  readonly #source: SourceOperator | null;
  /** State of the inputs for which there is nothing to do; see `InputGate.changes`. */
  #idleAt = -1;

  constructor(execution: ExecutionSubtask, chain: OperatorChain, inputs: readonly SubtaskInput[], partitions: readonly ResultPartition[]) {
    this.execution = execution;
    this.chain = chain;
    this.inputs = inputs;
    this.partitions = partitions;
    const { operator } = chain.head;
    this.#source = 'poll' in operator ? operator : null;
    this.#barriers = new SubtaskBarriers(
      inputs.map(({ gate }) => gate),
      {
        takeSnapshot: (barrier) => this.#takeSnapshot(barrier),
        acknowledge: (barrier, input) => this.#responder?.acknowledge(this, barrier, input),
        decline: (checkpointId, reason) => this.#responder?.decline(this, checkpointId, reason),
      },
    );
  }

  get isSource(): boolean {
    return this.inputs.length === 0;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  get hasCredit(): boolean {
    for (let p = 0; p < this.partitions.length; p++) if (!(this.partitions[p] as ResultPartition).hasCredit) return false;
    return true;
  }

  get source(): SourceOperator {
    assert(this.#source !== null, 'a task without inputs has a source at its head');
    return this.#source;
  }

  open(): void {
    this.chain.open(this.execution);
    if (this.#restored !== null && !this.#isFinished) this.chain.announce(this.#headProgress, this.#restored.origin);
  }

  /** By input of the head; the ones without channels are as those of a source: nothing has come. */
  get progress(): readonly EventTimeProgress[] {
    return this.inputs.map(({ gate }) => gate.progress);
  }

  /** To be called before `open`. `origin`: no record before it is still to come. `input`: event time of the first input; null of a source. */
  restore(isFinished: boolean, origin: number, input: EventTimeProgress | null): void {
    this.#isFinished = isFinished;
    this.#restored = { origin, input };
  }

  get #headProgress(): EventTimeProgress | null {
    const combined = this.chain.inputWatermarks;
    return combined === null ? (this.#restored?.input ?? null) : { watermark: combined.watermark, idle: combined.isIdle };
  }

  /** Sources: says that nothing before their position follows, also when that is because nothing was there. */
  announceFrontier(): void {
    if (this.#isFinished) return;
    this.#injectIfReached();
    this.#advance(this.#reached);
  }

  /** Nothing with a smaller origin is still to come; infinity when nothing at all is. */
  get frontier(): number {
    if (this.#isFinished) return Number.POSITIVE_INFINITY;
    return this.isSource ? this.#reached : this.#frontier();
  }

  setCheckpointResponder(responder: CheckpointResponder): void {
    this.#responder = responder;
  }

  /**
   * Begins a checkpoint where no channel brings one: at a source, and at a subtask that has finished, whose channels may still hold what it sent.
   * @param position Sources: the barrier goes in when everything before it is out; null = now.
   */
  triggerCheckpoint(barrier: CheckpointBarrier, position: number | null): void {
    if (!this.isSource && !this.#isFinished) return;
    if (position !== null && !this.#isFinished) {
      this.#injection = { barrier, position };
      this.#injectIfReached();
      return;
    }
    this.#takeSnapshot(barrier, position === null ? null : barrierOrigin(position));
    this.#acknowledge(barrier);
  }

  /** A subtask whose inputs have ended has nothing to wait for: it finishes now, not when it is its turn. */
  finishIfDrained(): void {
    if (!this.isSource && !this.#isFinished && !this.#hasFailed && this.#isDrained) this.#finish();
  }

  /** Works off the next batch of one input, or barriers. False when there was none (or no credit), or when this subtask has failed before. */
  runOnce(): boolean {
    if (this.#isFinished || this.#hasFailed) return false;
    // Set while it works, so that whatever is thrown leaves it so.
    this.#hasFailed = true;
    // Barriers take no credit: a full channel must not hold up an unaligned one.
    const worked = (this.#barriers.areDue && this.#barriers.receive()) || this.#work();
    this.#hasFailed = false;
    return worked;
  }

  #work(): boolean {
    const changes = this.#inputChanges();
    if (changes === this.#idleAt || !this.hasCredit) return false;
    const hasMoved = this.#readBoth() || this.#readNext();
    const frontier = this.#frontier();
    // At the end of the input an operator may still have something to emit (requests in flight); the channels end after that.
    if (Number.isFinite(frontier)) this.#advance(frontier);
    if (!hasMoved && this.#isDrained) {
      this.#finish();
      return true;
    }
    if (!hasMoved || this.#isEmpty) this.#idleAt = changes;
    return hasMoved;
  }

  #inputChanges(): number {
    let changes = 0;
    for (let i = 0; i < this.inputs.length; i++) changes += (this.inputs[i] as SubtaskInput).gate.changes;
    return changes;
  }

  get #isDrained(): boolean {
    for (const { gate } of this.inputs) if (!gate.isDrained) return false;
    return true;
  }

  get #isEmpty(): boolean {
    for (let i = 0; i < this.inputs.length; i++) if (!(this.inputs[i] as SubtaskInput).gate.isEmpty) return false;
    return true;
  }

  /** Reads what comes next, of one input. */
  #readNext(): boolean {
    const input = this.#nextInput();
    if (input === null) return false;
    const before = input.gate.frontier;
    const batch = this.#pollInput(input);
    if (batch !== null) {
      this.chain.stage(input.index).receiveBatch(batch);
      this.chain.flush();
    }
    // Watermarks that do not raise the minimum give no batch, but what comes behind them may be read now, of this input or of another.
    return batch !== null || input.gate.frontier > before;
  }

  /** Reads both inputs as far as their order is known, if both have something to read. */
  #readBoth(): boolean {
    if (this.inputs.length < 2) return false;
    const [first, second] = this.inputs;
    if (first === undefined || second === undefined || this.chain.interleaved === null) return false;
    const limit = Math.min(first.gate.horizon, second.gate.horizon);
    if (!(first.gate.frontier < limit && second.gate.frontier < limit)) return false;
    const batches = [first.gate.takeBefore(limit), second.gate.takeBefore(limit)] as const;
    this.chain.interleaved.receive(first.index === 0 ? batches : [batches[1], batches[0]]);
    this.chain.flush();
    return true;
  }

  /** Sources: emits the next records. */
  poll(limit: PollLimit): PollStatus {
    const { source } = this;
    const barrierAt = this.#injection?.position ?? Number.POSITIVE_INFINITY;
    this.#hasFailed = true;
    const status = source.poll(limit.endPosition <= barrierAt ? limit : { ...limit, endPosition: barrierAt });
    this.#hasFailed = false;
    this.chain.flush();
    this.#injectIfReached();
    if (status === 'finished') {
      // Flink sends Watermark.MAX_WATERMARK when a source ends, so that every window that is still open fires.
      this.chain.head.output.emitWatermark(MAX_WATERMARK, this.#reached);
      this.chain.flush();
      this.#finish();
    } else this.#advance(this.#reached);
    return status;
  }

  get #reached(): number {
    return originOf(this.source.nextPosition, this.execution.sourceIndex);
  }

  #injectIfReached(): void {
    const injection = this.#injection;
    if (injection === null || this.source.nextPosition < injection.position) return;
    this.#injection = null;
    this.#takeSnapshot(injection.barrier, barrierOrigin(injection.position));
    this.#acknowledge(injection.barrier);
  }

  /** @param origin Where the barrier stands in the order of the records; null = where this subtask stands. */
  #takeSnapshot(barrier: CheckpointBarrier, origin: number | null = null): void {
    const at = origin ?? this.frontier;
    if (!this.#isFinished && Number.isFinite(at)) this.#advance(at);
    this.#responder?.snapshotDue(this, barrier, at);
    for (const partition of this.partitions) partition.publishBarrier(barrier, at);
  }

  #acknowledge(barrier: CheckpointBarrier): void {
    this.#responder?.acknowledge(this, barrier, { inflight: new Map(), facts: NO_BARRIERS });
  }

  close(): void {
    this.chain.close();
  }

  /** With several inputs the one whose next element comes first in the order of origins, ties by index. */
  #nextInput(): SubtaskInput | null {
    if (this.inputs.length === 1) return this.inputs[0] as SubtaskInput;
    let best: SubtaskInput | null = null;
    let frontier = Number.POSITIVE_INFINITY;
    for (const input of this.inputs) {
      if (input.gate.isDrained || (best !== null && input.gate.frontier >= frontier)) continue;
      best = input;
      frontier = input.gate.frontier;
    }
    return best;
  }

  /** Reads an input up to where another one has, or may still get, an earlier element. */
  #pollInput(input: SubtaskInput): Batch | null {
    let limit = Number.POSITIVE_INFINITY;
    let inclusive = true;
    for (const other of this.inputs) {
      if (other === input || other.gate.frontier > limit) continue;
      inclusive = input.index < other.index && (other.gate.frontier < limit || inclusive);
      limit = other.gate.frontier;
    }
    return input.gate.poll(limit, inclusive);
  }

  #frontier(): number {
    let frontier = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.inputs.length; i++) frontier = Math.min(frontier, (this.inputs[i] as SubtaskInput).gate.frontier);
    return frontier;
  }

  #advance(origin: number): void {
    this.chain.advanceTo(origin);
    for (let p = 0; p < this.partitions.length; p++) (this.partitions[p] as ResultPartition).advanceFrontier(origin);
  }

  #finish(): void {
    this.chain.finish();
    for (const partition of this.partitions) partition.end();
    this.#isFinished = true;
    const injection = this.#injection;
    if (injection === null) return;
    // A source that ends before the position of its barrier: the barrier is the last thing it sends.
    this.#injection = null;
    this.triggerCheckpoint(injection.barrier, injection.position);
  }
}

/** Where the barrier stands that cuts all sources at a position: behind everything that earlier positions cause, before everything else. */
function barrierOrigin(position: number): number {
  return originOf(position, 0) - 0.5;
}
