/** Why a checkpoint is given up at a subtask (Flink: `CheckpointFailureReason`). */
export type AbortReason = 'cancelled' | 'subsumed' | 'input-ended';

/** What a subtask does when its inputs have something to say about a checkpoint. */
export interface CheckpointListener {
  /** The state reflects what it has to: the subtask takes its snapshot now and passes the barrier on. */
  triggerCheckpoint(checkpointId: number): void;
  abortCheckpoint(checkpointId: number, reason: AbortReason): void;
}
