import type { BarrierHandler } from './barrier-handler.ts';
import type { BarrierController, BarrierState } from './barrier-state.ts';
import { ChannelBlocks } from './channel-blocks.ts';
import type { AbortReason, CheckpointListener } from './checkpoint-listener.ts';
import type { InflightRecorder } from './inflight-recorder.ts';
import { WaitingForFirstBarrierUnaligned } from './waiting-for-first-barrier-unaligned.ts';
import { WaitingForFirstBarrier } from './waiting-for-first-barrier.ts';

const NONE = -1;

export interface SingleBarrierOptions {
  readonly channels: number;
  readonly listener: CheckpointListener;
  /** A channel that ends counts as aligned. False: it aborts the checkpoint under way (Flink before 1.14). */
  readonly checkpointsAfterTasksFinish: boolean;
  /** Present: unaligned. */
  readonly recorder?: InflightRecorder<unknown>;
}

/**
 * Exactly-once: one checkpoint at a time, aligned or unaligned (Flink: `SingleCheckpointBarrierHandler`).
 *
 * - The first barrier of a higher id gives up the checkpoint under way; a barrier of one that was given up or completed is ignored.
 * - A cancellation marker gives its checkpoint up, also before its first barrier.
 * - Channels that have ended do not count for checkpoints that begin later.
 */
export class SingleCheckpointBarrierHandler implements BarrierHandler, BarrierController {
  readonly initialState: BarrierState;
  readonly #listener: CheckpointListener;
  readonly #checkpointsAfterTasksFinish: boolean;
  readonly #blocks = new ChannelBlocks();
  readonly #recorder: InflightRecorder<unknown> | null;
  #state: BarrierState;
  #current = NONE;
  /** The checkpoint that was completed or given up last. */
  #lastEnded = NONE;
  #openChannels: number;
  /** Channels that count for the checkpoint under way. */
  #targetChannels = 0;
  readonly #aligned = new Set<number>();

  constructor({ channels, listener, checkpointsAfterTasksFinish, recorder }: SingleBarrierOptions) {
    this.#listener = listener;
    this.#checkpointsAfterTasksFinish = checkpointsAfterTasksFinish;
    this.#openChannels = channels;
    this.#recorder = recorder ?? null;
    this.initialState = recorder === undefined ? new WaitingForFirstBarrier(this.#blocks) : new WaitingForFirstBarrierUnaligned(recorder);
    this.#state = this.initialState;
  }

  get latestCheckpointId(): number {
    return this.#current;
  }

  get checkpointId(): number {
    return this.#current;
  }

  get blockedChannels(): readonly number[] {
    return this.#blocks.channels;
  }

  barrier(checkpointId: number, channel: number): void {
    this.#recorder?.barrierArrived(checkpointId, channel);
    if (checkpointId < this.#current || (checkpointId === this.#current && !this.#isPending)) return;
    if (checkpointId > this.#current) this.#begin(checkpointId);
    this.#align(channel, () => this.#state.barrierReceived(this, channel));
  }

  cancellation(checkpointId: number): void {
    if (checkpointId > this.#current || (checkpointId === this.#current && this.#aligned.size > 0)) this.#abort(checkpointId, 'cancelled');
  }

  endOfPartition(channel: number): void {
    this.#openChannels--;
    this.#recorder?.ended(channel);
    if (!this.#isPending) return;
    if (this.#checkpointsAfterTasksFinish) this.#align(channel, () => this.#state.endOfPartition(this, channel));
    else this.#abort(this.#current, 'input-ended');
  }

  allBarriersReceived(): boolean {
    return this.#aligned.size === this.#targetChannels;
  }

  triggerCheckpoint(): void {
    this.#listener.triggerCheckpoint(this.#current);
  }

  get #isPending(): boolean {
    return this.#current !== this.#lastEnded;
  }

  #begin(checkpointId: number): void {
    if (this.#isPending) this.#abort(this.#current, 'subsumed');
    this.#current = checkpointId;
    this.#aligned.clear();
    this.#targetChannels = this.#openChannels;
  }

  #align(channel: number, move: () => BarrierState): void {
    this.#aligned.add(channel);
    this.#state = move();
    if (!this.allBarriersReceived()) return;
    this.#aligned.clear();
    this.#lastEnded = this.#current;
  }

  #abort(checkpointId: number, reason: AbortReason): void {
    // A marker of a later checkpoint also ends the one under way: its barriers are obsolete from now on.
    this.#current = Math.max(checkpointId, this.#current);
    this.#lastEnded = Math.max(checkpointId, this.#lastEnded);
    this.#aligned.clear();
    this.#targetChannels = 0;
    this.#state = this.#state.abort(this);
    this.#listener.abortCheckpoint(checkpointId, reason);
  }
}
