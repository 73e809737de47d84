import type { BarrierHandler } from './barrier-handler.ts';
import type { AbortReason, CheckpointListener } from './checkpoint-listener.ts';
import { PendingCheckpoint } from './pending-checkpoint.ts';

/** Checkpoints followed at a time; the oldest is forgotten. As many as Flink follows. */
const MAX_PENDING = 50;

/**
 * At-least-once: barriers are counted, no channel ever waits, so a snapshot may reflect records that a restored job reads once more (Flink:
 * `CheckpointBarrierTracker`). Several checkpoints can be under way; one that completes subsumes those before it, silently.
 */
export class CheckpointBarrierTracker implements BarrierHandler {
  readonly blockedChannels: readonly number[] = [];
  readonly #listener: CheckpointListener;
  readonly #checkpointsAfterTasksFinish: boolean;
  /** Ascending ids. */
  readonly #pending: PendingCheckpoint[] = [];
  #openChannels: number;
  /** Highest checkpoint that was ever pending. One below it that is not pending any more cannot come back. */
  #latestPendingId = -1;
  #latestCheckpointId = -1;

  constructor(channels: number, listener: CheckpointListener, checkpointsAfterTasksFinish: boolean) {
    this.#openChannels = channels;
    this.#listener = listener;
    this.#checkpointsAfterTasksFinish = checkpointsAfterTasksFinish;
  }

  get latestCheckpointId(): number {
    return this.#latestCheckpointId;
  }

  barrier(checkpointId: number, channel: number): void {
    this.#latestCheckpointId = Math.max(checkpointId, this.#latestCheckpointId);
    const isNew = checkpointId > this.#latestPendingId;
    if (isNew && this.#openChannels === 1) this.#listener.triggerCheckpoint(checkpointId);
    else if (isNew) this.#begin(checkpointId, channel);
    else {
      const at = this.#pending.findIndex((pending) => pending.checkpointId === checkpointId);
      if (this.#pending[at]?.align(channel) === true) this.#completeThrough(at);
    }
  }

  cancellation(checkpointId: number, channel: number): void {
    this.#latestCheckpointId = Math.max(checkpointId, this.#latestCheckpointId);
    const isNew = checkpointId > this.#latestPendingId;
    if (isNew && this.#openChannels === 1) {
      this.#listener.abortCheckpoint(checkpointId, 'cancelled');
      return;
    }
    let first = this.#pending[0];
    for (; first !== undefined && first.checkpointId < checkpointId; first = this.#pending[0]) {
      this.#pending.shift();
      this.#abort(first, 'cancelled');
    }
    if (first?.checkpointId === checkpointId) {
      this.#abort(first, 'cancelled');
      if (first.align(channel)) this.#pending.shift();
    } else if (isNew) {
      // Remembered as given up until every channel has mentioned it, so that no barrier begins it again.
      this.#listener.abortCheckpoint(checkpointId, 'cancelled');
      this.#latestPendingId = checkpointId;
      const given = new PendingCheckpoint(checkpointId, this.#openChannels, true);
      given.align(channel);
      this.#pending.unshift(given);
    }
  }

  endOfPartition(channel: number): void {
    this.#openChannels--;
    if (this.#checkpointsAfterTasksFinish) this.#alignEnded(channel);
    else for (const pending of this.#pending.splice(0)) this.#abort(pending, 'input-ended');
  }

  /** The latest checkpoint that waited for this channel alone completes; those before it are subsumed. */
  #alignEnded(channel: number): void {
    for (let at = this.#pending.length - 1; at >= 0; at--) {
      if (this.#pending[at]?.align(channel) !== true) continue;
      this.#completeThrough(at);
      return;
    }
  }

  #begin(checkpointId: number, channel: number): void {
    this.#latestPendingId = checkpointId;
    const pending = new PendingCheckpoint(checkpointId, this.#openChannels, false);
    pending.align(channel);
    this.#pending.push(pending);
    if (this.#pending.length > MAX_PENDING) this.#pending.shift();
  }

  #completeThrough(at: number): void {
    const complete = this.#pending.splice(0, at + 1).at(-1);
    if (complete?.isAborted === false) this.#listener.triggerCheckpoint(complete.checkpointId);
  }

  /** Each checkpoint is given up once only. */
  #abort(pending: PendingCheckpoint, reason: AbortReason): void {
    if (pending.isAborted) return;
    pending.isAborted = true;
    this.#listener.abortCheckpoint(pending.checkpointId, reason);
  }
}
