import type { CheckpointMode } from '../../elements/checkpoint-barrier.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import type { ValveSnapshot } from '../../time/watermark-valve.ts';
import type { SavedBatch } from './saved-batch.ts';

/** Layout of a `JobSnapshot`. */
export const JOB_SNAPSHOT_VERSION = 2;

/**
 * Everything a job is at a consistent cut. Structured-cloneable. A job of the same layout goes on exactly as this one would have; one of another
 * parallelism gets the state redistributed.
 */
export interface JobSnapshot {
  readonly version: number;
  /**
   * `aligned`: all sources have read the same positions, and whatever these caused is done; also of a job that was at rest. Else every source stands
   * where it says, and the channels hold what was under way (`unaligned`), or the state reflects some records that are still to be read
   * (`at-least-once`).
   */
  readonly mode: CheckpointMode;
  /** All records at smaller positions of all sources are in; of an aligned one, none at this or a larger one. */
  readonly position: number;
  /** By node id, which is Flink's `uid`: state finds its operator even if chains have changed. */
  readonly operators: Readonly<Record<string, OperatorSnapshot>>;
  /** By id of the task, then by subtask. */
  readonly tasks: Readonly<Record<string, readonly SubtaskSnapshot[]>>;
  /** By id of the exchange. */
  readonly exchanges: Readonly<Record<string, ExchangeSnapshot>>;
  /** What each sink subtask has delivered, by `<node id>#<subtask>`. */
  readonly deliveries: Readonly<Record<string, DeliverySnapshot>>;
}

export interface OperatorSnapshot {
  readonly name: string;
  readonly type: string;
  readonly maxParallelism: number;
  /** One per subtask; their number is the parallelism. */
  readonly subtasks: readonly OperatorSubtaskSnapshot[];
}

/** How far event time has come. */
export interface EventTimeProgress {
  readonly watermark: number;
  readonly idle: boolean;
}

export interface OperatorSubtaskSnapshot {
  /** Its task has processed all its input; nothing is expected of it any more. */
  readonly isFinished: boolean;
  /** Null: it keeps none, or is a source. */
  readonly state: KeyedStateSnapshot | null;
  /** How far a source has read; null for everything else. */
  readonly reading: { readonly state: unknown } | null;
  /** By input. */
  readonly inputs: readonly EventTimeProgress[];
  readonly output: EventTimeProgress;
  readonly counters: OperatorCounters;
}

/** What an operator has counted. It goes on, so that the totals of a restored run are those of an uninterrupted one. */
export interface OperatorCounters {
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly sideRecordsOut: number;
  /** Highest event time emitted; NaN before the first. */
  readonly lastTimestamp: number;
  readonly late: number;
  readonly malformed: number;
  readonly failed: number;
}

export interface SubtaskSnapshot {
  readonly isFinished: boolean;
  /** No record with a smaller origin was still to come; null when none at all was. */
  readonly frontier: number | null;
  /** By input gate: where the watermarks of its channels stand. */
  readonly gates: readonly ValveSnapshot[];
  /** Of the watermarks of several inputs; null with one. */
  readonly inputs: ValveSnapshot | null;
}

export interface ExchangeSnapshot {
  /** In the order of the execution graph. */
  readonly channels: readonly ChannelSnapshot[];
  /** By sending subtask: where its choice of channels stands; null when it has nothing to remember. */
  readonly selectors: readonly unknown[];
}

export interface ChannelSnapshot {
  readonly fromIndex: number;
  readonly toIndex: number;
  readonly frontier: number;
  readonly isEnded: boolean;
  readonly records: number;
  readonly progress: EventTimeProgress;
  /**
   * What was sent and is not reflected in the state of the receiver: what an unaligned barrier has overtaken; at rest, what could not be read yet,
   * because an empty channel beside it might still send what comes before.
   */
  readonly inflight: readonly SavedBatch[];
}

export interface DeliverySnapshot {
  readonly delivered: number;
  readonly traceHash: number;
  readonly resultHash: number;
}
