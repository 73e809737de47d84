import type { Batch } from '../batch/batch.ts';
import type { ChannelBarrier, LocalChannel } from '../channels/local-channel.ts';
import type { BarrierHandler } from '../checkpoint/barriers/barrier-handler.ts';
import { CheckpointBarrierTracker } from '../checkpoint/barriers/checkpoint-barrier-tracker.ts';
import type { AbortReason, CheckpointListener } from '../checkpoint/barriers/checkpoint-listener.ts';
import { InflightRecorder } from '../checkpoint/barriers/inflight-recorder.ts';
import { SingleCheckpointBarrierHandler } from '../checkpoint/barriers/single-checkpoint-barrier-handler.ts';
import { saveBatch } from '../checkpoint/snapshot/saved-batch.ts';
import type { SavedBatch } from '../checkpoint/snapshot/saved-batch.ts';
import type { CheckpointBarrier, CheckpointMode } from '../elements/checkpoint-barrier.ts';
import { assert, must } from '../util/assert.ts';
import type { InputGate } from './input-gate.ts';

/** What a subtask stored beside its state, and how it went. */
export interface InputCapture {
  /** What unaligned barriers have overtaken. */
  readonly inflight: ReadonlyMap<LocalChannel, readonly SavedBatch[]>;
  readonly facts: BarrierFacts;
}

/** How the barriers of a checkpoint were met. Counts of records: durations would depend on the machine. */
export interface BarrierFacts {
  readonly barriersReceived: number;
  /** Records read between the first barrier and the snapshot. */
  readonly recordsDuringAlignment: number;
  /** Those of them that stood behind the barrier of their channel: a job that is restored reads them once more. At least once only. */
  readonly recordsRepeated: number;
  /** Records stored in flight. */
  readonly recordsInflight: number;
}

export const NO_BARRIERS: BarrierFacts = { barriersReceived: 0, recordsDuringAlignment: 0, recordsRepeated: 0, recordsInflight: 0 };

/** The subtask, as its barriers see it. */
export interface CheckpointedTask {
  /** Takes the snapshot and passes the barrier on. */
  takeSnapshot(barrier: CheckpointBarrier): void;
  acknowledge(barrier: CheckpointBarrier, input: InputCapture): void;
  /** The checkpoint cannot be completed any more. */
  decline(checkpointId: number, reason: AbortReason): void;
}

interface InputChannel {
  readonly gate: InputGate;
  /** Within the gate. */
  readonly index: number;
  readonly channel: LocalChannel;
}

/** A checkpoint between its first barrier and its acknowledgement. */
interface Round {
  readonly barrier: CheckpointBarrier;
  barriers: number;
  /** Records read of each channel when its barrier came, and of all when the first one did. */
  readonly readAtBarrier: Map<number, number>;
  readonly readAtStart: number;
  recordsDuringAlignment: number;
  recordsRepeated: number;
  readonly inflight: Map<LocalChannel, SavedBatch[]>;
  /** Unaligned: all barriers have come, nothing more is stored. */
  isRecorded: boolean;
}

/**
 * Watches the barriers of all channels of a subtask and lets the handler of their mode decide (Flink: `CheckpointedInputGate`). Channels count from 0
 * over all gates. Costs nothing while there are no barriers.
 */
export class SubtaskBarriers implements CheckpointListener {
  readonly #task: CheckpointedTask;
  readonly #channels: readonly InputChannel[];
  readonly #handlers = new Map<CheckpointMode, BarrierHandler>();
  /** Channels whose end a handler knows of. */
  readonly #toldEnds = new Map<BarrierHandler, Set<number>>();
  /** Channels whose barrier has been received and is still in the channel, as a wall. */
  readonly #walls = new Set<number>();
  readonly #recorder: InflightRecorder<SavedBatch>;
  /** Barriers in the channels. */
  #waiting = 0;
  #round: Round | null = null;

