import type {
  EdgeMetrics,
  ListedProblem,
  ProgressInfo,
  QueriedState,
  RunSummary,
  Speed,
  StateQuery,
  UserCounter,
  WireColumn,
} from '../api/engine-api.ts';
import type { JobError } from '../api/errors.ts';
import type { JobSnapshot } from '../checkpoint/snapshot/job-snapshot.ts';
import type { CheckpointMode } from '../elements/checkpoint-barrier.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import type { CompletedCheckpoint } from '../runtime/job-checkpoint.ts';

/** A data entry that the job reads. */
export interface JobInput {
  /** Null = not known. */
  readonly sizeBytes: number | null;
  /** Of the file, for messages. */
  readonly name?: string;
}

/** Coordinator → task worker. */
export type TaskCommand =
  | {
      readonly kind: 'deploy';
      readonly graph: ExecutionGraph;
      readonly speed: Speed;
      readonly startPaused: boolean;
      readonly fused: boolean;
      /** By data id. */
      readonly inputs: Readonly<Record<string, JobInput>>;
      /** One word: which operator runs (−1 none). Null without shared memory. */
      readonly running: Int32Array | null;
      /** The job goes on from there instead of beginning. */
      readonly restoreFrom?: JobSnapshot | undefined;
      /** What the snapshot was taken of: its subtasks work off what was on its way to them, if the layout is another one now. */
      readonly restoreGraph?: ExecutionGraph | undefined;
    }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'step'; readonly records: number }
  /** Answered by a snapshot, as soon as all sources could be brought to the same position. The job then goes on, or stays paused. */
  | { readonly kind: 'snapshot' }
  /** Answered by a checkpoint when all subtasks have acknowledged it. One at a time; a job that is paused lets the barriers in when it goes on. */
  | { readonly kind: 'trigger-checkpoint'; readonly checkpointId: number; readonly mode: CheckpointMode }
  /** Answered at once by `state-queried`. */
  | { readonly kind: 'query-state'; readonly queryId: number; readonly nodeId: string; readonly query: StateQuery }
  | { readonly kind: 'speed'; readonly speed: Speed }
  | { readonly kind: 'input'; readonly dataId: string; readonly offset: number; readonly bytes: Uint8Array; readonly isLast: boolean }
  /** Gives back the credit of so many delivered rows. */
  | { readonly kind: 'rows-taken'; readonly rowCount: number }
  | { readonly kind: 'ping'; readonly nonce: number };

/** Counters of one operator, over all its subtasks, with the raw material of rates. */
export interface NodeCounters {
  readonly nodeId: string;
  readonly subtasks: readonly {
    readonly subtaskIndex: number;
    readonly recordsIn: number;
    readonly recordsOut: number;
    readonly watermark: number | null;
    readonly late: number;
    readonly malformed: number;
    readonly failed: number;
    readonly counters: readonly UserCounter[];
    readonly busy: number;
    readonly backpressured: number;
    readonly idle: number;
  }[];
}

export type EdgeCounters = Omit<EdgeMetrics, 'recordsPerSecond'>;

/** Task worker → coordinator. */
export type TaskReport =
  | { readonly kind: 'deployed' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'pong'; readonly nonce: number }
  /** The reader of `dataId` wants bytes from `offset` on. */
  | { readonly kind: 'need-input'; readonly dataId: string; readonly offset: number }
  | {
      readonly kind: 'metrics';
      readonly clock: number;
      readonly nodes: readonly NodeCounters[];
      readonly edges: readonly EdgeCounters[];
      readonly progress: ProgressInfo;
    }
  | { readonly kind: 'rows'; readonly nodeId: string; readonly rowCount: number; readonly columns: readonly WireColumn[] }
  /** Rows and problems before it have been reported. */
  | { readonly kind: 'snapshot'; readonly snapshot: JobSnapshot }
  | { readonly kind: 'checkpoint'; readonly checkpoint: CompletedCheckpoint }
  | { readonly kind: 'checkpoint-declined'; readonly checkpointId: number; readonly reason: string }
  | { readonly kind: 'state-queried'; readonly queryId: number; readonly state: QueriedState }
  | { readonly kind: 'problems'; readonly problems: readonly ListedProblem[] }
  | { readonly kind: 'finished'; readonly summary: Omit<RunSummary, 'elapsedMs'> }
  | { readonly kind: 'failed'; readonly error: JobError };

/** The wire between the two, whatever carries it (Worker, worker_threads, a test). */
export interface TaskPort {
  post(report: TaskReport, transfer: ArrayBufferLike[]): void;
}
