/**
 * Watches the checkpoint barriers that come through the channels of one subtask and decides when it takes its snapshot (Flink:
 * `CheckpointBarrierHandler`). Channels count from 0 over all inputs; ids of checkpoints rise.
 */
export interface BarrierHandler {
  barrier(checkpointId: number, channel: number): void;
  /** A subtask upstream has given the checkpoint up and says so instead of sending its barrier. */
  cancellation(checkpointId: number, channel: number): void;
  /** The channel has ended: neither records nor barriers come any more. */
  endOfPartition(channel: number): void;
  /** Highest checkpoint that is, or was, handled; −1 before the first. */
  readonly latestCheckpointId: number;
  /** Nothing may be read from these channels now, ascending. */
  readonly blockedChannels: readonly number[];
}