  constructor(gates: readonly InputGate[], task: CheckpointedTask) {
    this.#task = task;
    this.#channels = gates.flatMap((gate) => gate.channels.map((channel, index) => ({ gate, index, channel })));
    this.#recorder = new InflightRecorder<SavedBatch>(
      this.#channels.length,
      {
        start: (checkpointId) => this.#startRecording(checkpointId),
        add: (_checkpointId, channel, batches) => this.#store(channel, batches),
        stop: (checkpointId) => this.#stopRecording(checkpointId),
      },
      (channel) => this.#queued(channel),
    );
    for (const [channel, { channel: from }] of this.#channels.entries()) {
      from.setReceiver({ barrierArrived: (barrier) => this.#arrived(barrier, channel) });
    }
  }

  /** There are barriers in the channels. */
  get areDue(): boolean {
    return this.#waiting > 0;
  }

  /** Takes note of the barriers that can be: unaligned ones wherever they stand, others once everything before them has been read. */
  receive(): boolean {
    let received = false;
    for (let channel = 0; channel < this.#channels.length && this.#waiting > 0; channel++) {
      const next = this.#walls.has(channel) ? null : this.#receivable(channel);
      if (next === null) continue;
      this.#receiveOne(next.barrier, channel);
      received = true;
    }
    return received;
  }

  triggerCheckpoint(checkpointId: number): void {
    const round = must(this.#round, 'a checkpoint under way');
    assert(round.barrier.checkpointId === checkpointId, 'one checkpoint is under way at a time');
    round.recordsDuringAlignment = this.#recordsRead() - round.readAtStart;
    for (const [channel, read] of round.readAtBarrier) round.recordsRepeated += this.#recordsReadOf(channel) - read;
    this.#task.takeSnapshot(round.barrier);
    // Unaligned: the channels whose barriers have not come belong to it as well.
    if (round.barrier.mode !== 'unaligned') this.#acknowledge();
  }

  abortCheckpoint(checkpointId: number, reason: AbortReason): void {
    if (this.#round?.barrier.checkpointId === checkpointId) this.#round = null;
    this.#task.decline(checkpointId, reason);
  }

  #arrived(barrier: CheckpointBarrier, channel: number): void {
    this.#waiting++;
    // What is published from now on is behind it.
    if (barrier.mode === 'unaligned') this.#recorder.barrierArrived(barrier.checkpointId, channel);
  }

  #receivable(channel: number): ChannelBarrier | null {
    const { gate, index, channel: from } = this.#channels[channel] as InputChannel;
    return from.barrier?.barrier.mode === 'unaligned' ? from.barrier : gate.reachedBarrier(index);
  }

  #receiveOne(barrier: CheckpointBarrier, channel: number): void {
    const handler = this.#handlerOf(barrier.mode);
    this.#tellEnds(handler);
    const round = this.#round?.barrier.checkpointId === barrier.checkpointId ? this.#round : this.#newRound(barrier);
    this.#round = round;
    round.barriers++;
    round.readAtBarrier.set(channel, this.#recordsReadOf(channel));
    this.#walls.add(channel);
    handler.barrier(barrier.checkpointId, channel);
    if (round.isRecorded) this.#acknowledge();
    const blocked = handler.blockedChannels;
    for (const wall of this.#walls) {
      if (blocked.includes(wall)) continue;
      this.#walls.delete(wall);
      this.#waiting--;
      (this.#channels[wall] as InputChannel).channel.takeBarrier();
    }
  }

  #newRound(barrier: CheckpointBarrier): Round {
    return {
      barrier,
      barriers: 0,
      readAtBarrier: new Map(),
      readAtStart: this.#recordsRead(),
      recordsDuringAlignment: 0,
      recordsRepeated: 0,
      inflight: new Map(),
      isRecorded: false,
    };
  }

  #acknowledge(): void {
    const { barrier, barriers, recordsDuringAlignment, recordsRepeated, inflight } = must(this.#round, 'a checkpoint under way');
    const recordsInflight = [...inflight.values()].flat().reduce((sum, { records }) => sum + records.length, 0);
    this.#round = null;
    const facts: BarrierFacts = { barriersReceived: barriers, recordsDuringAlignment, recordsRepeated, recordsInflight };
    this.#task.acknowledge(barrier, { inflight, facts });
  }

  #handlerOf(mode: CheckpointMode): BarrierHandler {
    let handler = this.#handlers.get(mode);
    if (handler === undefined) {
      const channels = this.#channels.length;
      const options = { channels, listener: this, checkpointsAfterTasksFinish: true };
      if (mode === 'at-least-once') handler = new CheckpointBarrierTracker(channels, this, true);
      else handler = new SingleCheckpointBarrierHandler(mode === 'aligned' ? options : { ...options, recorder: this.#recorder });
      this.#handlers.set(mode, handler);
      this.#toldEnds.set(handler, new Set());
    }
    return handler;
  }

  /** A sender that ends lets its barrier in before, so only channels that had ended before a checkpoint are told of. */
  #tellEnds(handler: BarrierHandler): void {
    const told = must(this.#toldEnds.get(handler), 'the ends that a handler knows of');
    for (const [channel, { channel: from }] of this.#channels.entries()) {
      if (told.has(channel) || !from.isDrained) continue;
      told.add(channel);
      handler.endOfPartition(channel);
    }
  }

  #recordsReadOf(channel: number): number {
    const { gate, index } = this.#channels[channel] as InputChannel;
    return gate.recordsRead(index);
  }

  #recordsRead(): number {
    return this.#channels.reduce((sum, _, channel) => sum + this.#recordsReadOf(channel), 0);
  }

  #queued(channel: number): readonly SavedBatch[] {
    const { gate, index } = this.#channels[channel] as InputChannel;
    return gate.inflightBeforeBarrier(index);
  }

  #startRecording(checkpointId: number): void {
    assert(this.#round?.barrier.checkpointId === checkpointId, 'the checkpoint under way is recorded');
    for (const [channel, { channel: from }] of this.#channels.entries()) {
      from.recordArrivals((batch: Batch) => this.#recorder.elementArrived(saveBatch(batch), channel));
    }
  }

  #store(channel: number, batches: readonly SavedBatch[]): void {
    const { inflight } = must(this.#round, 'a checkpoint under way');
    const { channel: from } = this.#channels[channel] as InputChannel;
    const stored = inflight.get(from) ?? [];
    stored.push(...batches.filter(({ records, marks }) => records.length > 0 || marks.length > 0));
    inflight.set(from, stored);
  }

  #stopRecording(checkpointId: number): void {
    for (const { channel } of this.#channels) channel.recordArrivals(null);
    if (this.#round?.barrier.checkpointId === checkpointId) this.#round.isRecorded = true;
  }
}
