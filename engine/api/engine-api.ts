import type { Field, Schema } from '../batch/schema.ts';
import type { DataFormat } from '../operators/fields.ts';
import type { RecordProblemKind } from '../operators/operator.ts';
import type { PipelineDocument } from '../graph/document.ts';
import type { JobError } from './errors.ts';

/** Flink's job states that a single job in one tab can have. */
export type JobStatus = 'CREATED' | 'RUNNING' | 'FAILING' | 'FAILED' | 'CANCELLING' | 'CANCELED' | 'FINISHED';

export function isTerminal(status: JobStatus): boolean {
  return status === 'FAILED' || status === 'CANCELED' || status === 'FINISHED';
}

/** How many times faster than event time sources are replayed; 'max' = as fast as possible. */
export type Speed = number | 'max';

export interface RunOptions {
  readonly speed: Speed;
  /** Deployed, but nothing runs until `step` or `resume`. */
  readonly startPaused: boolean;
  /** False runs the specification path (one record at a time through every operator). Default true. */
  readonly fused?: boolean;
}

/**
 * THE boundary: implemented by the coordinator worker, reached by Comlink. Control only; rows and metrics come in batches through
 * the listener, at most one call per 16 ms. Everything that crosses is structured-cloneable.
 * `B` is the platform's Blob: the engine itself knows no DOM type.
 * One job at a time: `start` while a job runs cancels it first. All methods reject with a `JobError`-shaped object only.
 */
export interface EngineApi<B = unknown> {
  protocolVersion(): Promise<number>;

  /** Keeps the bytes of a dropped file under `dataId` (OPFS where available), so that they survive a reload. Usable at once. */
  putData(dataId: string, blob: B): Promise<void>;
  /** Size of the kept bytes, or null when they are not (or no longer) there. */
  dataSize(dataId: string): Promise<number | null>;
  removeData(dataId: string): Promise<void>;
  /** Looks at the first 256 KiB of kept bytes and guesses format, header and types; a Parquet file says them in its footer. */
  inferData(dataId: string, fileName: string): Promise<InferredData>;

  /** Validates, deploys and runs. Resolves with the job's id once it is RUNNING (or paused); refusals reject. */
  start(document: PipelineDocument, options: RunOptions): Promise<string>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Paused only: lets the sources emit `records` more records and everything they cause happen, then pauses again. */
  step(records: number): Promise<void>;
  setSpeed(speed: Speed): Promise<void>;
  /** Cancels the job; resolves when it is CANCELED (or had ended before). Results stay. */
  stop(): Promise<void>;

  /** What a file sink of the current (or last) job has written so far. */
  sinkFile(nodeId: string): Promise<B>;

  /**
   * Looks into a queryable state of the current job (Flink: `QueryableStateClient.getKvState`): what it holds now, while the job runs or is paused.
   * Rejects with `queryable-state-gone` when the job has ended, `queryable-state-unknown` when it has no state of this name, `batch-execution`
   * when it holds its records back until all have come.
   */
  queryState(query: StateQuery): Promise<QueriedState>;

  /** Replaces the listener. */
  subscribe(listener: (events: readonly EngineEvent[]) => void): Promise<void>;
}

export interface StateQuery {
  readonly stateName: string;
  /** Only keys whose text contains it, in upper or lower case. Empty: all. */
  readonly keyContains: string;
  /** Entries in the answer at most: the first ones by key. */
  readonly limit: number;
}

export interface QueriedState {
  /** Keys that the state holds, and those of them that were asked for. */
  readonly keyCount: number;
  readonly matchCount: number;
  /** By key: numbers before texts. A key of several fields is a list of their values. */
  readonly entries: readonly { readonly key: unknown; readonly record: Readonly<Record<string, unknown>> }[];
}

export interface InferredData {
  readonly format: DataFormat;
  /** CSV: ',', ';', '\t' or '|'. */
  readonly delimiter: string;
  /** CSV: the first line holds field names. */
  readonly header: boolean;
  readonly fields: readonly Field[];
  /** Warnings a person should see, e.g. "3 of 200 lines have another number of fields". */
  readonly notes: readonly string[];
}

