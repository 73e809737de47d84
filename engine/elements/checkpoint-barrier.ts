/**
 * How the barriers of a checkpoint are treated (Flink: `CheckpointOptions`).
 *
 * - `aligned`: exactly once. All sources cut at one position; a channel waits behind its barrier for the others.
 * - `unaligned`: exactly once. Each source cuts where it stands; barriers overtake what is under way, which becomes part of the checkpoint.
 * - `at-least-once`: each source cuts where it stands; nothing waits and nothing is stored, so a restored job may read records once more.
 */
export type CheckpointMode = 'aligned' | 'unaligned' | 'at-least-once';

/** Divides the records of a channel into those that a checkpoint reflects and those that follow (Flink: `CheckpointBarrier`). */
export interface CheckpointBarrier {
  /** Rises from checkpoint to checkpoint of a job. */
  readonly checkpointId: number;
  /** Virtual processing time at which the checkpoint was triggered, in ms. */
  readonly timestamp: number;
  readonly mode: CheckpointMode;
}
