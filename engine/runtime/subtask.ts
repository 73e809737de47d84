import type { Batch } from '../batch/batch.ts';
import type { EventTimeProgress } from '../checkpoint/snapshot/job-snapshot.ts';
import { MAX_WATERMARK } from '../elements/marks.ts';
import { originOf } from '../elements/origin.ts';
import type { ExecutionSubtask } from '../graph/execution-graph.ts';
import type { PollLimit, PollStatus, SourceOperator } from '../operators/operator.ts';
import { assert } from '../util/assert.ts';
import type { InputGate } from './input-gate.ts';
import type { OperatorChain } from './operator-chain.ts';
import type { ResultPartition } from './result-partition.ts';

/** One input of a subtask: its gate and the index that operators know it by. */
export interface SubtaskInput {
  readonly gate: InputGate;
  readonly index: number;
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

  constructor(execution: ExecutionSubtask, chain: OperatorChain, inputs: readonly SubtaskInput[], partitions: readonly ResultPartition[]) {
    this.execution = execution;
    this.chain = chain;
    this.inputs = inputs;
    this.partitions = partitions;
  }

  get isSource(): boolean {
    return this.inputs.length === 0;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  get hasCredit(): boolean {
    for (const partition of this.partitions) if (!partition.hasCredit) return false;
    return true;
  }

  get source(): SourceOperator {
    const operator = this.chain.head.operator;
    assert('poll' in operator, 'a task without inputs has a source at its head');
    return operator;
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
    if (!this.#isFinished) this.#advance(originOf(this.source.nextPosition, this.execution.sourceIndex));
  }

  /** Works off the next batch of one input. False when there was none (or no credit), or when this subtask has failed before. */
  runOnce(): boolean {
    if (this.#isFinished || this.#hasFailed || !this.hasCredit) return false;
    // Set while it works, so that whatever is thrown leaves it so.
    this.#hasFailed = true;
    const worked = this.#work();
    this.#hasFailed = false;
    return worked;
  }

  #work(): boolean {
    const input = this.#nextInput();
    const before = input === null ? 0 : input.gate.frontier;
    const batch = input === null ? null : this.#pollInput(input);
    // Watermarks that do not raise the minimum give no batch, but what comes behind them may be read now, of this input or of another.
    const hasMoved = batch !== null || (input !== null && input.gate.frontier > before);
    if (input !== null && batch !== null) {
      this.chain.stage(input.index).receiveBatch(batch);
      this.chain.flush();
    }
    const frontier = this.#frontier();
    // At the end of the input an operator may still have something to emit (requests in flight); the channels end after that.
    if (Number.isFinite(frontier)) this.#advance(frontier);
    if (batch === null && this.inputs.every(({ gate }) => gate.isDrained)) {
      this.#finish();
      return true;
    }
    return hasMoved;
  }

  /** Sources: emits the next records. */
  poll(limit: PollLimit): PollStatus {
    const { source } = this;
    this.#hasFailed = true;
    const status = source.poll(limit);
    this.#hasFailed = false;
    this.chain.flush();
    const reached = originOf(source.nextPosition, this.execution.sourceIndex);
    if (status === 'finished') {
      // Flink sends Watermark.MAX_WATERMARK when a source ends, so that every window that is still open fires.
      this.chain.head.output.emitWatermark(MAX_WATERMARK, reached);
      this.chain.flush();
      this.#finish();
    } else this.#advance(reached);
    return status;
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
    for (const partition of this.partitions) partition.advanceFrontier(origin);
  }

  #finish(): void {
    this.chain.finish();
    for (const partition of this.partitions) partition.end();
    this.#isFinished = true;
  }
}