export type EngineEvent = StatusEvent | MetricsEvent | RowsEvent | ProblemsEvent;

export interface StatusEvent {
  readonly type: 'status';
  readonly jobId: string;
  readonly status: JobStatus;
  readonly paused: boolean;
  readonly error: JobError | null;
  /** Present when the job ended by itself. */
  readonly summary: RunSummary | null;
}

export interface RunSummary {
  /** Hash over what every subtask did, in order. Equal for the same document, data, seed and parallelism, stepped or not, fused or not. */
  readonly traceHash: string;
  /** Hash over all delivered rows without their order. Equal at any parallelism. */
  readonly resultHash: string;
  readonly recordsRead: number;
  readonly rowsDelivered: number;
  readonly lateRecords: number;
  readonly malformedRecords: number;
  readonly failedRecords: number;
  readonly elapsedMs: number;
}

export interface MetricsEvent {
  readonly type: 'metrics';
  readonly jobId: string;
  readonly elapsedMs: number;
  readonly nodes: readonly NodeMetrics[];
  readonly edges: readonly EdgeMetrics[];
  readonly progress: ProgressInfo;
}

export interface ProgressInfo {
  readonly done: number;
  /** Null: unbounded. */
  readonly total: number | null;
  readonly unit: 'bytes' | 'records';
}

/** Of one operator, over all its subtasks. */
export interface NodeMetrics {
  readonly nodeId: string;
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly recordsInPerSecond: number;
  readonly recordsOutPerSecond: number;
  /** Minimum over subtasks; null = none yet; Infinity = event time ended. */
  readonly watermark: number | null;
  /** Shares of the last interval, 0..1, of the busiest subtask. Of the operator's whole task. */
  readonly busy: number;
  readonly backpressured: number;
  readonly idle: number;
  readonly lateRecords: number;
  readonly malformedRecords: number;
  readonly failedRecords: number;
  /** What the user's functions count. */
  readonly counters: readonly UserCounter[];
  readonly subtasks: readonly SubtaskMetrics[];
}

/** `getRuntimeContext().getMetricGroup().counter(name)`, over all subtasks. */
export interface UserCounter {
  readonly name: string;
  readonly count: number;
}

export interface SubtaskMetrics {
  readonly subtaskIndex: number;
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly watermark: number | null;
}

export interface EdgeMetrics {
  readonly edgeId: string;
  readonly records: number;
  readonly recordsPerSecond: number;
  readonly watermark: number | null;
  /** Batches waiting in the channels of this edge, and how many credits these channels have in all. 0 of 0 inside a chain. */
  readonly queuedBatches: number;
  readonly credits: number;
  /** The last records that crossed, newest last; at most 5. Empty unless somebody looks. */
  readonly lastRecords: readonly Record<string, unknown>[];
}

/** Rows a sink delivered, columnar. `firstRow` counts from 0 over the life of the job. */
export interface RowsEvent {
  readonly type: 'rows';
  readonly jobId: string;
  readonly nodeId: string;
  readonly schema: Schema;
  readonly firstRow: number;
  readonly rowCount: number;
  readonly columns: readonly WireColumn[];
}

export type WireColumn =
  | { readonly kind: 'numbers'; readonly values: Float64Array; readonly nulls: Uint8Array | null }
  | { readonly kind: 'strings'; readonly codes: Int32Array; readonly dictionary: readonly string[]; readonly nulls: Uint8Array | null }
  | { readonly kind: 'booleans'; readonly bytes: Uint8Array; readonly nulls: Uint8Array | null }
  | { readonly kind: 'values'; readonly values: readonly unknown[] };

/** Records that were skipped or redirected, with the reason. Counts are in the metrics; the list is capped per operator and kind. */
export interface ProblemsEvent {
  readonly type: 'problems';
  readonly jobId: string;
  readonly problems: readonly ListedProblem[];
}

export interface ListedProblem {
  readonly nodeId: string;
  readonly kind: RecordProblemKind;
  /** Place in the source: the physical line number of a file (1 = first line), the sequence number of a generator. */
  readonly position: number;
  readonly reason: string;
  /** The raw line, or the record as JSON; at most 500 characters. */
  readonly content: string;
}
